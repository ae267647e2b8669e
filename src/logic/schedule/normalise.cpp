#include "logic/schedule/normalise.hpp"

#include "base/text.hpp"
#include "logic/schedule/options.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::schedule {
namespace {

constexpr std::string_view kInterval = "core.intervaltimer";
constexpr std::string_view kCron = "core.crontimer";
constexpr std::string_view kOneShot = "core.datetimetimer";
constexpr std::string_view kRRule = "core.rruletimer";

/// Copies the members that are there and not null.
template <class Names>
void copy(const json::object& from, const Names& names, json::object& into) {
    for (const auto& name : names) {
        const auto* member = from.if_contains(std::string_view(name));
        if (member != nullptr && !member->is_null()) into[std::string_view(name)] = *member;
    }
}

Result<void> convert_interval(const json::object& params, json::object& config) {
    constexpr std::array<std::string_view, 4> kUnits{"seconds", "minutes", "hours", "days"};
    std::string unit = "seconds";
    if (const auto* given = params.if_contains("unit"); given != nullptr && !given->is_null()) {
        TRY(unit, from_json<std::string>(*given, "unit"));
    }
    if (std::find(kUnits.begin(), kUnits.end(), unit) == kUnits.end()) {
        return invalid("unit", fmt::format("expected one of seconds|minutes|hours|days, got '{}'", unit.substr(0, 64)));
    }
    std::int64_t number = 60;
    if (const auto* given = params.if_contains("interval"); given != nullptr && !given->is_null()) {
        TRY(number, from_json<std::int64_t>(*given, "interval"));
    }
    if (number < 1) return invalid("interval", fmt::format("expected 1 or more, got {}", number));
    config[unit] = number;
    return {};
}

/// The RRULE part for each parameter of core.rruletimer, in the order of the standard's examples.
struct RulePart {
    std::string_view parameter;
    std::string_view name;
};
constexpr std::array<RulePart, 14> kRuleParts{{{"freq", "FREQ"},
                                               {"interval", "INTERVAL"},
                                               {"count", "COUNT"},
                                               {"until", "UNTIL"},
                                               {"by_month", "BYMONTH"},
                                               {"by_week_no", "BYWEEKNO"},
                                               {"by_year_day", "BYYEARDAY"},
                                               {"by_month_day", "BYMONTHDAY"},
                                               {"by_day", "BYDAY"},
                                               {"by_hour", "BYHOUR"},
                                               {"by_minute", "BYMINUTE"},
                                               {"by_second", "BYSECOND"},
                                               {"by_set_pos", "BYSETPOS"},
                                               {"week_start", "WKST"}}};

/// One value, or a list joined by commas, as RRULE text; separators are no part of a value.
Result<std::string> rule_value(const json::value& value, std::string path) {
    if (value.is_array()) {
        std::vector<std::string> items;
        if (value.get_array().size() > 400) return invalid(path, "expected at most 400 values");
        for (const auto& item : value.get_array()) {
            if (item.is_array()) return invalid(join_path(path, items.size()), "expected a single value, got a list");
            TRY(auto text, rule_value(item, join_path(path, items.size())));
            items.push_back(std::move(text));
        }
        return join(items, ",");
    }
    if (value.is_int64() || value.is_uint64()) return to_text(value);
    if (!value.is_string() || value.get_string().empty()) {
        return invalid(path, fmt::format("expected a value or a list of values, got {}", excerpt(value)));
    }
    const std::string_view text = value.get_string();
    if (text.find_first_of(";=\r\n") != std::string_view::npos) {
        return invalid(path, fmt::format("expected a value without ';' and '=', got {}", excerpt(value)));
    }
    return std::string(text);
}

Result<void> convert_rrule(const json::object& params, json::object& config) {
    copy(params, std::array{std::string_view("dtstart"), std::string_view("exdate"), std::string_view("rdate")},
         config);
    if (const auto* raw = params.if_contains("rule"); raw != nullptr && !raw->is_null()) {
        config["rule"] = *raw;
        return {};
    }
    std::vector<std::string> parts;
    for (const auto& [parameter, name] : kRuleParts) {
        const auto* member = params.if_contains(parameter);
        if (member == nullptr || member->is_null()) continue;
        if (member->is_array() && member->get_array().empty()) continue;
        TRY(const auto text, rule_value(*member, std::string(parameter)));
        parts.push_back(fmt::format("{}={}", name, text));
    }
    if (params.if_contains("freq") == nullptr) {
        return invalid("freq", "is required (SECONDLY to YEARLY), or give the whole rule in 'rule'");
    }
    config["rule"] = join(parts, ";");
    return {};
}

} // namespace

bool is_rule_timer_trigger(std::string_view trigger_ref) {
    return trigger_ref == kInterval || trigger_ref == kCron || trigger_ref == kOneShot || trigger_ref == kRRule;
}

Result<json::object> config_from_rule(std::string_view trigger_ref, const json::object& trigger_params) {
    json::object config;
    copy(trigger_params, option_names(), config);
    copy(trigger_params, std::array{std::string_view("timezone")}, config);
    if (trigger_ref == kInterval) {
        config["type"] = "interval";
        CHECK(convert_interval(trigger_params, config));
    } else if (trigger_ref == kCron) {
        config["type"] = "cron";
        copy(trigger_params, std::array{std::string_view("expression")}, config);
    } else if (trigger_ref == kOneShot) {
        config["type"] = "one_shot";
        copy(trigger_params, std::array{std::string_view("fire_at")}, config);
    } else if (trigger_ref == kRRule) {
        config["type"] = "rrule";
        CHECK(convert_rrule(trigger_params, config));
    } else {
        return invalid("trigger_ref",
                       fmt::format("expected one of the core timer triggers, got '{}'", trigger_ref.substr(0, 64)));
    }
    return config;
}

std::optional<json::object> config_from_trigger(const json::value& param_schema) {
    const auto* type = find_member(param_schema, "type");
    if (type == nullptr || !type->is_string()) return std::nullopt;
    std::string_view name = type->get_string();
    if (name == "date_time") name = "one_shot";
    // A flat parameter schema may have a parameter called "type", but that is an object.
    if (name != "interval" && name != "cron" && name != "one_shot" && name != "rrule") return std::nullopt;
    json::object config(param_schema.get_object());
    config["type"] = json::string(name);
    if (const auto* seconds = config.if_contains("interval_seconds"); seconds != nullptr) {
        const json::value kept = *seconds;
        config.erase("interval_seconds");
        if (!config.contains("seconds")) config["seconds"] = kept;
    }
    return config;
}

} // namespace attune::logic::schedule
