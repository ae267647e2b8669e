#include "logic/packs/read_pack.hpp"

#include "base/text.hpp"
#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"
#include "logic/packs/locate.hpp"
#include "logic/packs/make_pack.hpp"
#include "logic/packs/runner_type.hpp"
#include "logic/packs/written_as.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <set>
#include <utility>

namespace attune::logic::packs {
namespace {

constexpr std::size_t kMostTold = 20; ///< problems in one message
constexpr std::string_view kBuiltin = "core.builtin";

/// The error with the file's name, and the line, before the field.
Error in_file(Error error, const std::string& file, std::string_view text) {
    const auto line = line_of(text, error.field);
    const auto place = line == 0 ? file : fmt::format("{}:{}", file, line);
    error.field = error.field.empty() ? place : fmt::format("{}: {}", place, error.field);
    return error;
}

/// The first, which tells of the others.
Error all_of(const std::vector<Error>& problems) {
    auto out = problems.front();
    for (std::size_t i = 1; i < std::min(problems.size(), kMostTold); ++i) out.message += "; " + problems[i].text();
    if (problems.size() > kMostTold) out.message += fmt::format("; and {} more", problems.size() - kMostTold);
    return out;
}

/// One word that names a file.
bool looks_like_file(std::string_view entrypoint) {
    return entrypoint.find_first_of("./") != std::string_view::npos &&
           entrypoint.find_first_of(" \t\r\n;$'\"") == std::string_view::npos;
}

bool is_given(const json::value& file, std::string_view key) {
    const auto* member = find_member(file, key);
    return member != nullptr && !member->is_null();
}

/// Reads the files of one pack into a PackDefinition.
class PackReader {
public:
    PackReader(const FileTree& files, const YamlReader& read_yaml, const CalendarReader& read_calendar)
        : files_(files), read_yaml_(read_yaml), read_calendar_(read_calendar) {}

    Result<PackDefinition> run() {
        if (auto head = read_head(); !head) {
            problems_.push_back(std::move(head).error()); // without its ref nothing else can be read
        } else {
            each("permission_sets", [this](auto... a) { return add_permission_set(a...); });
            each("runtimes", [this](auto... a) { return add_runtime(a...); });
            each("calendars", [this](auto... a) { return add_calendar(a...); });
            each("triggers", [this](auto... a) { return add_trigger(a...); });
            each("actions", [this](auto... a) { return add_action(a...); });
            each("rules", [this](auto... a) { return add_rule(a...); });
            warn_of_other_kinds();
        }
        if (!problems_.empty()) return all_of(problems_);
        return std::move(out_);
    }
    const std::vector<Error>& problems() const { return problems_; }

private:
    Result<void> read_head() {
        const auto found = files_.find("pack.yaml");
        if (found == files_.end()) return invalid("pack.yaml", "is missing: every pack needs this file at its top");
        TRY(const auto value, read_yaml_(found->second.content, found->first));
        auto pack = make_pack(value);
        if (!pack) return in_file(std::move(pack).error(), found->first, found->second.content);
        warn_of_typos(value, entities::pack(), found->first);
        out_.pack = *std::move(pack);
        return {};
    }

    static bool is_yaml_in(std::string_view path, std::string_view folder) {
        if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return false;
        const auto name = path.substr(folder.size() + 1);
        return name.find('/') == std::string_view::npos && (name.ends_with(".yaml") || name.ends_with(".yml"));
    }

    template <class Add>
    void each(std::string_view folder, Add add) {
        std::set<std::string> refs;
        for (auto at = files_.lower_bound(std::string(folder) + "/"); at != files_.end(); ++at) {
            if (!at->first.starts_with(folder)) break;
            if (!is_yaml_in(at->first, folder)) continue;
            if (++components_ > kMaxComponents) {
                problems_.push_back(
                    {Errc::too_large, fmt::format("the pack has more than {} components", kMaxComponents)});
                return;
            }
            if (auto done = read_file(at->first, at->second.content, refs, add); !done)
                problems_.push_back(std::move(done).error());
        }
    }

    template <class Add>
    Result<void> read_file(const std::string& path, const std::string& text, std::set<std::string>& refs, Add add) {
        TRY(const auto value, read_yaml_(text, path));
        auto done = add_file(value, refs, path, add);
        return done ? std::move(done) : in_file(std::move(done).error(), path, text);
    }

    template <class Add>
    Result<void> add_file(const json::value& value, std::set<std::string>& refs, const std::string& path, Add add) {
        if (!value.is_null() && !value.is_object()) return invalid("", "expected a mapping, got " + excerpt(value));
        const auto* ref = find_member(value, "ref");
        if (ref == nullptr || ref->is_null()) {
            warn(path, "skipped: it has no 'ref'");
            return {};
        }
        if (!ref->is_string()) return invalid("ref", "expected a text, got " + excerpt(*ref));
        const std::string text(ref->get_string());
        CHECK(definitions::check_component_ref(text, out_.pack.ref));
        if (!refs.insert(text).second) return invalid("ref", fmt::format("'{}' stands in another file, too", text));
        return add(text, value, path);
    }

    /// Makes "pack.name" of what may be written without the pack.
    Result<void> qualify(std::string& ref, std::string_view field) const {
        if (ref.empty()) return invalid(std::string(field), "is required");
        auto full = ref.find('.') == std::string::npos ? fmt::format("{}.{}", out_.pack.ref, ref) : ref;
        if (!is_component_ref(full)) return invalid(std::string(field), fmt::format("'{}' is not a ref", ref));
        ref = std::move(full);
        return {};
    }

    /// A component with what its file says of it.
    template <Described T>
    Result<T> read(const entities::Entity& entity, const std::string& ref, const json::value& value,
                   const std::string& path) {
        T out{};
        if constexpr (requires { out.label; }) out.label = ref;
        CHECK(decode_json(entity.file(), value, {}, {}, &out));
        out.pack_ref = out_.pack.ref;
        warn_of_typos(value, entity, path);
        return out;
    }

    /// Keys that nobody knows are ignored; one that is nearly a known one was meant to be that.
    void warn_of_typos(const json::value& value, const entities::Entity& entity, const std::string& path) {
        std::vector<std::string_view> known{"runner_type", "workflow_file", "version", "versions"};
        for (const auto& field : entity.file().structure().fields) known.push_back(field.name);
        for (const auto& [key, ignored] : value.get_object()) {
            if (std::ranges::find(known, std::string_view(key)) != known.end()) continue;
            const auto meant = closest(key, known);
            if (!meant.empty())
                warn(path,
                     fmt::format("'{}' is not known, and ignored; did you mean '{}'?", std::string_view(key), meant));
        }
    }

    Result<void> add_permission_set(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto set, read<PermissionSet>(entities::permission_set(), ref, value, path));
        if (!is_given(value, "label")) set.label.reset();
        CHECK(definitions::check_permission_set(set));
        out_.permission_sets.push_back(std::move(set));
        return {};
    }

    Result<void> add_runtime(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto runtime, read<Runtime>(entities::runtime(), ref, value, path));
        if (!is_given(value, "name")) runtime.name = ref.substr(ref.find('.') + 1);
        runtime.aliases = definitions::lower_aliases(std::move(runtime.aliases));
        CHECK(definitions::check_runtime(runtime));
        out_.runtimes.push_back(std::move(runtime));
        return {};
    }

    Result<void> add_calendar(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto calendar, read<entities::CalendarForm>(entities::calendar(), ref, value, path));
        std::optional<std::string_view> ics;
        if (calendar.ics) {
            if (calendar.definition.contains("events")) {
                return invalid("ics", "expected no events in the definition when they come from an .ics file");
            }
            const auto found = files_.find(*calendar.ics);
            if (found == files_.end()) {
                return invalid("ics", fmt::format("the pack has no file '{}' (a path from its top)", *calendar.ics));
            }
            ics = found->second.content;
        }
        TRY(calendar.definition, read_calendar_(std::move(calendar.definition), ics));
        CHECK(definitions::check_calendar(calendar));
        out_.calendars.push_back(std::move(calendar));
        return {};
    }

    Result<void> add_trigger(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto trigger, read<entities::TriggerForm>(entities::trigger(), ref, value, path));
        CHECK(as_written(definitions::check_trigger(trigger), entities::trigger()));
        out_.triggers.push_back(std::move(trigger));
        return {};
    }

    Result<void> add_action(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto action, read<Action>(entities::action(), ref, value, path));
        if (is_given(value, "workflow_file")) {
            warn(path, "skipped: workflows are not run by this server");
            return {};
        }
        if (!is_given(value, "entry_point")) return invalid("entry_point", "is required (a file below actions/)");
        CHECK(link_runtime(action, value, path));
        CHECK(as_written(definitions::check_action(action), entities::action()));
        if (action.runtime_ref != kBuiltin && looks_like_file(action.entrypoint) &&
            !files_.contains("actions/" + action.entrypoint))
            warn(path, fmt::format("the pack has no file actions/{}", action.entrypoint));
        out_.actions.push_back(std::move(action));
        return {};
    }

    Result<void> link_runtime(Action& action, const json::value& value, const std::string& path) {
        std::optional<std::string> given;
        if (const auto* member = find_member(value, "runner_type"))
            CHECK(decode_json(type_of<std::optional<std::string>>, *member, "runner_type", {}, &given));
        const auto runner_type = given.value_or("shell");
        auto runtime = resolve_runner_type(runner_type, out_.runtimes);
        if (!is_component_ref(runtime.ref))
            return invalid("runner_type", fmt::format("'{}' is no name of a runtime", runner_type));
        if (runtime.guessed) {
            warn(path, fmt::format("runner_type '{}' is not known here; taken for the runtime '{}'", runner_type,
                                   runtime.ref));
        }
        action.runtime_ref = std::move(runtime.ref);
        return {};
    }

    Result<void> add_rule(const std::string& ref, const json::value& value, const std::string& path) {
        TRY(auto rule, read<Rule>(entities::rule(), ref, value, path));
        CHECK(qualify(rule.trigger_ref, "trigger_ref"));
        CHECK(qualify(rule.action_ref, "action_ref"));
        CHECK(definitions::check_rule(rule));
        out_.rules.push_back(std::move(rule));
        return {};
    }

    void warn_of_other_kinds() {
        for (const auto* folder : {"sensors", "queues", "workflows", "actions/workflows"}) {
            for (const auto& [path, file] : files_) {
                if (is_yaml_in(path, folder)) warn(path, fmt::format("skipped: {} are not run by this server", folder));
            }
        }
    }

    void warn(const std::string& path, std::string_view message) {
        out_.warnings.push_back(fmt::format("{}: {}", path, message));
    }

    const FileTree& files_;
    const YamlReader& read_yaml_;
    const CalendarReader& read_calendar_;
    PackDefinition out_;
    std::vector<Error> problems_;
    std::size_t components_ = 0;
};

} // namespace

Result<PackDefinition> read_pack(const FileTree& files, const YamlReader& read_yaml,
                                 const CalendarReader& read_calendar, std::vector<Error>* problems) {
    PackReader reader(files, read_yaml, read_calendar);
    auto out = reader.run();
    if (problems != nullptr) *problems = reader.problems();
    return out;
}

} // namespace attune::logic::packs
