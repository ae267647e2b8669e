// The schedules of a simulated life.
#include "domain/calendar.hpp"
#include "flow/calendars.hpp"
#include "sim/timer_life.hpp"
#include "sim/wall_clock_table.hpp"

#include <algorithm>

namespace attune::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

/// Zones, and a year to live through: with a day that Samoa jumped over, with midnights that São Paulo jumped over, and
/// with Morocco's four changes.
struct Place {
    int year;
    std::array<const char*, 6> zones;
};
constexpr Place kPlaces[] = {
    {2026,
     {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca",
      "Asia/Kolkata"}},
    {2011,
     {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca",
      "Pacific/Apia"}},
    {2018,
     {"America/New_York", "Europe/Dublin", "Pacific/Chatham", "America/Sao_Paulo", "Africa/Casablanca",
      "Asia/Kathmandu"}},
};

int weekday_of(local_days day) {
    return static_cast<int>(std::chrono::weekday(day).c_encoding());
}
unsigned month_of(local_days day) {
    return static_cast<unsigned>(year_month_day(day).month());
}
unsigned day_of(local_days day) {
    return static_cast<unsigned>(year_month_day(day).day());
}

json::object calendar_definition(const std::string& zone, bool on_fridays) {
    json::array closed{"sat", "sun"};
    if (on_fridays) closed.emplace_back("fri");
    return {{"timezone", zone},
            {"dates", json::array{"12-25", "01-01"}},
            {"weekly", json::array{json::object{{"days", closed}}}}};
}

} // namespace

void TimerLife::make_timers() {
    const auto& place = one_of(kPlaces);
    zones_.assign(place.zones.begin(), place.zones.end());
    start_ = std::chrono::sys_days{std::chrono::year{place.year} / 1 / 1};
    std::vector<Timestamp> changes;
    for (const auto& zone : zones_) {
        for (const auto at : WallClockTable::of(zone).changes()) {
            if (at > start_ && at < start_ + days{366}) changes.push_back(at);
        }
    }
    std::ranges::sort(changes, std::greater{});
    if (scale_.whole_year) {
        start_ += up_to(days{40});
        end_ = start_ + days{366};
        changes_ = changes;
    } else {
        start_ = changes[static_cast<std::size_t>(pick(std::ssize(changes)))] - up_to(1h);
    }
    world.clock.step(start_ - world.clock.now());
    world.write([&](Session& session) {
        Calendar calendar;
        calendar.ref = "core.closed";
        calendar.label = "Closed";
        calendar.definition = calendar_definition(zones_[0], false);
        return flow::create_calendar(session, calendar, world.clock.now());
    });
    const auto add = [&](const std::string& ref, Timetable table) {
        add_options(table);
        world.add_rule(ref, table.trigger_ref, "core.null", table.params);
        tables_[ref] = std::move(table);
    };
    for (int i = 0; i < 6; ++i) add("core.timer_" + std::to_string(i), any_table());
    add("core.interval", interval_timetable(scale_.whole_year ? 47h + 13min + 7s : 97s));
    add("core.once", once_timetable(start_ + (scale_.whole_year ? up_to(days{300}) : up_to(1h))));
    for (const auto& timer : timers()) begin_series(timer, tables_.at(*timer.rule_ref), timer.anchor);
}

Timetable TimerLife::any_table() {
    return scale_.whole_year ? table_for_year() : table_for_window();
}

Timetable TimerLife::table_for_window() {
    constexpr const char* kExpressions[] = {"*/7 * * * *",      "30 * * * * *", "0,30 1-3 * * *", "15 2 * * *",
                                            "*/20 */2 * * * *", "10 0-4 * * *", "0 * * * *",      "5/10 2,3 * * *",
                                            "0/30 0 * * *",     "7 23,0 * * *"};
    constexpr const char* kGaps[] = {"run_after", "skip", "shift"};
    constexpr const char* kTwice[] = {"first", "last", "both"};
    const auto& zone = zones_[static_cast<std::size_t>(pick(6))];
    return cron_timetable(one_of(kExpressions), zone, {one_of(kGaps), one_of(kTwice)});
}

Timetable TimerLife::table_for_year() {
    constexpr const char* kExpressions[] = {
        "30 2 * * *",     "15 2 * * 0",     "0 0 1 * *",      "0 9 * * 1-5",   "30 1 L * *",     "0 0-4 * * 0",
        "*/30 2 * * 6,0", "0 */3 1,15 * *", "0 3 * * 0#2",    "45 23 13 * +5", "10 1,2,3 * * *", "0 * * * 0",
        "5 0 29 2 *",     "0 0 31 * *",     "30 12 * 3,10 7", "59 23 * * 6",   "0 0 * * *",      "*/20 0-2 1-7 * +0"};
    constexpr const char* kGaps[] = {"run_after", "skip", "shift"};
    constexpr const char* kTwice[] = {"first", "last", "both"};
    const auto& zone = zones_[static_cast<std::size_t>(pick(6))];
    const WallPolicy policy{one_of(kGaps), one_of(kTwice)};
    auto table = pick(3) == 0 ? any_recurrence(zone, policy) : cron_timetable(one_of(kExpressions), zone, policy);
    if (pick(12) == 0) table = ending_at(std::move(table), world.clock.now() + days{3} + up_to(days{200}));
    return pick(4) == 0 ? on_working_days(std::move(table)) : table;
}

Timetable TimerLife::any_recurrence(const std::string& zone, const WallPolicy& policy) {
    constexpr const char* kTimes[] = {"02:15:00", "01:30:00", "00:00:00", "23:45:30"};
    // Not today's: a series that began long before its timer.
    const auto first = local_days{(std::chrono::floor<days>(start_) - days{pick(60)}).time_since_epoch()};
    const year_month_day date(first);
    const auto dtstart =
        fmt::format("{:04}-{:02}-{:02}T{}", int(date.year()), month_of(first), day_of(first), one_of(kTimes));
    const auto monday = first - days{(weekday_of(first) + 6) % 7};
    const auto table = [&](const char* rule, std::function<bool(local_days)> has, int count = 0) {
        return recurring_timetable({rule, std::move(has), dtstart, count}, zone, policy);
    };
    switch (pick(7)) {
    case 0: return hourly_timetable(7, dtstart, zone);
    case 1: return table("FREQ=DAILY;INTERVAL=3", [=](auto day) { return (day - first).count() % 3 == 0; });
    case 2:
        return table("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO", [=](auto day) {
            return (day - monday).count() / 7 % 2 == 0 && (weekday_of(day) == 1 || weekday_of(day) == 5);
        });
    case 3: return table("FREQ=MONTHLY;BYMONTHDAY=-1", [](auto day) { return day_of(day + days{1}) == 1; });
    case 4:
        return table("FREQ=MONTHLY;BYDAY=2SU",
                     [](auto day) { return weekday_of(day) == 0 && (day_of(day) - 1) / 7 == 1; });
    case 5:
        return table("FREQ=YEARLY;BYMONTH=3,10;BYDAY=SU",
                     [](auto day) { return weekday_of(day) == 0 && (month_of(day) == 3 || month_of(day) == 10); });
    default: return table("FREQ=DAILY", [](auto) { return true; }, 20 + static_cast<int>(pick(300)));
    }
}

Timetable TimerLife::on_working_days(Timetable table) {
    const auto* zone = &WallClockTable::of(zones_[0]);
    return within_calendar(std::move(table), "core.closed", [zone, fridays = closed_on_fridays_](Timestamp at) {
        const auto day = std::chrono::floor<days>(zone->local(at));
        if (weekday_of(day) == 0 || weekday_of(day) == 6 || (fridays && weekday_of(day) == 5)) return false;
        return !(month_of(day) == 12 && day_of(day) == 25) && !(month_of(day) == 1 && day_of(day) == 1);
    });
}

void TimerLife::add_options(Timetable& table) {
    constexpr const char* kPolicies[] = {"skip", "fire_once", "fire_all"};
    auto& out = table.params;
    out["misfire"] = json::object{{"policy", one_of(kPolicies)}, {"max_catchup", pick(5) + 1}};
    if (scale_.whole_year && pick(2) == 0) out["misfire"].as_object()["window"] = fmt::format("{}h", 1 + pick(400));
    out["on_resume"] = one_of(kPolicies);
    if (pick(3) == 0) out["jitter"] = scale_.whole_year ? "45m" : "5s";
}

/// The calendar as it will be from now on; its timers' tables with it.
json::object TimerLife::other_calendar() {
    closed_on_fridays_ = !closed_on_fridays_;
    for (auto& [ref, table] : tables_) {
        if (table.without_calendar) table = on_working_days(std::move(table));
    }
    return calendar_definition(zones_[0], closed_on_fridays_);
}

} // namespace attune::test
