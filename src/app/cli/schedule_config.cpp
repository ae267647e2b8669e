#include "app/cli/schedule_config.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <charconv>

namespace attune::app::cli {
namespace {

/// Options that are copied as they are: the member's name, and the option's.
struct Copied {
    const char* member;
    const char* option;
};
constexpr Copied kTexts[] = {
    {"timezone", "timezone"}, {"dtstart", "dtstart"},   {"dst_gap", "dst-gap"}, {"dst_overlap", "dst-overlap"},
    {"dialect", "dialect"},   {"start_at", "start-at"}, {"end_at", "end-at"}};
constexpr Copied kLists[] = {{"exdate", "exdate"}, {"rdate", "rdate"}};

Result<void> set_form(const Arguments& arguments, json::object& config) {
    if (arguments.has("cron")) {
        config["type"] = "cron";
        config["expression"] = arguments.text("cron");
    } else if (arguments.has("every")) {
        const auto period = parse_duration(arguments.text("every"));
        if (!period) return invalid("--every", period.error().message);
        if (*period % 1s != Duration{0}) return invalid("--every", "expected whole seconds");
        config["type"] = "interval";
        config["seconds"] = *period / 1s;
    } else if (arguments.has("at")) {
        config["type"] = "one_shot";
        config["fire_at"] = arguments.text("at");
    } else if (arguments.has("rrule")) {
        config["type"] = "rrule";
        config["rule"] = arguments.text("rrule");
    } else {
        auto given = parse_json(arguments.text("config"));
        if (!given) return invalid("--config", "expected JSON: " + given.error().message);
        if (!given->is_object()) return invalid("--config", "expected a JSON object");
        config = std::move(given->get_object());
    }
    return {};
}

} // namespace

Result<json::object> config_of_options(const Arguments& arguments) {
    std::vector<std::string> given;
    for (const auto* form : {"cron", "every", "at", "rrule", "config"}) {
        if (arguments.has(form)) given.push_back(std::string("--") + form);
    }
    if (given.size() != 1) {
        return invalid("--cron", fmt::format("expected one of --cron, --every, --at, --rrule, --config or --input, {}",
                                             given.empty() ? "got none" : "got " + join(given, " and ")));
    }
    json::object config;
    CHECK(set_form(arguments, config));
    for (const auto& [member, option] : kTexts) {
        if (arguments.has(option)) config[member] = arguments.text(option);
    }
    for (const auto& [member, option] : kLists) {
        if (!arguments.has(option)) continue;
        json::array dates;
        for (const auto& date : arguments.all(option)) dates.emplace_back(date);
        config[member] = std::move(dates);
    }
    return config;
}

Result<int> number_option(const Arguments& arguments, const std::string& name, int least, int most, int fallback) {
    if (!arguments.has(name)) return fallback;
    const auto text = arguments.text(name);
    int number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
        return invalid("--" + name, fmt::format("expected a whole number from {} to {}, got '{}'", least, most, text));
    }
    return number;
}

} // namespace attune::app::cli
