#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

std::string cron(std::string_view expression, std::string_view zone_name = "UTC") {
    return compiled(fmt::format(R"({{"type":"cron","expression":"{}","timezone":"{}"}})", expression, zone_name))
        .describe();
}

std::string rule(std::string_view text) {
    return compiled(fmt::format(
                        R"({{"type":"rrule","rule":"{}","dtstart":"2026-01-05T09:30:00","timezone":"Europe/Berlin"}})",
                        text))
        .describe();
}

TEST(Describe, SaysWhatACronExpressionMeans) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"* * * * *", "every minute, UTC"},
        {"* * * * * *", "every second, UTC"},
        {"*/10 * * * * *", "every 10 seconds, UTC"},
        {"*/15 * * * *", "every 15 minutes, UTC"},
        {"*/15 9-17 * * *", "every 15 minutes from 09:00 to 17:59, UTC"},
        {"0 * * * *", "every hour, UTC"},
        {"0 */2 * * *", "every 2 hours, UTC"},
        {"5,10 * * * *", "at minutes 5 and 10 of every hour, UTC"},
        {"30 2 * * *", "at 02:30 every day, UTC"},
        {"15 30 2,14 * * *", "at 02:30:15 and 14:30:15 every day, UTC"},
        {"30 2 * * 1-5", "at 02:30 on weekdays, UTC"},
        {"30 2 * * 0,6", "at 02:30 on weekends, UTC"},
        {"30 2 * * MON,FRI", "at 02:30 on Monday and Friday, UTC"},
        {"0 0 1,15 * *", "at 00:00 on days 1 and 15 of the month, UTC"},
        {"0 0 1 1,7 *", "at 00:00 on day 1 of the month in January and July, UTC"},
        {"0 0 L * *", "at 00:00 on the last day of the month, UTC"},
        {"0 0 LW * *", "at 00:00 on the last weekday of the month, UTC"},
        {"0 0 15W * *", "at 00:00 on the weekday nearest to day 15, UTC"},
        {"0 0 * * MON#1,5L", "at 00:00 on the first Monday of the month and the last Friday of the month, UTC"},
        {"0 0 13 * FRI", "at 00:00 on day 13 of the month and also on Friday, UTC"},
        {"0 0 13 * +FRI", "at 00:00 on day 13 of the month when that is a Friday, UTC"},
        {"0 0 0 1 1 * 2030", "at 00:00 on 1 January in 2030, UTC"},
        {"1-59/2 * * * *", "at minutes 1 to 59 in steps of 2 of every hour, UTC"},
        {"0-29,45 * * * *", "at minutes 0 to 29 and 45 of every hour, UTC"},
        {"0 0-6 * * *", "every hour from 00:00 to 06:00, UTC"},
        {"*/10 */5 * * * *", "every 10 seconds of every fifth minute, UTC"},
        {"5-10 * * * * *", "at seconds 5 to 10 of every minute, UTC"},
        {"0 0 * * 2-4", "at 00:00 from Tuesday to Thursday, UTC"},
        {"0 0 1-7 * 1", "at 00:00 on days 1 to 7 of the month and also on Monday, UTC"},
        {"0 0 10 * +1-5", "at 00:00 on day 10 of the month when that is a weekday, UTC"},
        {"0 0 29 2 *", "at 00:00 on 29 February, UTC"},
        {"0 0 0 1 1 * 2026-2030", "at 00:00 on 1 January in 2026 to 2030, UTC"},
        {"0 12 * 6-8 *", "at 12:00 every day from June to August, UTC"},
    };
    for (const auto& [expression, sentence] : cases) EXPECT_EQ(cron(expression), sentence) << expression;
    EXPECT_EQ(cron("30 2 * * *", "America/New_York"), "at 02:30 every day, New York time");
}

TEST(Describe, SaysWhatTheOthersMean) {
    EXPECT_EQ(compiled(R"({"type":"interval","seconds":10})").describe(), "every 10 seconds");
    EXPECT_EQ(compiled(R"({"type":"interval","minutes":90})").describe(), "every 1 hour 30 minutes");
    EXPECT_EQ(compiled(R"({"type":"interval","hours":1})").describe(), "every hour");
    EXPECT_EQ(compiled(R"({"type":"one_shot","fire_at":"2026-01-20T15:00:00Z","timezone":"Europe/Berlin"})").describe(),
              "once, on 20 January 2026 at 16:00, Berlin time");
    EXPECT_EQ(rule("FREQ=DAILY"), "every day at 09:30, Berlin time");
    EXPECT_EQ(rule("FREQ=WEEKLY;INTERVAL=2;COUNT=10"), "every 2 weeks on Monday at 09:30, 10 times, Berlin time");
    EXPECT_EQ(rule("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYHOUR=8"),
              "every month on the first Monday of the month and the last Friday of the month at 08:30, Berlin time");
    EXPECT_EQ(rule("FREQ=MONTHLY;BYMONTHDAY=1,-1"),
              "every month on day 1 and the last day of the month at 09:30, Berlin time");
    EXPECT_EQ(rule("FREQ=YEARLY;UNTIL=20300101"),
              "every year on 5 January at 09:30, until 1 January 2030, Berlin time");
    EXPECT_EQ(rule("FREQ=MINUTELY;INTERVAL=20;BYHOUR=8,9"), "every 20 minutes in the hours 8 and 9, Berlin time");
    EXPECT_EQ(rule("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
              "every month on day 13 of the month when that is a Friday at 09:30, Berlin time");
    EXPECT_EQ(rule("FREQ=SECONDLY;INTERVAL=30;BYHOUR=9"), "every 30 seconds in the hour 9, Berlin time");
    EXPECT_EQ(rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
              "every month on weekdays at 09:30, only the last of each month, Berlin time");
}

TEST(Describe, TellsWhatTheNextClockChangeDoes) {
    const auto sentence = [](std::string_view more, std::string_view now = "2026-01-01T00:00:00Z") {
        return compiled(
                   fmt::format(R"({{"type":"cron","expression":"30 2 * * *","timezone":"America/New_York"{}}})", more))
            .describe(at(now));
    };
    EXPECT_EQ(sentence(""), "at 02:30 every day, New York time; on 8 March 2026 at 03:00 because 02:30 does not exist");
    EXPECT_EQ(sentence(R"(,"dst_gap":"shift")"),
              "at 02:30 every day, New York time; on 8 March 2026 at 03:30 because 02:30 does not exist");
    EXPECT_EQ(sentence(R"(,"dst_gap":"skip")"),
              "at 02:30 every day, New York time; not on 8 March 2026 because 02:30 does not exist");
    EXPECT_EQ(
        compiled(R"({"type":"cron","expression":"30 1 * * *","timezone":"America/New_York"})")
            .describe(at("2026-01-01T00:00:00Z")),
        "at 01:30 every day, New York time; on 1 November 2026 only at the first of the two times that are 01:30");
    const auto hourly = compiled(R"({"type":"cron","expression":"30 * * * *","timezone":"America/New_York"})");
    EXPECT_TRUE(hourly.clock_changes(at("2026-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")).empty());
    const auto yearly =
        compiled(R"({"type":"rrule","rule":"FREQ=DAILY","dtstart":"2026-01-01T02:30:00","timezone":"Europe/Berlin"})");
    EXPECT_EQ(yearly.clock_changes(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
              (std::vector<std::string>{"on 29 March 2026 at 03:00 because 02:30 does not exist",
                                        "on 25 October 2026 only at the first of the two times that are 02:30"}));
}

} // namespace
} // namespace attune::logic::schedule
