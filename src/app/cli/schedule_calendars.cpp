#include "app/cli/schedule_calendars.hpp"

#include "adapters/yaml/parse_yaml.hpp"
#include "app/cli/file_arguments.hpp"
#include "app/pack_files.hpp"
#include "base/text.hpp"
#include "domain/pack.hpp"
#include "logic/definitions/timers.hpp"
#include "logic/entities/entities.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace attune::app::cli {
namespace {

namespace fs = std::filesystem;
namespace schedule = logic::schedule;

constexpr auto kStdin = "-";
constexpr std::size_t kMostBytes = 4 << 20;

Result<std::string> read_text(const fs::path& path) {
    return read_input(path.string(), "", kMostBytes);
}

struct Named {
    std::string name;
    json::object definition;
};

/// A calendar's file of a pack, whose .ics file is named by a path from the top: calendars are one folder down.
Result<Named> read_packed(const fs::path& path, const json::value& value) {
    logic::entities::CalendarForm file;
    CHECK(decode_json(logic::entities::calendar().file(), value, {}, {}, &file));
    Named out{file.ref, std::move(file.definition)};
    std::optional<std::string> ics;
    if (file.ics) {
        TRY(ics, read_text(fs::absolute(path).parent_path().parent_path() / *file.ics));
    }
    TRY(out.definition, complete_calendar(std::move(out.definition), ics));
    CHECK(logic::definitions::compile_calendar(out.definition));
    return out;
}

Result<Named> read_calendar(const fs::path& path) {
    Named out{path == kStdin ? "stdin" : path.stem().string(), {}};
    TRY(const auto text, read_text(path));
    if (path.extension() == ".ics" || trim(text).starts_with("BEGIN:VCALENDAR")) {
        TRY(out.definition, complete_calendar({}, text));
        return out;
    }
    TRY(const auto value, adapters::yaml::parse_yaml(text, path.filename().string()));
    if (!value.is_object()) return invalid("", "expected a mapping, got " + excerpt(value));
    const auto* ref = find_member(value, "ref");
    if (ref != nullptr && ref->is_string()) return read_packed(path, value);
    out.definition = value.get_object();
    return out;
}

/// A ref, unless there is a file of that name or it looks like one.
bool is_of_server(const std::string& name) {
    std::error_code ignored;
    if (!is_component_ref(name) || fs::exists(name, ignored)) return false;
    const auto extension = fs::path(name).extension();
    return std::ranges::none_of(std::array{".ics", ".yaml", ".yml", ".json"},
                                [&](const char* one) { return extension == one; });
}

Result<Named> ask(const CalendarSource& server, const std::string& ref) {
    if (!server || !is_component_ref(ref)) return invalid("", "expected a file, or the ref of a calendar");
    TRY(auto definition, server(ref));
    return Named{ref, std::move(definition)};
}

Error about(const std::string& calendar, const char* option, Error error) {
    error.message = fmt::format("{}: {}", calendar, error.text());
    error.field = option;
    return error;
}

} // namespace

bool names_calendars_of_server(const Arguments& arguments) {
    const auto given = arguments.all("calendar");
    if (!given.empty()) return std::ranges::any_of(given, is_of_server);
    const auto config = parse_json(arguments.text("config", "{}"));
    return config && config->is_object() && !schedule::calendar_names(config->get_object()).empty();
}

Result<NamedCalendars> calendars_of_options(const Arguments& arguments, const json::object& config,
                                            const CalendarSource& server) {
    NamedCalendars out;
    auto wanted = arguments.all("calendar");
    const bool of_config = wanted.empty();
    if (of_config) wanted = schedule::calendar_names(config);
    const auto* option = of_config ? "--config" : "--calendar";
    for (const auto& one : wanted) {
        auto read = of_config || is_of_server(one) ? ask(server, one) : read_calendar(one);
        if (!read) return about(one, option, std::move(read).error());
        auto compiled = schedule::Calendar::compile(read->definition);
        if (!compiled) return about(one, option, std::move(compiled).error());
        if (!out.emplace(read->name, *std::move(compiled)).second) {
            return about(one, option, invalid("", fmt::format("another calendar has the name '{}'", read->name)));
        }
    }
    return out;
}

json::object within(json::object config, const NamedCalendars& calendars) {
    if (calendars.empty() || config.contains("calendars")) return config;
    json::array names;
    for (const auto& [name, calendar] : calendars) names.emplace_back(name);
    config["calendars"] = std::move(names);
    return config;
}

} // namespace attune::app::cli
