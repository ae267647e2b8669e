#include "logic/schedule/bits.hpp"
#include "logic/schedule/calendar.hpp"
#include "logic/schedule/describe.hpp"
#include "logic/schedule/words.hpp"

namespace attune::logic::schedule {
namespace {

constexpr std::array<std::string_view, 7> kUnits{"second", "minute", "hour", "day", "week", "month", "year"};

std::string numbers(const std::vector<int>& values) {
    std::vector<std::string> words;
    for (const int n : values) words.push_back(std::to_string(n));
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
    for (const int n : values_of(p.month_days, p.month_days_from_end)) {
        words.push_back(n > 0 ? fmt::format("day {}", n) : fmt::format("the {} day", ordinal_word(n)));
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
    if (p.seconds != 0) words.push_back("at second " + numbers(values_of(p.seconds)));
    if (p.minutes != 0) words.push_back("at minute " + numbers(values_of(p.minutes)));
    if (p.hours != 0) words.push_back("in the hours " + numbers(values_of(p.hours)));
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
    add(weekday_parts(p));
    add(month_day_parts(p));
    if (!p.year_days.empty()) add("on day " + numbers(p.year_days) + " of the year");
    if (p.has_weeks()) add("in week " + numbers(values_of(p.weeks, p.weeks_from_end)));
    add(months_phrase(p.months));
    add(time_parts(p, start));
    if (!p.positions.empty()) out += ", only number " + numbers(p.positions) + " of each";
    if (p.count) out += ", " + quantity(*p.count, "time");
    if (const auto until = rule.until()) out += ", until " + date_words(zone.to_local(floor_seconds(*until)));
    return out;
}

} // namespace attune::logic::schedule
