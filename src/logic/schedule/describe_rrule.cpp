#include "logic/schedule/bits.hpp"
#include "logic/schedule/calendar.hpp"
#include "logic/schedule/describe.hpp"
#include "logic/schedule/words.hpp"

namespace attune::logic::schedule {
namespace {

constexpr std::array<std::string_view, 7> kUnits{"second", "minute", "hour", "day", "week", "month", "year"};

/// Numbers that may count from the end: "1, 3 and the last".
std::string numbers(const std::vector<int>& values) {
    std::vector<std::string> words;
    for (const int n : values) words.push_back(n > 0 ? std::to_string(n) : "the " + ordinal_word(n));
    return list_words(words);
}

/// "s" for more than one.
const char* plural(const std::vector<int>& values) {
    return values.size() == 1 ? "" : "s";
}

/// "the first and the last" of the times of a period.
std::string positions_words(const std::vector<int>& positions) {
    std::vector<std::string> words;
    for (const int n : positions) words.push_back("the " + ordinal_word(n));
    return list_words(words);
}

/// The values of a set and of its "from the end" twin.
template <class Bits>
std::vector<int> values_of(Bits bits, Bits from_end = 0) {
    std::vector<int> out;
    for (int n = lowest_bit(bits); n >= 0; n = bit_from(bits, unsigned(n) + 1)) out.push_back(n);
    for (int n = lowest_bit(from_end); n >= 0; n = bit_from(from_end, unsigned(n) + 1)) out.push_back(-n);
    return out;
}

std::string weekday_parts(const RuleParts& p) {
    std::vector<std::string> words;
    const auto* const of = p.frequency == Frequency::yearly && p.months == 0 ? "year" : "month";
    for (const auto& [n, weekday] : p.nth_weekdays) {
        words.push_back(fmt::format("the {} {} of the {}", ordinal_word(n), weekday_word(weekday), of));
    }
    auto out = weekdays_phrase(p.weekdays);
    if (!words.empty()) out += (out.empty() ? "on " : " and ") + list_words(words);
    return out;
}

std::string month_day_parts(const RuleParts& p) {
    if (!p.has_month_days()) return "";
    std::vector<std::string> words;
    if (const auto days = values_of(p.month_days); !days.empty()) {
        words.push_back(fmt::format("day{} {}", plural(days), numbers_words(days)));
    }
    for (const int n : values_of(p.month_days_from_end)) {
        words.push_back(fmt::format("the {} day", ordinal_word(-n)));
    }
    return "on " + list_words(words) + " of the month";
}

/// The times of day of a calendar rule, or the limits of a finer one.
std::string time_parts(const RuleParts& p, Seconds start) {
    if (p.frequency >= Frequency::daily) {
        const auto time = floor_mod(start, kSecondsPerDay);
        return times_phrase({p.seconds != 0 ? p.seconds : std::uint64_t{1} << unsigned(time % 60),
                             p.minutes != 0 ? p.minutes : std::uint64_t{1} << unsigned(time / 60 % 60),
                             p.hours != 0 ? p.hours : 1U << unsigned(time / 3600)});
    }
    std::vector<std::string> words;
    const auto add = [&](const char* what, const std::vector<int>& values) {
        if (!values.empty()) words.push_back(fmt::format("{}{} {}", what, plural(values), numbers_words(values)));
    };
    add("at second", values_of(p.seconds));
    add("at minute", values_of(p.minutes));
    add("in the hour", values_of(p.hours));
    return list_words(words);
}

} // namespace

std::string describe_rrule(const RRule& rule, const TimeZone& zone) {
    const auto& p = rule.parts();
    const auto start = zone.to_local(floor_seconds(rule.dtstart()));
    auto out = "every " + quantity(p.interval, kUnits[static_cast<std::size_t>(p.frequency)], true);
    const auto add = [&](const std::string& part) {
        if (!part.empty()) out += ' ' + part;
    };
    const bool by_day = p.has_weekdays() || p.has_month_days() || !p.year_days.empty() || p.has_weeks();
    if (!by_day && p.frequency == Frequency::weekly)
        add("on " + weekday_word(weekday_of(floor_div(start, kSecondsPerDay))));
    if (!by_day && p.frequency >= Frequency::monthly) {
        const auto date = date_of(floor_div(start, kSecondsPerDay));
        const bool names_month = p.frequency == Frequency::yearly && p.months == 0;
        add(names_month ? fmt::format("on {} {}", date.day, month_word(date.month))
                        : fmt::format("on day {}", date.day));
    }
    const auto weekdays = weekday_parts(p);
    const auto month_days = month_day_parts(p);
    if (!weekdays.empty() && !month_days.empty() && p.nth_weekdays.empty() && std::popcount(p.weekdays) == 1) {
        add(fmt::format("{} when that is a {}", month_days, weekday_word(unsigned(lowest_bit(p.weekdays)))));
    } else {
        add(weekdays);
        add(month_days);
    }
    if (!p.year_days.empty()) add(fmt::format("on day{} {} of the year", plural(p.year_days), numbers(p.year_days)));
    if (p.has_weeks()) add("in week " + numbers(values_of(p.weeks, p.weeks_from_end)));
    add(months_phrase(p.months));
    add(time_parts(p, start));
    if (!p.positions.empty()) {
        out += fmt::format(", only {} of each {}", positions_words(p.positions),
                           kUnits[static_cast<std::size_t>(p.frequency)]);
    }
    if (p.count) out += ", " + quantity(*p.count, "time");
    if (const auto until = rule.until()) out += ", until " + date_words(zone.to_local(floor_seconds(*until)));
    return out;
}

} // namespace attune::logic::schedule
