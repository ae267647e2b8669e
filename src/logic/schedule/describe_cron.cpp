#include "logic/schedule/bits.hpp"
#include "logic/schedule/describe.hpp"
#include "logic/schedule/words.hpp"

namespace attune::logic::schedule {
namespace {

/// The days given by number and the like, as things that happen "on …".
std::vector<std::string> day_words(const CronFields& f) {
    std::vector<std::string> out;
    std::vector<int> days;
    const auto each = [](std::uint32_t bits, auto&& use) {
        for (int n = lowest_bit(bits); n >= 0; n = bit_from(bits, unsigned(n) + 1)) use(n);
    };
    each(f.days, [&](int n) { days.push_back(n); });
    if (!days.empty())
        out.push_back(fmt::format("day{} {} of the month", days.size() == 1 ? "" : "s", numbers_words(days)));
    each(f.days_from_end, [&](int n) { out.push_back(fmt::format("the {} day of the month", ordinal_word(-n - 1))); });
    each(f.nearest_weekday, [&](int n) { out.push_back(fmt::format("the weekday nearest to day {}", n)); });
    if (f.last_weekday) out.emplace_back("the last weekday of the month");
    each(f.weekday_from_end, [&](int n) {
        out.push_back(fmt::format("the weekday nearest to the {} day of the month", ordinal_word(-n - 1)));
    });
    return out;
}

/// The numbered weekdays, as things that happen "on …".
std::vector<std::string> nth_weekday_words(const CronFields& f) {
    std::vector<std::string> out;
    const auto add = [&](unsigned weekdays, int n) {
        for (unsigned d = 0; d < 7; ++d) {
            if ((weekdays >> d & 1U) != 0) {
                out.push_back(fmt::format("the {} {} of the month", ordinal_word(n), weekday_word(d)));
            }
        }
    };
    for (std::size_t n = 0; n < f.nth_weekdays.size(); ++n) add(f.nth_weekdays[n], static_cast<int>(n) + 1);
    add(f.last_weekdays, -1);
    return out;
}

std::string on(const std::vector<std::string>& words) {
    return words.empty() ? "" : "on " + list_words(words);
}

std::string days_phrase(const CronFields& f) {
    constexpr std::uint32_t kEveryDay = 0xFFFF'FFFE;
    const auto by_number = f.days == kEveryDay ? "" : on(day_words(f));
    auto by_weekday = weekdays_phrase(f.weekdays);
    if (const auto numbered = on(nth_weekday_words(f)); !numbered.empty() && f.weekdays != 0x7F) {
        by_weekday += by_weekday.empty() ? numbered : " and " + numbered;
    }
    if (!f.both_days && (by_number.empty() || by_weekday.empty())) return "";
    if (by_number.empty()) return by_weekday;
    if (by_weekday.empty()) return by_number;
    if (!f.both_days) return fmt::format("{} and also {}", by_number, by_weekday);
    if (f.weekdays == 0x3E) return by_number + " when that is a weekday";
    if (std::popcount(f.weekdays) == 1 && by_weekday == weekdays_phrase(f.weekdays)) {
        return fmt::format("{} when that is a {}", by_number, weekday_word(unsigned(lowest_bit(f.weekdays))));
    }
    return fmt::format("{} when that is also {}", by_number, by_weekday);
}

/// "on 1 January" where the days are numbers of one month, and nothing else limits them; else empty.
std::string date_phrase(const CronFields& f) {
    const bool numbers_only = f.days_from_end == 0 && f.nearest_weekday == 0 && f.weekday_from_end == 0 &&
                              !f.last_weekday && f.weekdays == 0x7F && f.both_days;
    constexpr std::uint32_t kEveryDay = 0xFFFF'FFFE;
    if (!numbers_only || f.days == 0 || f.days == kEveryDay || std::popcount(f.months) != 1) return "";
    std::vector<int> days;
    for (int n = lowest_bit(f.days); n >= 0; n = bit_from(f.days, unsigned(n) + 1)) days.push_back(n);
    return fmt::format("on {} {}", numbers_words(days), month_word(unsigned(lowest_bit(f.months))));
}

std::string years_phrase(const CronFields& f) {
    if (f.years.empty()) return "";
    std::vector<int> years;
    for (int year = 1; year <= 9999; ++year) {
        if (!f.has_year(year)) continue;
        years.push_back(year);
    }
    return years.empty() ? "" : "in " + numbers_words(years);
}

} // namespace

std::string describe_cron(const CronFields& fields) {
    auto out = times_phrase(fields.times);
    const auto date = date_phrase(fields);
    const auto days = date.empty() ? days_phrase(fields) : date;
    if (days.empty() && out.starts_with("at ") && out.find("every") == std::string::npos) out += " every day";
    for (const auto& part : {days, date.empty() ? months_phrase(fields.months) : "", years_phrase(fields)}) {
        if (!part.empty()) out += ' ' + part;
    }
    return out;
}

} // namespace attune::logic::schedule
