#pragma once
// English for the descriptions of schedules.
#include "logic/schedule/time_set.hpp"
#include "logic/schedule/time_zone.hpp"

namespace attune::logic::schedule {

/// "a", "a and b", "a, b and c".
std::string list_words(const std::vector<std::string>& words, std::string_view last = "and");

/// "1, 2 and 5"; a stretch of three or more is "1 to 7", many in equal steps "0 to 20 in steps of 2".
std::string numbers_words(const std::vector<int>& ascending);

/// "first" to "fifth", "last", "second to last"; "12th", "12th to last" beyond.
std::string ordinal_word(int n);

/// "2 days", "1 day", "day" for one when `bare`.
std::string quantity(std::int64_t number, std::string_view unit, bool bare = false);

/// "Monday"; 0 = Sunday.
std::string weekday_word(unsigned weekday);
/// "January"; 1 to 12.
std::string month_word(unsigned month);
/// "in January and July" for a set of months, empty for all of them.
std::string months_phrase(std::uint32_t months);
/// "on weekdays", "on weekends", "on Monday and Friday", "from Tuesday to Thursday"; empty for no or every weekday.
std::string weekdays_phrase(std::uint32_t weekdays);

/// "8 March 2026" and "02:30" ("02:30:05") of a local time.
std::string date_words(Seconds local);
std::string time_words(Seconds local);
/// "at 02:30", "every 5 minutes", "every minute from 09:00 to 17:59".
std::string times_phrase(const TimeSet& times);
/// "Berlin time", "UTC".
std::string zone_words(const TimeZone& zone);

} // namespace attune::logic::schedule
