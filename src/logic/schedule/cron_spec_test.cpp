#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

struct Case {
    const char* expression;
    const char* after;
    std::vector<std::string> next;
    Dialect dialect = Dialect::ocps;
};

void expect_times(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        const auto spec = CronSpec::parse(one.expression, one.dialect);
        ASSERT_TRUE(spec) << one.expression << ": " << spec.error().text();
        const auto found =
            take_next(one.next.size(), at(one.after), [&](Timestamp t) { return spec->next(t, TimeZone{}); });
        EXPECT_EQ(found, one.next) << one.expression;
    }
}

TEST(CronSpec, ReadsFieldsListsRangesStepsAndNames) {
    expect_times({
        {"*/15 * * * *", "2026-01-01T00:00:00Z", {"2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"}},
        {"5,10-12 3 * * *", "2026-01-01T03:05:00Z", {"2026-01-01T03:10:00Z", "2026-01-01T03:11:00Z"}},
        {"50/5 * * * *",
         "2026-01-01T00:00:00Z",
         {"2026-01-01T00:50:00Z", "2026-01-01T00:55:00Z", "2026-01-01T01:50:00Z"}},
        {"0 0 1 jan,JUL *", "2026-01-01T00:00:00Z", {"2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"}},
        {"0 0 * * Mon-Wed",
         "2026-01-01T00:00:00Z",
         {"2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z"}},
        {"0 0 * * 7", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z"}},
        {"0 0 * * 0", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z"}},
        {"0 0 * * SAT-SUN",
         "2026-01-01T00:00:00Z",
         {"2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-10T00:00:00Z"}},
        {"0 0 * * SUN-MON", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z", "2026-01-05T00:00:00Z"}},
        {"0 0 * * 5-7",
         "2026-01-01T00:00:00Z",
         {"2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-09T00:00:00Z"}},
        {"  0\t0 * * *  ", "2026-01-01T00:00:00Z", {"2026-01-02T00:00:00Z"}},
    });
}

TEST(CronSpec, ReadsSecondsFirstAndTheYearLast) {
    expect_times({
        {"*/20 * * * * *",
         "2026-01-01T00:00:00.5Z",
         {"2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"}},
        {"30 0 0 1 1 * 2028,2030-2034/4",
         "2026-01-01T00:00:00Z",
         {
             "2028-01-01T00:00:30Z",
             "2030-01-01T00:00:30Z",
             "2034-01-01T00:00:30Z",
         }},
        {"0 0 0 1 1 * 2020", "2026-01-01T00:00:00Z", {}},
        {"0 0 0 1 1 * 9999", "2026-01-01T00:00:00Z", {"9999-01-01T00:00:00Z"}},
    });
}

TEST(CronSpec, KnowsLastDaysNearestWeekdaysAndNthWeekdays) {
    expect_times({
        {"0 0 L * *", "2028-01-31T00:00:00Z", {"2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"}},
        {"0 0 15W * *",
         "2026-02-01T00:00:00Z",
         {"2026-02-16T00:00:00Z", "2026-03-16T00:00:00Z", "2026-04-15T00:00:00Z"}},
        {"0 0 1W * *", "2026-08-01T00:00:00Z", {"2026-08-03T00:00:00Z"}}, // the 1st is a Saturday
        {"0 0 31W * *",
         "2026-05-01T00:00:00Z",
         {"2026-05-29T00:00:00Z", "2026-07-31T00:00:00Z"}}, // Sunday; June has 30
        {"0 0 LW * *", "2026-01-01T00:00:00Z", {"2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"}},
        {"0 0 1w,LW * *", "2026-02-01T00:00:00Z", {"2026-02-02T00:00:00Z", "2026-02-27T00:00:00Z"}},
        {"0 0 * * 5L", "2026-01-01T00:00:00Z", {"2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"}},
        {"0 0 * * FRIL", "2026-01-01T00:00:00Z", {"2026-01-30T00:00:00Z"}},
        {"0 0 * * MON#1", "2026-01-01T00:00:00Z", {"2026-01-05T00:00:00Z", "2026-02-02T00:00:00Z"}},
        {"0 0 * * 2#2,2#4",
         "2026-01-01T00:00:00Z",
         {"2026-01-13T00:00:00Z", "2026-01-27T00:00:00Z", "2026-02-10T00:00:00Z"}},
        {"0 0 * * 5#5", "2026-01-01T00:00:00Z", {"2026-01-30T00:00:00Z", "2026-05-29T00:00:00Z"}},
        {"0 0 * * 7#1", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z"}},
    });
}

TEST(CronSpec, CombinesTheDayFieldsByOrUnlessOneIsABareStarOrAPlusAsksForBoth) {
    expect_times({
        {"0 0 13 * FRI",
         "2026-02-01T00:00:00Z",
         {"2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z"}},
        {"0 0 13 * +FRI",
         "2026-01-01T00:00:00Z",
         {"2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-11-13T00:00:00Z"}},
        {"0 0 ? * FRI", "2026-01-01T00:00:00Z", {"2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z"}},
        {"0 0 13 * ?", "2026-01-01T00:00:00Z", {"2026-01-13T00:00:00Z", "2026-02-13T00:00:00Z"}},
        {"0 0 */10 * MON",
         "2026-01-01T00:00:00Z",
         {"2026-01-05T00:00:00Z", "2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z"}},
        {"0 0 */10 * MON", "2026-01-01T00:00:00Z", {"2026-05-11T00:00:00Z"}, Dialect::vixie},
    });
}

TEST(CronSpec, KnowsNicknamesInAnyCase) {
    expect_times({
        {"@yearly", "2026-01-01T00:00:00Z", {"2027-01-01T00:00:00Z"}},
        {"@Annually", "2026-01-01T00:00:00Z", {"2027-01-01T00:00:00Z"}},
        {"@monthly", "2026-01-01T00:00:00Z", {"2026-02-01T00:00:00Z"}},
        {"@weekly", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z"}},
        {"@daily", "2026-01-01T00:00:00Z", {"2026-01-02T00:00:00Z"}},
        {"@midnight", "2026-01-01T00:00:00Z", {"2026-01-02T00:00:00Z"}},
        {" @HOURLY ", "2026-01-01T00:00:00Z", {"2026-01-01T01:00:00Z"}},
        {"@weekly", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z"}, Dialect::quartz},
    });
}

TEST(CronSpec, ReadsQuartzExpressions) {
    expect_times({
        {"0 0 12 ? * 1", "2026-01-01T00:00:00Z", {"2026-01-04T12:00:00Z"}, Dialect::quartz},
        {"0 0 12 ? * 2-6", "2026-01-02T12:00:00Z", {"2026-01-05T12:00:00Z"}, Dialect::quartz},
        {"0 0 12 ? * SUN", "2026-01-01T00:00:00Z", {"2026-01-04T12:00:00Z"}, Dialect::quartz},
        {"0 0/30 8-9 ? * L", "2026-01-01T00:00:00Z", {"2026-01-03T08:00:00Z", "2026-01-03T08:30:00Z"}, Dialect::quartz},
        {"0 0 12 L-3 * ?", "2026-01-01T00:00:00Z", {"2026-01-28T12:00:00Z", "2026-02-25T12:00:00Z"}, Dialect::quartz},
        {"0 0 12 L-1W * ? 2026",
         "2026-01-01T00:00:00Z",
         {"2026-01-30T12:00:00Z", "2026-02-27T12:00:00Z"},
         Dialect::quartz},
        {"0 0 12 ? * 6#3", "2026-01-01T00:00:00Z", {"2026-01-16T12:00:00Z"}, Dialect::quartz},
        {"0 0 12 ? * 6L", "2026-01-01T00:00:00Z", {"2026-01-30T12:00:00Z"}, Dialect::quartz},
    });
}

TEST(CronSpec, SaysNeverForDaysThatDoNotExist) {
    expect_times({
        {"0 0 31 2 *", "2026-01-01T00:00:00Z", {}},
        {"0 0 31 2,4,6,9,11 *", "2026-01-01T00:00:00Z", {}},
        {"0 0 29 2 *", "2096-02-29T00:00:00Z", {"2104-02-29T00:00:00Z"}},
        {"0 0 29 2 +MON", "2026-01-01T00:00:00Z", {"2044-02-29T00:00:00Z", "2072-02-29T00:00:00Z"}},
    });
}

TEST(CronSpec, NeverTakesMoreThanItsBudgetOfSteps) {
    const auto berlin = zone("Europe/Berlin");
    for (const auto* expression :
         {"0 0 31 2 *", "0 0 30,31 2 *", "0 0 0 31 2,4,6,9,11 * 1-9999", "30 2 * 3 0L", "0 30 2 * 3 0L *",
          "0 0 0 29 2 +1#5 1-9999/7", "0 0 0 1 1 * 9999", "59 23 31 12 *"}) {
        const auto spec = *CronSpec::parse(expression);
        for (const auto gap : {DstGap::run_after, DstGap::skip}) {
            for (const auto* from : {"0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "9998-01-01T00:00:00Z"}) {
                EXPECT_LE(spec.count_steps_for_test(at(from), berlin, {gap, DstOverlap::first}), CronSpec::kMaxSteps)
                    << expression;
            }
        }
    }
}

TEST(CronSpec, NamesTheFieldTheColumnAndWhatItExpected) {
    struct Wrong {
        const char* expression;
        const char* message;
        Dialect dialect = Dialect::ocps;
    };
    const std::vector<Wrong> cases{
        {"", "column 1: expected 5 fields, 6 (seconds first) or 7 fields (seconds first, year last), got 0"},
        {"* * * *", "column 8: expected 5 fields, 6 (seconds first) or 7 fields (seconds first, year last), got 4"},
        {"* * * * * * * *",
         "column 15: expected 5 fields, 6 (seconds first) or 7 fields (seconds first, year last), got 8"},
        {"* * * * *", "column 10: expected 6 (seconds first) or 7 fields (seconds first, year last), got 5",
         Dialect::quartz},
        {"60 * * * *", "minute field, column 1: expected a value 0-59, got '60'"},
        {"* 24 * * *", "hour field, column 3: expected a value 0-23, got '24'"},
        {"0 99999999999 * * *", "hour field, column 3: expected a value 0-23, got '99999999999'"},
        {"* * 0 * *", "day of month field, column 5: expected a value 1-31, L, LW or nW, got '0'"},
        {"* * * 13 *", "month field, column 7: expected a value 1-12 or JAN-DEC, got '13'"},
        {"* * * * 8", "day of week field, column 9: expected a value 0-7 or SUN-SAT, got '8'"},
        {"* * * * MONDAY",
         "day of week field, column 9: expected a value 0-7 or SUN-SAT, got 'MONDAY' (names have three letters)"},
        {"* * * foo *", "month field, column 7: expected a value 1-12 or JAN-DEC, got 'foo'"},
        {"1,,2 * * * *", "minute field, column 3: expected a value 0-59, got nothing"},
        {"1, * * * *", "minute field, column 3: expected a value 0-59, got nothing"},
        {"1- * * * *", "minute field, column 3: expected a value 0-59, got ''"},
        {"*/0 * * * *", "minute field, column 3: expected a step of 1 or more, got 0"},
        {"*/ * * * *", "minute field, column 3: expected a step after '/', got ''"},
        {"*/90 * * * *", "minute field, column 3: expected a step of at most 60 (the values are 0-59), got '90'; for "
                         "longer periods use an interval timer"},
        {"* 22-2 * * *", "hour field, column 3: the range 22-2 runs backwards; write 22-23,0-2"},
        {"* * * NOV-FEB *", "month field, column 7: the range NOV-FEB runs backwards; write NOV-DEC,JAN-FEB"},
        {"* * * * FRI-MON", "day of week field, column 9: the range FRI-MON runs backwards; write FRI-SAT,SUN-MON"},
        {"* * * * 6-0", "day of week field, column 9: the range 6-0 runs backwards; write 6,0"},
        {"* 1-3-5 * * *", "hour field, column 6: unexpected '-5' after the value"},
        {"? * * * *", "minute field, column 1: '?' may stand only in a day field; expected '*'"},
        {"* * 1-5W * *", "day of month field, column 8: W follows a single day, as in 15W, not a range"},
        {"* * L-3 * *", "day of month field, column 6: L-n belongs to the quartz dialect; expected L or LW"},
        {"* * * * L", "day of week field, column 9: expected the day before L, as in 5L (the last Friday)"},
        {"* * * * 1#6", "day of week field, column 11: expected 1-5 after '#', got '6'"},
        {"* * * * 1-5#1", "day of week field, column 12: '#' follows a single day, not a range"},
        {"* * +5 * *", "day of month field, column 5: expected a value 1-31, L, LW or nW, got '+5'"},
        {"* * * * +", "day of week field, column 10: expected a value 0-7 or SUN-SAT, got nothing"},
        {"0 0 0 1 1 * 10000", "year field, column 13: expected a value 1-9999, got '10000'"},
        {"@dayly", "column 1: '@dayly' is not a nickname; expected @yearly, @monthly, @weekly, @daily or @hourly (did "
                   "you mean @daily?)"},
        {"@reboot", "column 1: @reboot names no time; expected fields or a nickname such as @daily"},
        {"@every 5m", "column 1: @every is not a cron schedule; use an interval timer"},
        {"@daily 5", "column 8: unexpected '5' after the nickname @daily"},
    };
    for (const auto& one : cases) {
        const auto spec = CronSpec::parse(one.expression, one.dialect);
        ASSERT_FALSE(spec) << one.expression;
        EXPECT_EQ(spec.error().message, one.message) << one.expression;
        EXPECT_EQ(spec.error().field, "expression");
        EXPECT_EQ(spec.error().code, Errc::invalid);
    }
    EXPECT_FALSE(CronSpec::parse(std::string(2000, '*')));
}

TEST(CronSpec, SurvivesAnyText) {
    Dice dice(7);
    constexpr std::string_view kAlphabet = "0123456789*/,-LW#?+ @abMONJAN\t\xff";
    for (int n = 0; n < 20'000; ++n) {
        std::string text;
        for (int length = dice.between(0, 24); length > 0; --length) {
            text += kAlphabet[static_cast<std::size_t>(dice.between(0, static_cast<int>(kAlphabet.size()) - 1))];
        }
        if (const auto spec = CronSpec::parse(text)) static_cast<void>(spec->next(dice.instant(), TimeZone{}));
    }
}

} // namespace
} // namespace attune::logic::schedule
