#include "sim/timetable.hpp"

#include "sim/wall_clock_table.hpp"

#include <algorithm>
#include <ctime>
#include <set>
#include <sstream>

namespace attune::test {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::seconds;
using std::chrono::year_month_day;

/// A gap longer than this moves the date line; its times are gone.
constexpr seconds kLongestGap = std::chrono::hours{3};

std::vector<std::string> split_at(const std::string& text, char separator) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) out.push_back(part);
    return out;
}

/// "1,3-5,*/20" and "5/10": the values that a field means.
std::set<int> values_of(const std::string& field, int low, int high) {
    std::set<int> out;
    for (const auto& item : split_at(field, ',')) {
        const auto parts = split_at(item, '/');
        const int step = parts.size() > 1 ? std::stoi(parts[1]) : 1;
        auto ends = split_at(parts[0], '-');
        int first = low;
        int last = high;
        if (parts[0] != "*") {
            first = std::stoi(ends[0]);
            last = ends.size() > 1 ? std::stoi(ends[1]) : parts.size() > 1 ? high : first;
        }
        for (int value = first; value <= last; value += step) out.insert(value);
    }
    return out;
}

int day_of(local_days day) {
    return static_cast<int>(static_cast<unsigned>(year_month_day(day).day()));
}
int weekday_of(local_days day) {
    return static_cast<int>(std::chrono::weekday(day).c_encoding());
}
bool is_last_of_month(local_days day) {
    return day_of(day + days{1}) == 1;
}

bool has_day_of_month(const std::string& field, local_days day) {
    if (field == "L") return is_last_of_month(day);
    return values_of(field, 1, 31).contains(day_of(day));
}

bool has_weekday(const std::string& field, local_days day) {
    if (const auto nth = field.find('#'); nth != std::string::npos) {
        return weekday_of(day) == std::stoi(field) && (day_of(day) - 1) / 7 + 1 == std::stoi(field.substr(nth + 1));
    }
    const auto wanted = values_of(field, 0, 7);
    return wanted.contains(weekday_of(day)) || (weekday_of(day) == 0 && wanted.contains(7));
}

std::function<bool(local_days)> days_of(const std::vector<std::string>& fields) {
    const auto month = values_of(fields[4], 1, 12);
    auto weekday = fields[5];
    const bool both = weekday.starts_with('+') || weekday == "*" || fields[3] == "*";
    if (weekday.starts_with('+')) weekday.erase(0, 1);
    return [=, dom = fields[3]](local_days day) {
        if (!month.contains(static_cast<int>(static_cast<unsigned>(year_month_day(day).month())))) return false;
        const bool first = has_day_of_month(dom, day);
        const bool second = has_weekday(weekday, day);
        return both ? first && second : first || second;
    };
}

/// The instants that one wall-clock time of a schedule at fixed times means.
void add_fixed(const WallClockTable& zone, WallSeconds wall, const WallPolicy& policy, std::set<Timestamp>& out) {
    const auto copies = zone.instants(wall);
    if (copies.empty()) {
        const auto gap = zone.gap_over(wall);
        if (policy.gap == "skip" || gap.length > kLongestGap) return;
        const WallSeconds later = wall + gap.length;
        out.insert(policy.gap == "shift" ? zone.instants(later).front() : gap.at);
    } else if (policy.overlap == "both") {
        out.insert(copies.begin(), copies.end());
    } else {
        out.insert(policy.overlap == "last" ? copies.back() : copies.front());
    }
}

std::vector<Timestamp> cut(const std::set<Timestamp>& all, Timestamp from, Timestamp to) {
    if (to <= from) return {};
    return {all.upper_bound(from), all.upper_bound(to)};
}

WallSeconds wall_time(const std::string& text) {
    std::tm fields{};
    strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
    return WallSeconds{seconds{timegm(&fields)}};
}

/// Calls `use` with each wall-clock day that may touch (from, to].
template <class Use>
void each_day(const WallClockTable& zone, Timestamp from, Timestamp to, Use use) {
    const auto last = std::chrono::floor<days>(zone.local(to)) + days{1};
    for (auto day = std::chrono::floor<days>(zone.local(from)) - days{1}; day <= last; day += days{1}) use(day);
}

} // namespace

Timetable cron_timetable(const std::string& expression, const std::string& zone, const WallPolicy& policy) {
    auto fields = split_at(expression, ' ');
    if (fields.size() == 5) fields.insert(fields.begin(), "0");
    std::vector<seconds> day_times;
    for (const auto hour : values_of(fields[2], 0, 23)) {
        for (const auto minute : values_of(fields[1], 0, 59)) {
            for (const auto second : values_of(fields[0], 0, 59)) {
                day_times.emplace_back((hour * 60 + minute) * 60 + second);
            }
        }
    }
    const bool fixed = !fields[1].starts_with('*') && !fields[2].starts_with('*');
    const auto times = [=, has = days_of(fields), &table = WallClockTable::of(zone)](Timestamp, auto from, auto to) {
        std::set<Timestamp> out;
        each_day(table, from, to, [&](local_days day) {
            if (!has(day)) return;
            for (const auto time : day_times) {
                if (fixed) add_fixed(table, day + time, policy, out);
                if (fixed) continue;
                for (const auto at : table.instants(day + time)) out.insert(at);
            }
        });
        return cut(out, from, to);
    };
    return {"core.crontimer",
            {{"expression", expression}, {"timezone", zone}, {"dst_gap", policy.gap}, {"dst_overlap", policy.overlap}},
            times,
            {}};
}

Timetable recurring_timetable(const RecurrenceDays& recurrence, const std::string& zone, const WallPolicy& policy) {
    const auto start = wall_time(recurrence.dtstart);
    const auto first_day = std::chrono::floor<days>(start);
    const auto times = [=, &table = WallClockTable::of(zone)](Timestamp, Timestamp from, Timestamp to) {
        std::set<Timestamp> out;
        int count = 0;
        each_day(table, start.time_since_epoch() + Timestamp{}, to, [&](local_days day) {
            if (day < first_day || !recurrence.has(day)) return;
            if (recurrence.count > 0 && ++count > recurrence.count) return;
            add_fixed(table, day + (start - first_day), policy, out);
        });
        return cut(out, from, to);
    };
    auto rule = recurrence.rule;
    if (recurrence.count > 0) rule += ";COUNT=" + std::to_string(recurrence.count);
    return {"core.rruletimer",
            {{"rule", rule},
             {"dtstart", recurrence.dtstart},
             {"timezone", zone},
             {"dst_gap", policy.gap},
             {"dst_overlap", policy.overlap}},
            times,
            {}};
}

Timetable hourly_timetable(int hours, const std::string& dtstart, const std::string& zone) {
    const Timestamp start = WallClockTable::of(zone).instants(wall_time(dtstart)).front();
    const Duration period = std::chrono::hours{hours};
    const auto times = [=](Timestamp, Timestamp from, Timestamp to) {
        std::vector<Timestamp> out;
        for (auto at = start; at <= to; at += period) {
            if (at > from) out.push_back(at);
        }
        return out;
    };
    const auto rule = "FREQ=HOURLY;INTERVAL=" + std::to_string(hours);
    return {"core.rruletimer", {{"rule", rule}, {"dtstart", dtstart}, {"timezone", zone}}, times, {}};
}

Timetable interval_timetable(seconds period) {
    const auto times = [=](Timestamp anchor, Timestamp from, Timestamp to) {
        std::vector<Timestamp> out;
        for (auto at = anchor + period; at <= to; at += period) {
            if (at > from) out.push_back(at);
        }
        return out;
    };
    return {"core.intervaltimer", {{"unit", "seconds"}, {"interval", period.count()}}, times, {}};
}

Timetable once_timetable(Timestamp at) {
    const auto times = [=](Timestamp, Timestamp from, Timestamp to) {
        return from < at && at <= to ? std::vector{at} : std::vector<Timestamp>{};
    };
    return {"core.datetimetimer", {{"fire_at", format_timestamp(at)}}, times, {}};
}

Timetable ending_at(Timetable table, Timestamp end) {
    table.params["end_at"] = format_timestamp(end);
    table.times = [times = std::move(table.times), end](auto anchor, auto from, auto to) {
        return times(anchor, from, std::min(to, end));
    };
    return table;
}

Timetable within_calendar(Timetable table, const std::string& ref, std::function<bool(Timestamp at)> allows) {
    if (!table.without_calendar) table.without_calendar = std::move(table.times);
    table.params["calendars"] = json::array{json::string(ref)};
    table.times = [times = table.without_calendar, allows = std::move(allows)](auto anchor, auto from, auto to) {
        auto out = times(anchor, from, to);
        std::erase_if(out, [&](Timestamp at) { return !allows(at); });
        return out;
    };
    return table;
}

} // namespace attune::test
