#include "logic/schedule/schedule.hpp"

#include "base/text.hpp"
#include "logic/schedule/overloaded.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// Instants that text can hold (years 0 to 9999); beyond them nothing is computed.
constexpr Timestamp kEarliest = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp kLatest = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};

struct Unit {
    const char* name;
    Duration length;
};
constexpr std::array<Unit, 4> kUnits{{{"seconds", 1s}, {"minutes", 1min}, {"hours", 1h}, {"days", 24h}}};

Result<std::string> required_text(const json::object& config, const char* name, std::string_view expected) {
    const auto* member = config.if_contains(name);
    if (member == nullptr || member->is_null()) return invalid(name, fmt::format("is required ({})", expected));
    if (!member->is_string()) return invalid(name, fmt::format("expected {}, got {}", expected, excerpt(*member)));
    return std::string(member->get_string());
}

Result<TimeZone> read_timezone(const json::object& config) {
    const auto* member = config.if_contains("timezone");
    if (member == nullptr || member->is_null()) return TimeZone{};
    if (!member->is_string()) {
        return invalid("timezone",
                       fmt::format("expected an IANA time zone such as Europe/Berlin, got {}", excerpt(*member)));
    }
    return TimeZone::find(std::string_view(member->get_string()));
}

std::vector<std::string_view> known_keys(ScheduleKind kind) {
    std::vector<std::string_view> keys{"type", "timezone", "description"};
    keys.insert(keys.end(), option_names().begin(), option_names().end());
    switch (kind) {
    case ScheduleKind::interval:
        for (const auto& unit : kUnits) keys.emplace_back(unit.name);
        break;
    case ScheduleKind::cron: keys.emplace_back("expression"); break;
    case ScheduleKind::one_shot: keys.emplace_back("fire_at"); break;
    case ScheduleKind::rrule: keys.insert(keys.end(), {"rule", "dtstart", "exdate", "rdate"}); break;
    }
    return keys;
}

Result<void> refuse_unknown_keys(const json::object& config, ScheduleKind kind) {
    const auto known = known_keys(kind);
    for (const auto& [key, ignored] : config) {
        const std::string_view name = key;
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const auto meant = closest(name, known);
        return invalid(std::string(name.substr(0, 64)),
                       fmt::format("is not known in a timer of type {}{}", enum_name(kind),
                                   meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
    }
    return {};
}

} // namespace

Result<Schedule> Schedule::compile(const json::object& config, const CalendarLookup& calendars) {
    TRY(const auto type, required_text(config, "type", "one of " + enum_choices<ScheduleKind>()));
    const auto kind = parse_enum<ScheduleKind>(type);
    if (!kind) {
        return invalid("type",
                       fmt::format("expected one of {}, got '{}'", enum_choices<ScheduleKind>(), type.substr(0, 64)));
    }
    CHECK(refuse_unknown_keys(config, *kind));
    Schedule out;
    TRY(out.zone_, read_timezone(config));
    TRY(out.options_, parse_options(config, out.zone_, calendars));
    TRY(out.form_, compile_form(config, *kind, out));
    return out;
}

Result<Schedule::Form> Schedule::compile_form(const json::object& config, ScheduleKind kind, const Schedule& with) {
    switch (kind) {
    case ScheduleKind::interval: return compile_interval(config);
    case ScheduleKind::one_shot: return compile_one_shot(config, with);
    case ScheduleKind::cron: {
        TRY(const auto expression, required_text(config, "expression", "a cron expression such as '0 0 * * * *'"));
        TRY(auto spec, CronSpec::parse(expression, with.options_.dialect));
        return Form{std::move(spec)};
    }
    case ScheduleKind::rrule: break;
    }
    TRY(auto rule, RRule::compile(config, with.zone_, with.options_.dst()));
    return Form{std::move(rule)};
}

Result<Schedule::Form> Schedule::compile_interval(const json::object& config) {
    Duration period{0};
    for (const auto& unit : kUnits) {
        const auto* member = config.if_contains(unit.name);
        if (member == nullptr || member->is_null()) continue;
        TRY(const auto number, from_json<std::int64_t>(*member, unit.name));
        if (number < 0 || number > kLongestPeriod / unit.length) {
            return invalid(unit.name, fmt::format("expected 0 to {}, got {}", kLongestPeriod / unit.length, number));
        }
        period += unit.length * number;
    }
    if (period < kShortestPeriod || period > kLongestPeriod) {
        return invalid("interval",
                       fmt::format("expected seconds, minutes, hours or days that add up to {} to {}, got {}",
                                   format_duration(kShortestPeriod), format_duration(kLongestPeriod),
                                   format_duration(period)));
    }
    return Form{Interval{period}};
}

Result<Schedule::Form> Schedule::compile_one_shot(const json::object& config, const Schedule& with) {
    TRY(const auto text, required_text(config, "fire_at", "a time such as 2026-01-02T03:04:05Z"));
    TRY(const auto at, parse_instant(text, "fire_at", with.zone_, with.options_.dst()));
    return Form{OneShot{at}};
}

std::optional<Timestamp> Schedule::next(Timestamp after, Timestamp anchor) const {
    if (options_.calendars.empty()) return next_of_series(after, anchor);
    int steps = 0;
    for (int round = 0; round < kMaxRounds; ++round) {
        const auto found = next_of_series(after, anchor);
        if (!found) return found;
        const auto allowed = options_.calendars.next_allowed(*found, steps);
        if (!allowed || *allowed == *found) return allowed;
        after = *allowed - Duration{1};
    }
    return std::nullopt;
}

std::optional<Timestamp> Schedule::next_of_series(Timestamp after, Timestamp anchor) const {
    after = std::clamp(after, kEarliest, kLatest);
    if (options_.start_at) after = std::max(after, *options_.start_at - Duration{1});
    const auto found = next_of_form(after, anchor);
    if (found && options_.end_at && *found > *options_.end_at) return std::nullopt;
    return found;
}

std::optional<Timestamp> Schedule::prev(Timestamp before, Timestamp anchor) const {
    if (options_.calendars.empty()) return prev_of_series(before, anchor);
    int steps = 0;
    for (int round = 0; round < kMaxRounds; ++round) {
        const auto found = prev_of_series(before, anchor);
        if (!found) return found;
        const auto allowed = options_.calendars.prev_allowed(*found, steps);
        if (!allowed || *allowed == *found) return allowed;
        before = *allowed + std::chrono::seconds{1}; // all of that second is allowed
    }
    return std::nullopt;
}

std::optional<Timestamp> Schedule::prev_of_series(Timestamp before, Timestamp anchor) const {
    before = std::clamp(before, kEarliest, kLatest);
    if (options_.end_at) before = std::min(before, *options_.end_at + Duration{1});
    const auto found = prev_of_form(before, anchor);
    if (found && options_.start_at && *found < *options_.start_at) return std::nullopt;
    return found;
}

std::optional<Timestamp> Schedule::next_of_form(Timestamp after, Timestamp anchor) const {
    using Answer = std::optional<Timestamp>;
    return std::visit(
        Overloaded{[&](const Interval& interval) { return interval.next(after, anchor); },
                   [&](const CronSpec& spec) { return spec.next(after, zone_, options_.dst()); },
                   [&](const OneShot& once) { return once.fire_at > after ? Answer{once.fire_at} : Answer{}; },
                   [&](const RRule& rule) { return rule.next(after); }},
        form_);
}

std::optional<Timestamp> Schedule::prev_of_form(Timestamp before, Timestamp anchor) const {
    using Answer = std::optional<Timestamp>;
    return std::visit(
        Overloaded{[&](const Interval& interval) { return interval.prev(before, anchor); },
                   [&](const CronSpec& spec) { return spec.prev(before, zone_, options_.dst()); },
                   [&](const OneShot& once) { return once.fire_at < before ? Answer{once.fire_at} : Answer{}; },
                   [&](const RRule& rule) { return rule.prev(before); }},
        form_);
}

OccurrenceCount Schedule::count(Timestamp after, Timestamp through, Timestamp anchor) const {
    if (const auto* fixed = interval(); fixed != nullptr && options_.calendars.empty()) {
        if (options_.start_at) after = std::max(after, *options_.start_at - Duration{1});
        if (options_.end_at) through = std::min(through, *options_.end_at);
        return {fixed->count(after, through, anchor), false};
    }
    OccurrenceCount counted;
    for (auto at = next(after, anchor); at && *at <= through; at = next(*at, anchor)) {
        if (counted.number == kMaxCounted) return {kMaxCounted, true};
        ++counted.number;
    }
    return counted;
}

} // namespace attune::logic::schedule
