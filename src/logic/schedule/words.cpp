#include "logic/schedule/words.hpp"

#include "logic/schedule/bits.hpp"
#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 13> kMonths{"",        "January",  "February", "March",  "April",
                                                   "May",     "June",     "July",     "August", "September",
                                                   "October", "November", "December"};

template <class Bits, class Word>
std::vector<std::string> words_of(Bits bits, Word&& word) {
    std::vector<std::string> out;
    for (int n = lowest_bit(bits); n >= 0; n = bit_from(bits, unsigned(n) + 1)) out.push_back(word(unsigned(n)));
    return out;
}

/// The step of a set 0, n, 2n, … that divides `size`; 0 when it is no such set.
template <class Bits>
int even_step(Bits bits, int size) {
    const int count = std::popcount(bits);
    if (count < 2 || size % count != 0 || lowest_bit(bits) != 0) return 0;
    const int step = size / count;
    for (int n = 0; n < size; n += step) {
        if ((bits >> unsigned(n) & 1U) == 0) return 0;
    }
    return step;
}

/// Whether the set is one stretch without holes.
bool is_range(std::uint32_t bits) {
    return highest_bit(bits) - lowest_bit(bits) + 1 == std::popcount(bits);
}

std::string numbers(std::uint64_t bits) {
    std::vector<int> values;
    for (int n = lowest_bit(bits); n >= 0; n = bit_from(bits, unsigned(n) + 1)) values.push_back(n);
    return numbers_words(values);
}

/// The step of values that are equally far apart; 0 when they are not.
int step_of(const std::vector<int>& ascending) {
    const int step = ascending.size() < 2 ? 0 : ascending[1] - ascending[0];
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        if (ascending[i] - ascending[i - 1] != step) return 0;
    }
    return step;
}

/// Which hours, after a phrase that goes on within the hour; empty for all.
std::string hours_phrase(std::uint32_t hours) {
    if (std::popcount(hours) == 24) return "";
    if (is_range(hours)) return fmt::format(" from {:02}:00 to {:02}:59", lowest_bit(hours), highest_bit(hours));
    if (const int step = even_step(hours, 24); step > 0) return fmt::format(" of every {} hour", ordinal_word(step));
    return fmt::format(" of the hours {}", numbers(hours));
}

} // namespace

std::string list_words(const std::vector<std::string>& words, std::string_view last) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
        out += words[i];
    }
    return out;
}

std::string numbers_words(const std::vector<int>& ascending) {
    constexpr std::size_t kMostNamed = 6;
    if (const int step = step_of(ascending); step > 1 && ascending.size() > kMostNamed) {
        return fmt::format("{} to {} in steps of {}", ascending.front(), ascending.back(), step);
    }
    std::vector<std::string> words;
    for (std::size_t i = 0; i < ascending.size();) {
        auto end = i + 1;
        while (end < ascending.size() && ascending[end] == ascending[end - 1] + 1) ++end;
        if (end - i >= 3) {
            words.push_back(fmt::format("{} to {}", ascending[i], ascending[end - 1]));
            i = end;
        } else {
            words.push_back(std::to_string(ascending[i++]));
        }
    }
    return list_words(words);
}

std::string ordinal_word(int n) {
    if (n == -1) return "last";
    if (n < 0) return ordinal_word(-n) + " to last";
    constexpr std::array<std::string_view, 6> kWords{"", "first", "second", "third", "fourth", "fifth"};
    if (std::cmp_less(n, kWords.size())) return std::string(kWords[static_cast<std::size_t>(n)]);
    const bool teen = n % 100 >= 11 && n % 100 <= 13;
    const auto* ending = teen ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
    return fmt::format("{}{}", n, ending);
}

std::string quantity(std::int64_t number, std::string_view unit, bool bare) {
    if (number == 1) return bare ? std::string(unit) : fmt::format("1 {}", unit);
    return fmt::format("{} {}s", number, unit);
}

std::string weekday_word(unsigned weekday) {
    return std::string(kWeekdays.at(weekday));
}

std::string month_word(unsigned month) {
    return std::string(kMonths.at(month));
}

std::string months_phrase(std::uint32_t months) {
    if (months == 0 || std::popcount(months) == 12) return "";
    if (is_range(months) && std::popcount(months) > 2) {
        return fmt::format("from {} to {}", month_word(unsigned(lowest_bit(months))),
                           month_word(unsigned(highest_bit(months))));
    }
    return "in " + list_words(words_of(months, month_word));
}

std::string weekdays_phrase(std::uint32_t weekdays) {
    if (weekdays == 0 || weekdays == 0x7F) return "";
    if (weekdays == 0x3E) return "on weekdays";
    if (weekdays == 0x41) return "on weekends";
    const auto from_monday = (weekdays >> 1U) | ((weekdays & 1U) << 6U);
    const auto word = [](int n) { return weekday_word((unsigned(n) + 1) % 7); };
    if (is_range(from_monday) && std::popcount(from_monday) > 2) {
        return fmt::format("from {} to {}", word(lowest_bit(from_monday)), word(highest_bit(from_monday)));
    }
    return "on " + list_words(words_of(from_monday, [](unsigned n) { return weekday_word((n + 1) % 7); }));
}

std::string date_words(Seconds local) {
    const auto date = date_of(floor_div(local, kSecondsPerDay));
    return fmt::format("{} {} {}", date.day, month_word(date.month), date.year);
}

std::string time_words(Seconds local) {
    const auto time = floor_mod(local, kSecondsPerDay);
    const auto text = fmt::format("{:02}:{:02}", time / 3600, time / 60 % 60);
    return time % 60 == 0 ? text : fmt::format("{}:{:02}", text, time % 60);
}

std::string times_phrase(const TimeSet& times) {
    constexpr int kMostNamed = 6;
    if (times.size() <= kMostNamed) {
        std::vector<std::string> words;
        for (int n = 0; n < times.size(); ++n) words.push_back(time_words(times.nth(n)));
        return "at " + list_words(words);
    }
    const bool every_minute = std::popcount(times.minutes) == 60;
    const auto hours = hours_phrase(times.hours);
    if (times.seconds == 1) {
        if (every_minute) return "every minute" + hours;
        if (const int step = even_step(times.minutes, 60); step > 0)
            return fmt::format("every {} minutes{}", step, hours);
        if (times.minutes == 1) {
            const int step = even_step(times.hours, 24);
            if (step == 0 && is_range(times.hours)) {
                return fmt::format("every hour from {:02}:00 to {:02}:00", lowest_bit(times.hours),
                                   highest_bit(times.hours));
            }
            return step == 1 ? "every hour" : step > 0 ? fmt::format("every {} hours", step) : "every hour" + hours;
        }
        return fmt::format("at minute{} {}{}", std::popcount(times.minutes) == 1 ? "" : "s", numbers(times.minutes),
                           hours.empty() ? " of every hour" : hours);
    }
    const int minute_step = even_step(times.minutes, 60);
    const auto minutes = every_minute      ? hours
                         : minute_step > 0 ? fmt::format(" of every {} minute{}", ordinal_word(minute_step), hours)
                                           : fmt::format(" in the minutes {}{}", numbers(times.minutes), hours);
    if (const int step = even_step(times.seconds, 60); step > 0) {
        return fmt::format("every {}{}", quantity(step, "second", true), minutes);
    }
    return fmt::format("at second{} {}{}{}", std::popcount(times.seconds) == 1 ? "" : "s", numbers(times.seconds),
                       every_minute ? " of every minute" : "", minutes);
}

std::string zone_words(const TimeZone& zone) {
    auto name = zone.name();
    if (name == "UTC" || name.starts_with("Etc/") || name.find('/') == std::string::npos) return name;
    name.erase(0, name.rfind('/') + 1);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + " time";
}

} // namespace attune::logic::schedule
