#include "logic/schedule/calendar_items.hpp"

#include "base/text.hpp"
#include "logic/schedule/calendar.hpp"
#include "logic/schedule/options.hpp"
#include "logic/schedule/rrule_text.hpp"

#include <algorithm>
#include <charconv>

namespace attune::logic::schedule {
namespace {

/// Yearly dates recur from here on; nothing fires before.
constexpr std::string_view kFirstYearly = "1900";

constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 7> kLongDays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

/// A wall-clock time as text that, read as UTC, is that wall-clock time.
std::string as_utc_text(Seconds local) {
    return format_timestamp_short(from_seconds(local));
}

/// A whole day "2026-12-25".
std::optional<Seconds> read_day(std::string_view text) {
    constexpr std::size_t kDateLength = 10;
    if (text.size() != kDateLength) return std::nullopt;
    return parse_local(text);
}

/// A time of day "09:00" or "09:00:30", up to 24:00, in seconds.
std::optional<Seconds> read_time(std::string_view text) {
    constexpr Seconds kLimits[] = {24, 59, 59};
    if (text.size() != 5 && text.size() != 8) return std::nullopt;
    Seconds out = 0;
    for (std::size_t part = 0; part * 3 < text.size(); ++part) {
        const auto* digits = text.data() + part * 3;
        int value = -1;
        const auto [end, failure] = std::from_chars(digits, digits + 2, value);
        if (failure != std::errc{} || end != digits + 2 || value < 0 || value > kLimits[part]) return std::nullopt;
        if (part > 0 && *(digits - 1) != ':') return std::nullopt;
        out = out * 60 + value;
    }
    if (text.size() == 5) out *= 60;
    return out <= kSecondsPerDay ? std::optional(out) : std::nullopt;
}

Result<Seconds> time_of_day(const std::string& text, const std::string& path) {
    if (const auto time = read_time(text)) return *time;
    return invalid(path, fmt::format("expected a time of day such as 09:00, got '{}'", text.substr(0, 64)));
}

Result<unsigned> weekday_of_name(const std::string& text, const std::string& path) {
    const auto name = to_lower(text.substr(0, 16));
    for (unsigned day = 0; day < kDays.size(); ++day) {
        if (name == kDays[day] || name == kLongDays[day]) return day;
    }
    return invalid(path, fmt::format("expected a day of the week (mon … sun), got '{}'", text.substr(0, 64)));
}

Error no_time(const std::string& path, std::string_view text) {
    return invalid(path, fmt::format("expected a date such as 2026-12-25 or a local time such as 2026-12-25T09:00, got "
                                     "'{}'",
                                     text.substr(0, 64)));
}

/// An event's time on its zone's clock: local as written, or moved there from UTC or an offset.
Result<Seconds> event_time(const std::string& text, const std::string& path, const TimeZone& zone) {
    const auto extended = to_extended(text);
    if (const auto local = parse_local(extended)) return *local;
    const auto instant = parse_timestamp(extended);
    if (!instant) return no_time(path, text);
    return zone.to_local(floor_seconds(*instant));
}

/// A rule whose UNTIL is an instant gets one on the zone's clock, which the times of the event are on.
std::string with_local_until(const std::string& rule, const TimeZone& zone) {
    const auto found = to_upper(rule).find("UNTIL=");
    if (found == std::string::npos) return rule;
    const auto start = found + std::string_view("UNTIL=").size();
    const auto end = std::min(rule.find(';', start), rule.size());
    const auto until = parse_timestamp(to_extended(std::string_view(rule).substr(start, end - start)));
    if (!until) return rule;
    return rule.substr(0, start) + as_utc_text(zone.to_local(floor_seconds(*until))) + rule.substr(end);
}

Result<json::array> event_times(const std::vector<std::string>& texts, const std::string& path, const TimeZone& zone) {
    json::array out;
    for (const auto& text : texts) {
        TRY(const auto local, event_time(text, join_path(path, out.size()), zone));
        out.emplace_back(as_utc_text(local));
    }
    return out;
}

Result<Seconds> event_length(const CalendarEvent& event, Seconds start, const std::string& path, const TimeZone& zone) {
    if (!event.end) {
        if (read_day(to_extended(event.start))) return kSecondsPerDay;
        return invalid(join_path(path, "end"), "is required unless start is a date");
    }
    TRY(const auto end, event_time(*event.end, join_path(path, "end"), zone));
    if (end <= start) return invalid(join_path(path, "end"), "expected a time after start");
    return end - start;
}

} // namespace

Result<void> add_date(const std::string& text, const std::string& path, LocalSet& into) {
    if (const auto day = read_day(text)) {
        into.add({*day, *day + kSecondsPerDay});
        return {};
    }
    // 2000 is a leap year: "02-29" is a date.
    const auto yearly = read_day("2000-" + text);
    if (!yearly) {
        return invalid(path, fmt::format("expected a date such as 2026-12-25, or 12-25 for every year, got '{}'",
                                         text.substr(0, 64)));
    }
    const auto date = date_of(*yearly / kSecondsPerDay);
    TRY(auto rule, RRule::compile({{"rule", fmt::format("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}", date.month, date.day)},
                                   {"dtstart", fmt::format("{}-01-01T00:00:00Z", kFirstYearly)}},
                                  TimeZone{}, {}));
    into.add_recurring(std::move(rule), kSecondsPerDay);
    return {};
}

Result<void> add_range(const CalendarRange& range, const std::string& path, LocalSet& into) {
    const auto from = parse_local(range.from);
    if (!from) return no_time(join_path(path, "from"), range.from);
    auto to = parse_local(range.to);
    if (!to) return no_time(join_path(path, "to"), range.to);
    if (read_day(range.to)) *to += kSecondsPerDay;
    if (*to <= *from) return invalid(join_path(path, "to"), "expected a time after from");
    into.add({*from, *to});
    return {};
}

Result<void> add_window(const CalendarWindow& window, const std::string& path, LocalSet& into) {
    TRY(const auto from, time_of_day(window.from, join_path(path, "from")));
    TRY(auto to, time_of_day(window.to, join_path(path, "to")));
    if (from == kSecondsPerDay) return invalid(join_path(path, "from"), "expected a time before 24:00");
    if (to <= from) to += kSecondsPerDay;
    const auto add = [&](unsigned day) { into.add_weekly({day * kSecondsPerDay + from, day * kSecondsPerDay + to}); };
    for (unsigned day = 0; window.days.empty() && day < 7; ++day) add(day);
    for (std::size_t i = 0; i < window.days.size(); ++i) {
        TRY(const auto day, weekday_of_name(window.days[i], join_path(join_path(path, "days"), i)));
        add(day);
    }
    return {};
}

Result<void> add_event(const CalendarEvent& event, const std::string& path, const TimeZone& zone, LocalSet& into) {
    TRY(const auto start, event_time(event.start, join_path(path, "start"), zone));
    TRY(const auto length, event_length(event, start, path, zone));
    TRY(auto exdate, event_times(event.exdate, join_path(path, "exdate"), zone));
    TRY(auto rdate, event_times(event.rdate, join_path(path, "rdate"), zone));
    // The start of an event is one of its times, whether its rule names it or not.
    rdate.emplace_back(as_utc_text(start));
    const bool recurs = event.rule && !event.rule->empty();
    if (!recurs && rdate.size() == 1 && exdate.empty()) {
        into.add({start, start + length});
        return {};
    }
    auto rule = RRule::compile({{"rule", recurs ? with_local_until(*event.rule, zone) : "FREQ=DAILY;COUNT=1"},
                                {"dtstart", as_utc_text(start)},
                                {"exdate", std::move(exdate)},
                                {"rdate", std::move(rdate)}},
                               TimeZone{}, {});
    if (!rule) {
        auto error = rule.error();
        error.field = join_path(path, error.field);
        return error;
    }
    into.add_recurring(*std::move(rule), length);
    return {};
}

} // namespace attune::logic::schedule
