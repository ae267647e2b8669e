#include "logic/schedule/rrule.hpp"

#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

Schedule rrule(std::string_view rule, std::string_view dtstart, std::string_view zone_name = "UTC",
               std::string_view more = "") {
    return compiled(fmt::format(R"({{"type":"rrule","rule":"{}","dtstart":"{}","timezone":"{}"{}}})", rule, dtstart,
                                zone_name, more));
}

/// The first occurrences, in UTC.
std::vector<std::string> first_times(std::size_t count, const Schedule& schedule) {
    return take_next(count, at("1900-01-01T00:00:00Z"), [&](Timestamp t) { return schedule.next(t, t); });
}

std::vector<std::string> local_days(std::size_t count, std::string_view rule, std::string_view dtstart) {
    auto times = first_times(count, rrule(rule, dtstart));
    for (auto& time : times) time.resize(10);
    return times;
}

using Times = std::vector<std::string>;

TEST(RRule, NeverFiresRatherThanFailToCountWhatNeverComes) {
    const auto schedule = compiled(
        R"({"type":"rrule","rule":"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2;COUNT=29","dtstart":"2021-05-17T22:04:00Z"})");
    EXPECT_FALSE(schedule.next(at("2021-07-23T16:04:00Z"), {}));
}

TEST(RRule, ComputesTheExamplesOfTheStandard) {
    EXPECT_EQ(local_days(3, "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512T090000"),
              (Times{"1997-05-12", "1998-05-11", "1999-05-17"}));
    EXPECT_EQ(local_days(3, "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "19961105T090000"),
              (Times{"1996-11-05", "2000-11-07", "2004-11-02"}));
    EXPECT_EQ(local_days(9, "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000"),
              (Times{"1997-09-04", "1997-10-07", "1997-11-06"}));
    EXPECT_EQ(local_days(5, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "19970902T090000"),
              (Times{"1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13"}));
    EXPECT_EQ(local_days(9, "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000"),
              (Times{"1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"}));
    EXPECT_EQ(local_days(9, "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000"),
              (Times{"1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"}));
    EXPECT_EQ(local_days(5, "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "19970101T090000"),
              (Times{"1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01", "2000-04-09"}));
    EXPECT_EQ(local_days(3, "FREQ=YEARLY;BYDAY=20MO", "19970519T090000"),
              (Times{"1997-05-19", "1998-05-18", "1999-05-17"}));
    EXPECT_EQ(local_days(5, "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T090000"),
              (Times{"2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"}));
    EXPECT_EQ(local_days(2, "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU;COUNT=10", "19970907T090000"),
              (Times{"1997-09-07", "1997-09-28"}));
}

TEST(RRule, TakesPlainAndNumberedWeekdaysTogetherAsAUnion) {
    EXPECT_EQ(local_days(5, "FREQ=MONTHLY;BYDAY=MO,1TU", "20260101T000000"),
              (Times{"2026-01-05", "2026-01-06", "2026-01-12", "2026-01-19", "2026-01-26"}));
}

TEST(RRule, TakesTheWeekdayOfDtstartForAWeekNumber) {
    EXPECT_EQ(local_days(3, "FREQ=YEARLY;BYWEEKNO=1,53", "20260101T000000"), // a Thursday
              (Times{"2026-01-01", "2026-12-31", "2027-01-07"}));
}

TEST(RRule, NeitherEmitsNorCountsADtstartThatItDoesNotProduce) {
    EXPECT_EQ(first_times(5, rrule("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;COUNT=2", "2026-01-01T10:00:00Z")),
              (Times{"2026-01-02T09:00:00Z", "2026-01-03T09:00:00Z"}));
    EXPECT_EQ(first_times(5, rrule("FREQ=HOURLY;BYMINUTE=15;COUNT=2", "2026-01-01T10:30:00Z")),
              (Times{"2026-01-01T11:15:00Z", "2026-01-01T12:15:00Z"}));
}

TEST(RRule, EndsAfterUntilWhichIsIncluded) {
    EXPECT_EQ(first_times(9, rrule("FREQ=DAILY;UNTIL=20260102T090000Z", "2026-01-01T09:00:00Z")),
              (Times{"2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z"}));
    EXPECT_EQ(first_times(9, rrule("FREQ=DAILY;UNTIL=20260102", "2026-01-01T09:00:00", "Asia/Tokyo")),
              (Times{"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"}));
    EXPECT_EQ(first_times(9, rrule("FREQ=DAILY;UNTIL=2026-01-02T08:59:59", "2026-01-01T09:00:00")),
              (Times{"2026-01-01T09:00:00Z"}));
}

TEST(RRule, FollowsTheDaylightSavingPoliciesInLocalTime) {
    const auto daily = [](std::string_view dtstart, std::string_view more = "") {
        return first_times(3, rrule("FREQ=DAILY", dtstart, "Europe/Berlin", more));
    };
    EXPECT_EQ(daily("2026-03-28T02:30:00"),
              (Times{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}));
    EXPECT_EQ(daily("2026-03-28T02:30:00", R"(,"dst_gap":"shift")"),
              (Times{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}));
    EXPECT_EQ(daily("2026-03-28T02:30:00", R"(,"dst_gap":"skip")"),
              (Times{"2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}));
    EXPECT_EQ(daily("2026-03-29T02:30:00"),
              (Times{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}));
    EXPECT_EQ(daily("2026-10-24T02:30:00"),
              (Times{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}));
    EXPECT_EQ(daily("2026-10-24T02:30:00", R"(,"dst_overlap":"last")"),
              (Times{"2026-10-24T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}));
    EXPECT_EQ(daily("2026-10-25T02:30:00", R"(,"dst_overlap":"both")"),
              (Times{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}));
}

TEST(RRule, StepsInElapsedTimeFromHourlyOn) {
    EXPECT_EQ(first_times(4, rrule("FREQ=HOURLY;INTERVAL=6", "2026-03-28T20:00:00", "Europe/Berlin")),
              (Times{"2026-03-28T19:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T07:00:00Z", "2026-03-29T13:00:00Z"}));
    EXPECT_EQ(first_times(3, rrule("FREQ=HOURLY;BYHOUR=9", "2026-03-28T00:00:00", "Europe/Berlin")),
              (Times{"2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"}));
    EXPECT_EQ(first_times(3, rrule("FREQ=HOURLY;BYMINUTE=0", "2026-10-04T01:00:00", "Australia/Lord_Howe")),
              (Times{"2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z", "2026-10-03T17:00:00Z"}));
    EXPECT_EQ(first_times(3, rrule("FREQ=MINUTELY;INTERVAL=20;BYDAY=MO;BYHOUR=8", "2026-01-01T00:10:30Z")),
              (Times{"2026-01-05T08:10:30Z", "2026-01-05T08:30:30Z", "2026-01-05T08:50:30Z"}));
    EXPECT_EQ(first_times(3, rrule("FREQ=SECONDLY;INTERVAL=7;BYSECOND=0;BYMINUTE=0;BYHOUR=9", "2026-01-01T00:00:00Z")),
              (Times{"2026-01-05T09:00:00Z", "2026-01-12T09:00:00Z", "2026-01-19T09:00:00Z"}));
    EXPECT_EQ(first_times(3, rrule("FREQ=HOURLY;BYMINUTE=10,20,40;BYSETPOS=-1", "2026-01-01T00:00:00Z")),
              (Times{"2026-01-01T00:40:00Z", "2026-01-01T01:40:00Z", "2026-01-01T02:40:00Z"}));
}

TEST(RRule, AddsAndExceptsDates) {
    const auto timer = rrule("FREQ=DAILY;COUNT=3", "2026-01-01T09:00:00", "Europe/Berlin",
                             R"(,"exdate":["2026-01-02T09:00:00"],"rdate":["20260102T100000","2026-02-01T00:00:00Z"])");
    const Times expected{"2026-01-01T08:00:00Z", "2026-01-02T09:00:00Z", "2026-01-03T08:00:00Z",
                         "2026-02-01T00:00:00Z"};
    EXPECT_EQ(first_times(9, timer), expected);
    auto before = at("2027-01-01T00:00:00Z");
    for (auto time = expected.rbegin(); time != expected.rend(); ++time) {
        EXPECT_EQ(text_of(timer.prev(before, before)), *time);
        before = at(*time);
    }
    EXPECT_EQ(text_of(timer.prev(before, before)), "never");
}

TEST(RRule, ReadsICalendarLines) {
    const auto timer = compiled(R"({"type":"rrule","timezone":"America/New_York","rule":
        "DTSTART;TZID=America/New_York:19970902T090000\r\nRRULE:freq=daily;count=3\r\nEXDATE:19970903T090000\r\n"})");
    EXPECT_EQ(first_times(9, timer), (Times{"1997-09-02T13:00:00Z", "1997-09-04T13:00:00Z"}));
}

TEST(RRule, AnswersFarFromItsStartAtOnce) {
    const auto secondly = rrule("FREQ=SECONDLY;INTERVAL=7", "2000-01-01T00:00:00Z");
    const auto far = at("9000-01-01T00:00:00Z");
    for (int n = 0; n < 20'000; ++n) static_cast<void>(secondly.next(far, far));
    const auto counted = rrule("FREQ=SECONDLY;COUNT=1000000000", "2000-01-01T00:00:00Z");
    EXPECT_EQ(text_of(counted.prev(far, far)), "2031-09-09T01:46:39Z");
}

TEST(RRule, GivesUpWithinItsBudget) {
    for (const auto* rule :
         {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
          "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=2;BYMONTH=4;BYMONTHDAY=31;COUNT=5",
          "FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
          "FREQ=SECONDLY;INTERVAL=86400;BYHOUR=9", "FREQ=MINUTELY;INTERVAL=1440;BYMINUTE=1",
          "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=3", "FREQ=DAILY;BYHOUR=6;BYSETPOS=2",
          "FREQ=HOURLY;BYMINUTE=6;BYSETPOS=2"}) {
        const auto timer = rrule(rule, "2026-02-01T06:00:00", "Europe/Berlin");
        EXPECT_EQ(text_of(timer.next(at("2026-03-01T00:00:00Z"), {})), "never") << rule;
        EXPECT_EQ(text_of(timer.prev(at("2900-03-01T00:00:00Z"), {})), "never") << rule;
    }
}

TEST(RRule, NamesThePartThatIsWrong) {
    const auto message = [](std::string_view rule, std::string_view dtstart = "2026-01-01T00:00:00Z",
                            std::string_view more = "") {
        const auto timer = Schedule::compile(
            config(fmt::format(R"({{"type":"rrule","rule":"{}","dtstart":"{}"{}}})", rule, dtstart, more)));
        return timer ? std::string("no error") : timer.error().text();
    };
    EXPECT_EQ(message(""), "rule: is required (a rule such as FREQ=WEEKLY;BYDAY=MO)");
    EXPECT_EQ(message("FREQ=DAILY", ""), "dtstart: is required (a time such as 2026-01-02T03:04:05Z)");
    EXPECT_THAT(message("FREQ=DAILY", "soon"), testing::StartsWith("dtstart: expected a time such as"));
    EXPECT_EQ(message("INTERVAL=2"), "rule: FREQ is required (SECONDLY to YEARLY)");
    EXPECT_EQ(message("FREQ=DAYLY"),
              "rule: FREQ: expected SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY, got 'DAYLY'");
    EXPECT_EQ(message("FREQ=DAILY;BYDAYS=MO"), "rule: BYDAYS: is no part of a rule; did you mean BYDAY?");
    EXPECT_EQ(message("FREQ=DAILY;FREQ=DAILY"), "rule: FREQ: is given twice");
    EXPECT_EQ(message("FREQ=DAILY;COUNT"), "rule: COUNT: expected NAME=value, as in FREQ=DAILY");
    EXPECT_EQ(message("FREQ=DAILY;COUNT=0"), "rule: COUNT: expected 1 to 1000000000, got '0'");
    EXPECT_EQ(message("FREQ=DAILY;INTERVAL=-1"), "rule: INTERVAL: expected 1 to 1000000, got '-1'");
    EXPECT_EQ(message("FREQ=DAILY;COUNT=1;UNTIL=20270101"), "rule: COUNT: expected COUNT or UNTIL, not both");
    EXPECT_THAT(message("FREQ=DAILY;UNTIL=never"), testing::StartsWith("rule: UNTIL: expected a time such as"));
    EXPECT_EQ(
        message("FREQ=WEEKLY;BYDAY=2MO"),
        "rule: BYDAY: a numbered weekday such as 2MO needs FREQ=MONTHLY or YEARLY without BYWEEKNO, got FREQ=WEEKLY");
    EXPECT_EQ(message("FREQ=WEEKLY;BYDAY=MOO"),
              "rule: BYDAY: expected MO to SU, with a number from -53 to 53 before it or none, got 'MOO'");
    EXPECT_EQ(message("FREQ=YEARLY;BYDAY=0MO"),
              "rule: BYDAY: expected MO to SU, with a number from -53 to 53 before it or none, got '0MO'");
    EXPECT_EQ(message("FREQ=MONTHLY;BYMONTHDAY=32"), "rule: BYMONTHDAY: expected 1 to 31 or -31 to -1, got '32'");
    EXPECT_EQ(message("FREQ=WEEKLY;BYMONTHDAY=1"), "rule: BYMONTHDAY: may not stand with FREQ=WEEKLY");
    EXPECT_EQ(message("FREQ=MONTHLY;BYWEEKNO=1"), "rule: BYWEEKNO: may stand only with FREQ=YEARLY, got MONTHLY");
    EXPECT_EQ(message("FREQ=DAILY;BYYEARDAY=1"), "rule: BYYEARDAY: may not stand with FREQ=DAILY");
    EXPECT_EQ(message("FREQ=DAILY;BYHOUR=24"), "rule: BYHOUR: expected 0 to 23, got '24'");
    EXPECT_EQ(message("FREQ=DAILY;BYHOUR=1,,2"), "rule: BYHOUR: expected 0 to 23, got ''");
    EXPECT_EQ(message("FREQ=DAILY;BYSETPOS=1"), "rule: BYSETPOS: needs another BY… part beside it");
    EXPECT_EQ(message("FREQ=DAILY;WKST=XX"), "rule: WKST: expected MO to SU, got 'XX'");
    EXPECT_EQ(message("EXRULE:FREQ=DAILY"), "rule: expected lines RRULE, DTSTART, EXDATE or RDATE, got 'EXRULE'");
    EXPECT_THAT(message("DTSTART;TZID=Europe/Berlin:20260101T000000\\nFREQ=DAILY"),
                testing::StartsWith("rule: DTSTART: its TZID is 'Europe/Berlin', but timezone is 'UTC'"));
    EXPECT_THAT(message("FREQ=DAILY", "2026-01-01", R"(,"exdate":["2026-01-01","x"])"),
                testing::StartsWith("exdate[1]: expected a time"));
    EXPECT_THAT(message("FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=31;COUNT=900000000"), testing::Eq("no error"));
}

/// Every local minute, decided by the words of the standard; for rules without BYSETPOS and with plain parts.
TEST(RRuleProperties, AgreeWithTheSlowWay) {
    Dice dice(3);
    const auto pick = [&](const char* name, int low, int high, int one_in) {
        return dice.one_in(one_in) ? fmt::format(";{}={},{}", name, dice.between(low, high), dice.between(low, high))
                                   : "";
    };
    for (int n = 0; n < 150; ++n) {
        const auto start = floor_seconds(at("2026-01-30T05:00:00Z")) + dice.between(0, 40) * kSecondsPerDay;
        const int interval = dice.between(1, 40);
        const auto rule =
            fmt::format("FREQ=MINUTELY;INTERVAL={}{}{}{}{}", interval, pick("BYMONTH", 1, 4, 3),
                        pick("BYMONTHDAY", -31, -1, 3), pick("BYHOUR", 0, 23, 2), pick("BYMINUTE", 0, 59, 2));
        const auto parts = *RuleParts::parse(rule);
        const auto timer = rrule(rule, text_of(from_seconds(start)));
        std::vector<std::string> expected;
        for (auto t = start; t < start + 40 * kSecondsPerDay && expected.size() < 50; t += interval * 60) {
            const auto day = t / kSecondsPerDay;
            const bool hit = RuleDays(parts, 0).contains(day) &&
                             (parts.hours == 0 || (parts.hours >> (t / 3600 % 24) & 1U) != 0) &&
                             (parts.minutes == 0 || (parts.minutes >> (t / 60 % 60) & 1U) != 0);
            if (hit) expected.push_back(text_of(from_seconds(t)));
        }
        EXPECT_EQ(first_times(expected.size(), timer), expected) << rule;
    }
}

TEST(RRuleProperties, NextIsConstantUntilItComesAndPrevLeadsBack) {
    Dice dice(17);
    const std::vector<const char*> rules{"FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU;BYHOUR=1,2,3;BYMINUTE=0,30",
                                         "FREQ=MONTHLY;BYMONTHDAY=-1;BYSETPOS=-1;BYHOUR=2,3",
                                         "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=SU",
                                         "FREQ=DAILY;INTERVAL=11",
                                         "FREQ=HOURLY;INTERVAL=5;BYMINUTE=1,59",
                                         "FREQ=MINUTELY;INTERVAL=13;BYHOUR=2",
                                         "FREQ=SECONDLY;INTERVAL=3607",
                                         "FREQ=YEARLY;BYWEEKNO=-1,1;BYDAY=SU,MO",
                                         "FREQ=YEARLY;BYYEARDAY=-1,1,366",
                                         "FREQ=DAILY;COUNT=9999;BYHOUR=2;BYMINUTE=30"};
    for (int n = 0; n < 400; ++n) {
        const auto* rule = rules[static_cast<std::size_t>(n) % rules.size()];
        const auto timer = rrule(rule, "2001-03-25T02:30:00", dice.one_in(2) ? "Europe/Berlin" : "Australia/Lord_Howe");
        const auto t = dice.instant();
        const auto following = timer.next(t, t);
        if (!following) continue;
        ASSERT_GT(*following, t);
        EXPECT_EQ(timer.next(*following - Duration{1}, t), following) << rule;
        EXPECT_EQ(timer.prev(*following + Duration{1}, t), following) << rule;
        const auto before = timer.prev(*following, t);
        if (!before) continue;
        EXPECT_LE(*before, t) << rule;
        EXPECT_EQ(timer.next(*before, t), following) << rule;
    }
}

TEST(RRule, CountsWhatNextEmits) {
    for (const auto* rule :
         {"FREQ=DAILY;COUNT=17", "FREQ=YEARLY;BYDAY=MO;BYHOUR=1,2;COUNT=17", "FREQ=HOURLY;BYHOUR=3,4;COUNT=17",
          "FREQ=MINUTELY;INTERVAL=7;COUNT=17", "FREQ=HOURLY;BYMINUTE=1,2,3;BYDAY=TU;COUNT=17",
          "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-1;COUNT=17"}) {
        EXPECT_EQ(first_times(100, rrule(rule, "2026-01-01T02:01:30Z")).size(), 17U) << rule;
    }
}

TEST(RuleParts, SurvivesAnyText) {
    Dice dice(23);
    constexpr std::string_view kAlphabet = "FREQDAILYBYMONTHSU=;,-+0123456789:\n\xff";
    for (int n = 0; n < 5'000; ++n) {
        std::string text = "FREQ=YEARLY;";
        for (int length = dice.between(0, 40); length > 0; --length) {
            text += kAlphabet[static_cast<std::size_t>(dice.between(0, static_cast<int>(kAlphabet.size()) - 1))];
        }
        static_cast<void>(RuleParts::parse(text));
    }
}

} // namespace
} // namespace attune::logic::schedule
