#include "logic/schedule/schedule.hpp"

#include "logic/schedule/normalise.hpp"
#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

const Timestamp kAnchor = at("2026-01-01T00:00:00.25Z");

TEST(IntervalSchedule, FiresAtWholePeriodsAfterTheAnchor) {
    const auto timer = compiled(R"({"type":"interval","seconds":10})");
    EXPECT_EQ(timer.kind(), ScheduleKind::interval);
    EXPECT_EQ(text_of(timer.next(kAnchor, kAnchor)), "2026-01-01T00:00:10.25Z");
    EXPECT_EQ(text_of(timer.next(at("2026-01-01T00:00:10.25Z"), kAnchor)), "2026-01-01T00:00:20.25Z");
    EXPECT_EQ(text_of(timer.next(at("2025-01-01T00:00:00Z"), kAnchor)), "2026-01-01T00:00:10.25Z");
    EXPECT_EQ(text_of(timer.prev(at("2026-01-01T00:00:20.25Z"), kAnchor)), "2026-01-01T00:00:10.25Z");
    EXPECT_EQ(text_of(timer.prev(at("2026-01-01T00:00:10.25Z"), kAnchor)), "never");
    EXPECT_EQ(text_of(timer.prev(kAnchor, kAnchor)), "never");
}

TEST(IntervalSchedule, AddsItsUnitsUp) {
    EXPECT_EQ(compiled(R"({"type":"interval","days":1,"hours":2,"minutes":3,"seconds":4})").interval()->period,
              24h + 2h + 3min + 4s);
}

TEST(IntervalSchedule, CountsAtOnceHoweverMany) {
    const auto timer = compiled(R"({"type":"interval","seconds":1})");
    const auto counted = timer.count(kAnchor, kAnchor + 24h * 3650, kAnchor);
    EXPECT_EQ(counted.number, 3650 * 86'400);
    EXPECT_FALSE(counted.at_least);
}

TEST(OneShotSchedule, FiresExactlyOnce) {
    const auto timer = compiled(R"({"type":"one_shot","fire_at":"2026-03-01T12:00:00+02:00"})");
    EXPECT_EQ(text_of(timer.next(kAnchor, kAnchor)), "2026-03-01T10:00:00Z");
    EXPECT_EQ(text_of(timer.next(at("2026-03-01T10:00:00Z"), kAnchor)), "never");
    EXPECT_EQ(text_of(timer.prev(at("2027-01-01T00:00:00Z"), kAnchor)), "2026-03-01T10:00:00Z");
    EXPECT_EQ(text_of(timer.prev(at("2026-03-01T10:00:00Z"), kAnchor)), "never");
}

TEST(OneShotSchedule, ReadsALocalTimeInItsZoneByTheSamePolicies) {
    const auto fires = [](std::string_view local, std::string_view options = "") {
        const auto timer = Schedule::compile(config(
            fmt::format(R"({{"type":"one_shot","fire_at":"{}","timezone":"Europe/Berlin"{}}})", local, options)));
        return timer ? text_of(timer->next(kAnchor, kAnchor)) : timer.error().text();
    };
    EXPECT_EQ(fires("2026-07-01T12:00:00"), "2026-07-01T10:00:00Z");
    EXPECT_EQ(fires("2026-07-01T12:00"), "2026-07-01T10:00:00Z");
    EXPECT_EQ(fires("2026-07-01"), "2026-06-30T22:00:00Z");
    EXPECT_EQ(fires("2026-03-29T02:30:00"), "2026-03-29T01:00:00Z");
    EXPECT_EQ(fires("2026-03-29T02:30:00", R"(,"dst_gap":"shift")"), "2026-03-29T01:30:00Z");
    EXPECT_THAT(fires("2026-03-29T02:30:00", R"(,"dst_gap":"skip")"), testing::HasSubstr("fire_at: the local time"));
    EXPECT_EQ(fires("2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
    EXPECT_EQ(fires("2026-10-25T02:30:00", R"(,"dst_overlap":"last")"), "2026-10-25T01:30:00Z");
}

TEST(CronSchedule, UsesItsZoneAndDialect) {
    EXPECT_EQ(
        text_of(
            compiled(R"({"type":"cron","expression":"0 12 * * *","timezone":"Europe/Berlin"})").next(kAnchor, kAnchor)),
        "2026-01-01T11:00:00Z");
    EXPECT_EQ(
        text_of(compiled(R"({"type":"cron","expression":"0 0 12 ? * 1","dialect":"quartz"})").next(kAnchor, kAnchor)),
        "2026-01-04T12:00:00Z");
}

TEST(Schedule, StaysWithinStartAndEnd) {
    const auto timer = compiled(R"({"type":"cron","expression":"0 12 * * *","timezone":"Europe/Berlin",
        "start_at":"2026-02-01T12:00:00","end_at":"2026-02-02T11:00:00Z"})");
    EXPECT_EQ(text_of(timer.next(kAnchor, kAnchor)), "2026-02-01T11:00:00Z");
    EXPECT_EQ(text_of(timer.next(at("2026-02-01T11:00:00Z"), kAnchor)), "2026-02-02T11:00:00Z");
    EXPECT_EQ(text_of(timer.next(at("2026-02-02T11:00:00Z"), kAnchor)), "never");
    EXPECT_EQ(text_of(timer.prev(at("2027-01-01T00:00:00Z"), kAnchor)), "2026-02-02T11:00:00Z");
    EXPECT_EQ(text_of(timer.prev(at("2026-02-01T11:00:00Z"), kAnchor)), "never");
    EXPECT_EQ(timer.count(kAnchor, at("2027-01-01T00:00:00Z"), kAnchor).number, 2);
}

TEST(Schedule, ReadsEveryOption) {
    const auto options = compiled(R"({"type":"interval","seconds":10,"dst_gap":"shift","dst_overlap":"both",
        "misfire":{"policy":"fire_all","grace":90,"window":"2h","max_catchup":5},"on_resume":"fire_once",
        "overlap":"queue_one","jitter":"1m30s","start_at":"2026-01-01T00:00:00Z","end_at":null,"max_fires":3,
        "calendars":[],"dialect":"vixie"})")
                             .options();
    EXPECT_EQ(options.dst_gap, DstGap::shift);
    EXPECT_EQ(options.dst_overlap, DstOverlap::both);
    EXPECT_EQ(options.misfire.policy, MisfirePolicy::fire_all);
    EXPECT_EQ(options.misfire.grace, 90s);
    EXPECT_EQ(options.misfire.window, 2h);
    EXPECT_EQ(options.misfire.max_catchup, 5);
    EXPECT_EQ(options.on_resume, MisfirePolicy::fire_once);
    EXPECT_EQ(options.overlap, RunOverlap::queue_one);
    EXPECT_EQ(options.jitter, 90s);
    EXPECT_EQ(options.start_at, at("2026-01-01T00:00:00Z"));
    EXPECT_FALSE(options.end_at);
    EXPECT_EQ(options.max_fires, 3);
    EXPECT_EQ(options.dialect, Dialect::vixie);
}

TEST(Schedule, HasTheStatedDefaults) {
    const auto timer = compiled(R"({"type":"interval","seconds":10})");
    const auto& options = timer.options();
    EXPECT_EQ(options.misfire.policy, MisfirePolicy::fire_once);
    EXPECT_EQ(options.misfire.grace, 60s);
    EXPECT_EQ(options.misfire.window, 24h);
    EXPECT_EQ(options.misfire.max_catchup, 100);
    EXPECT_EQ(options.on_resume, MisfirePolicy::skip);
    EXPECT_EQ(options.overlap, RunOverlap::allow);
    EXPECT_EQ(options.jitter, 0s);
    EXPECT_FALSE(options.max_fires);
}

TEST(Schedule, NamesTheFieldThatIsWrong) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {R"({})", "type: is required (one of interval|cron|one_shot|rrule)"},
        {R"({"type":7})", "type: expected one of interval|cron|one_shot|rrule, got 7"},
        {R"({"type":"crown"})", "type: expected one of interval|cron|one_shot|rrule, got 'crown'"},
        {R"({"type":"interval"})",
         "interval: expected seconds, minutes, hours or days that add up to 1s to 36600d, got 0s"},
        {R"({"type":"interval","seconds":0})",
         "interval: expected seconds, minutes, hours or days that add up to 1s to 36600d, got 0s"},
        {R"({"type":"interval","seconds":-1})", "seconds: expected 0 to 3162240000, got -1"},
        {R"({"type":"interval","hours":9000000000000000000})", "hours: expected 0 to 878400, got 9000000000000000000"},
        {R"({"type":"interval","seconds":0.5})", "seconds: expected a whole number, got 0.5"},
        {R"({"type":"interval","second":1})",
         "second: is not known in a timer of type interval; did you mean 'seconds'?"},
        {R"({"type":"cron"})", "expression: is required (a cron expression such as '0 0 * * * *')"},
        {R"({"type":"cron","expression":"61 * * * *"})",
         "expression: minute field, column 1: expected a value 0-59, got '61'"},
        {R"({"type":"cron","expression":"* * * * *","timezone":"Berlin"})",
         "timezone: expected an IANA time zone such as Europe/Berlin or UTC, got 'Berlin'"},
        {R"({"type":"cron","expression":"* * * * *","timezone":1})",
         "timezone: expected an IANA time zone such as Europe/Berlin, got 1"},
        {R"({"type":"one_shot","fire_at":"soon"})", "fire_at: expected a time such as 2026-01-02T03:04:05Z, or a local "
                                                    "one such as 2026-01-02T03:04:05, got 'soon'"},
        {R"({"type":"interval","seconds":1,"misfire":{"policy":"never"}})",
         "misfire.policy: expected one of skip|fire_once|fire_all, got \"never\""},
        {R"({"type":"interval","seconds":1,"misfire":{"polcy":"skip"}})",
         "misfire.polcy: is not known; did you mean 'policy'?"},
        {R"({"type":"interval","seconds":1,"misfire":{"max_catchup":0}})",
         "misfire.max_catchup: expected 1 to 10000, got 0"},
        {R"({"type":"interval","seconds":1,"jitter":"x"})",
         "jitter: expected a duration such as 500ms, 10s, 5m, 2h or 7d, got 'x'"},
        {R"({"type":"interval","seconds":1,"jitter":-5})",
         "jitter: expected a duration such as 500ms, 10s, 5m, 2h or 7d, got '-5'"},
        {R"({"type":"interval","seconds":1,"jitter":"900d"})", "jitter: expected at most 366d, got 900d"},
        {R"({"type":"interval","seconds":1,"max_fires":0})", "max_fires: expected 1 or more, got 0"},
        {R"({"type":"interval","seconds":1,"start_at":"2026-01-02","end_at":"2026-01-01"})",
         "end_at: expected a time that is not before start_at"},
        {R"({"type":"interval","seconds":1,"calendars":["x"]})", "calendars[0]: there is no calendar 'x'"},
    };
    for (const auto& [text, message] : cases) {
        const auto timer = Schedule::compile(config(text));
        ASSERT_FALSE(timer) << text;
        EXPECT_THAT(timer.error().text(), testing::StartsWith(message)) << text;
    }
}

TEST(Schedule, AnswersAtTheEdgesOfTime) {
    for (const auto* text : {R"({"type":"interval","days":36600})", R"({"type":"cron","expression":"* * * * *"})",
                             R"({"type":"one_shot","fire_at":"2026-01-01T00:00:00Z"})"}) {
        const auto timer = compiled(text);
        for (const auto t : {Timestamp::min(), Timestamp::max()}) {
            static_cast<void>(timer.next(t, kAnchor));
            static_cast<void>(timer.prev(t, kAnchor));
        }
    }
}

json::object from_rule(std::string_view trigger, std::string_view params) {
    auto made = config_from_rule(trigger, config(params));
    EXPECT_TRUE(made) << params;
    return *made;
}

TEST(Normalise, BringsTheParametersOfARuleToTheCanonicalForm) {
    EXPECT_EQ(from_rule("core.intervaltimer", R"({"unit":"minutes","interval":5,"jitter":"2s","other":1})"),
              config(R"({"jitter":"2s","type":"interval","minutes":5})"));
    EXPECT_EQ(from_rule("core.intervaltimer", "{}"), config(R"({"type":"interval","seconds":60})"));
    EXPECT_EQ(from_rule("core.crontimer", R"({"expression":"0 0 * * * *","timezone":"UTC","description":"x"})"),
              config(R"({"timezone":"UTC","type":"cron","expression":"0 0 * * * *"})"));
    EXPECT_EQ(from_rule("core.datetimetimer", R"({"fire_at":"2026-01-01T00:00:00Z"})"),
              config(R"({"type":"one_shot","fire_at":"2026-01-01T00:00:00Z"})"));
    EXPECT_EQ(from_rule("core.rruletimer", R"({"freq":"MONTHLY","interval":2,"by_day":["MO","-1FR"],"by_hour":[9],
                        "count":3,"week_start":"SU","by_minute":[],"dtstart":"2026-01-01T00:00:00Z"})"),
              config(R"({"type":"rrule","dtstart":"2026-01-01T00:00:00Z",
                         "rule":"FREQ=MONTHLY;INTERVAL=2;COUNT=3;BYDAY=MO,-1FR;BYHOUR=9;WKST=SU"})"));
    EXPECT_EQ(from_rule("core.rruletimer", R"({"rule":"FREQ=DAILY","freq":"YEARLY","dtstart":"2026-01-01"})"),
              config(R"({"type":"rrule","dtstart":"2026-01-01","rule":"FREQ=DAILY"})"));
}

TEST(Normalise, NamesTheParameterThatIsWrong) {
    const auto message = [](std::string_view trigger, std::string_view params) {
        const auto made = config_from_rule(trigger, config(params));
        return made ? std::string("no error") : made.error().text();
    };
    EXPECT_EQ(message("core.intervaltimer", R"({"unit":"weeks","interval":1})"),
              "unit: expected one of seconds|minutes|hours|days, got 'weeks'");
    EXPECT_EQ(message("core.intervaltimer", R"({"interval":0})"), "interval: expected 1 or more, got 0");
    EXPECT_EQ(message("core.intervaltimer", R"({"interval":"5"})"), "interval: expected a whole number, got \"5\"");
    EXPECT_THAT(message("core.rruletimer", R"({"dtstart":"2026-01-01"})"), testing::StartsWith("freq: is required"));
    EXPECT_THAT(message("core.rruletimer", R"({"freq":"DAILY;COUNT=1"})"),
                testing::StartsWith("freq: expected a value without"));
    EXPECT_THAT(message("core.rruletimer", R"({"freq":"DAILY","by_hour":[{}]})"),
                testing::StartsWith("by_hour[0]: expected"));
    EXPECT_THAT(message("core.webhook", "{}"), testing::StartsWith("trigger_ref: expected"));
    EXPECT_FALSE(is_rule_timer_trigger("core.webhook"));
    EXPECT_TRUE(is_rule_timer_trigger("core.rruletimer"));
}

TEST(Normalise, TellsATimerFromAnOrdinaryParameterSchema) {
    const auto from = [](std::string_view text) { return config_from_trigger(*parse_json(text)); };
    EXPECT_EQ(from(R"({"type":"interval","seconds":10})"), config(R"({"type":"interval","seconds":10})"));
    EXPECT_EQ(from(R"({"type":"interval","interval_seconds":10})"), config(R"({"type":"interval","seconds":10})"));
    EXPECT_EQ(from(R"({"type":"date_time","fire_at":"2026-01-01T00:00:00Z"})"),
              config(R"({"type":"one_shot","fire_at":"2026-01-01T00:00:00Z"})"));
    for (const auto* text : {"null", "[]", "7", "{}", R"({"type":"object","properties":{}})",
                             R"({"type":{"type":"string"}})", R"({"unit":{"type":"string"}})"}) {
        EXPECT_FALSE(from(text)) << text;
    }
}

} // namespace
} // namespace attune::logic::schedule
