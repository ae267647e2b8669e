#include "logic/schedule/decide.hpp"

#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

const Timestamp kAnchor = at("2026-01-01T00:00:00Z");

TimerState state_at(Timestamp cursor) {
    return {.anchor = kAnchor, .cursor = cursor, .fired = 0, .timer_id = 7};
}

/// "fire <nominal> <reason> missed <n> since <first>" and "skip <from>..<to> <count> <first word of the reason>" lines.
std::vector<std::string> lines_of(const Decision& decision) {
    std::vector<std::string> out;
    const auto time = [](Timestamp t) { return format_timestamp_short(t).substr(5, 14); };
    for (const auto& range : decision.skipped) {
        out.push_back(fmt::format("skip {}..{} {}{} {}", time(range.from), time(range.to), range.count,
                                  range.at_least ? "+" : "", range.reason.substr(0, range.reason.find(':'))));
    }
    for (const auto& firing : decision.fire) {
        out.push_back(fmt::format("fire {} {}", time(firing.nominal), enum_name(firing.reason)));
        if (firing.first_missed) {
            out.back() += fmt::format(" missed {}{} since {}", firing.missed_count, firing.missed_at_least ? "+" : "",
                                      time(*firing.first_missed));
        }
    }
    return out;
}

std::string minutely(std::string_view options) {
    return fmt::format(R"({{"type":"interval","minutes":1{}}})", options);
}

TEST(Decide, DoesNothingBeforeTheTimeComes) {
    const auto timer = compiled(minutely(""));
    const auto decision = decide(timer, state_at(kAnchor), kAnchor + 1min - Duration{1});
    EXPECT_TRUE(decision.empty());
    EXPECT_EQ(decision.cursor, kAnchor);
    EXPECT_EQ(next_due(timer, state_at(kAnchor)), kAnchor + 1min);
}

TEST(Decide, FiresASingleTimeNormallyWithinGrace) {
    const auto timer = compiled(R"({"type":"interval","hours":1})");
    for (const auto late : {Duration{0s}, Duration{59s}, Duration{60s}}) {
        const auto decision = decide(timer, state_at(kAnchor), kAnchor + 1h + late);
        EXPECT_EQ(lines_of(decision), std::vector<std::string>{"fire 01-01T01:00:00 normal"});
        EXPECT_EQ(decision.cursor, kAnchor + 1h);
    }
}

TEST(Decide, TreatsASingleTimeBeyondGraceAsAMisfire) {
    const auto decide_late = [](std::string_view options) {
        const auto timer = compiled(fmt::format(R"({{"type":"interval","hours":1{}}})", options));
        return lines_of(decide(timer, state_at(kAnchor), kAnchor + 1h + 61s));
    };
    using Lines = std::vector<std::string>;
    EXPECT_EQ(decide_late(""), Lines{"fire 01-01T01:00:00 misfire"});
    EXPECT_EQ(decide_late(R"(,"misfire":{"policy":"fire_all"})"), Lines{"fire 01-01T01:00:00 misfire"});
    EXPECT_EQ(decide_late(R"(,"misfire":{"policy":"skip"})"), Lines{"skip 01-01T01:00:00..01-01T01:00:00 1 skipped"});
    EXPECT_EQ(decide_late(R"(,"misfire":{"grace":"2m"})"), Lines{"fire 01-01T01:00:00 normal"});
}

TEST(Decide, LetsThePolicyDecideSeveralTimesTogether) {
    const auto decide_five = [](std::string_view options) {
        const auto timer = compiled(minutely(options));
        const auto decision = decide(timer, state_at(kAnchor), kAnchor + 5min + 1s);
        EXPECT_EQ(decision.cursor, kAnchor + 5min);
        return lines_of(decision);
    };
    using Lines = std::vector<std::string>;
    EXPECT_EQ(decide_five(""), (Lines{"skip 01-01T00:01:00..01-01T00:04:00 4 missed",
                                      "fire 01-01T00:05:00 misfire missed 4 since 01-01T00:01:00"}));
    EXPECT_EQ(decide_five(R"(,"misfire":{"policy":"skip"})"), Lines{"skip 01-01T00:01:00..01-01T00:05:00 5 skipped"});
    EXPECT_EQ(decide_five(R"(,"misfire":{"policy":"fire_all","max_catchup":2})"),
              (Lines{"skip 01-01T00:01:00..01-01T00:03:00 3 dropped", "fire 01-01T00:04:00 misfire",
                     "fire 01-01T00:05:00 misfire"}));
    EXPECT_EQ(decide_five(R"(,"misfire":{"policy":"fire_all","window":"2m"})"),
              (Lines{"skip 01-01T00:01:00..01-01T00:03:00 3 dropped", "fire 01-01T00:04:00 misfire",
                     "fire 01-01T00:05:00 misfire"}));
    EXPECT_EQ(decide_five(R"(,"misfire":{"window":"2m"})"),
              (Lines{"skip 01-01T00:01:00..01-01T00:03:00 3 dropped", "skip 01-01T00:04:00..01-01T00:04:00 1 missed",
                     "fire 01-01T00:05:00 misfire missed 4 since 01-01T00:01:00"}));
}

TEST(Decide, DropsWhatIsOlderThanTheWindow) {
    const auto timer = compiled(R"({"type":"cron","expression":"0 0 1 * *"})");
    const auto decision = decide(timer, state_at(kAnchor), at("2026-02-03T00:00:00Z"));
    EXPECT_EQ(lines_of(decision), std::vector<std::string>{"skip 02-01T00:00:00..02-01T00:00:00 1 dropped"});
    EXPECT_EQ(decision.cursor, at("2026-02-01T00:00:00Z"));
}

TEST(Decide, IsBoundedAfterAYearOfSilence) {
    const auto seconds = compiled(R"({"type":"interval","seconds":1})");
    const auto counted = decide(seconds, state_at(kAnchor), kAnchor + 24h * 365);
    ASSERT_EQ(counted.fire.size(), 1U);
    EXPECT_EQ(counted.fire[0].missed_count, 365 * 86'400 - 1);
    EXPECT_FALSE(counted.fire[0].missed_at_least);

    const auto cron = compiled(R"({"type":"cron","expression":"* * * * * *"})");
    const auto bounded = decide(cron, state_at(kAnchor), kAnchor + 24h * 365);
    ASSERT_EQ(bounded.fire.size(), 1U);
    EXPECT_GE(bounded.fire[0].missed_count, Schedule::kMaxCounted);
    EXPECT_TRUE(bounded.fire[0].missed_at_least);
    EXPECT_EQ(bounded.cursor, kAnchor + 24h * 365);
}

TEST(Decide, StopsAtMaxFires) {
    const auto timer = compiled(minutely(R"(,"max_fires":3,"misfire":{"policy":"fire_all"})"));
    auto state = state_at(kAnchor);
    state.fired = 1;
    EXPECT_EQ(decide(timer, state, kAnchor + 10min).fire.size(), 2U);
    state.fired = 3;
    EXPECT_TRUE(decide(timer, state, kAnchor + 10min).empty());
    EXPECT_FALSE(next_due(timer, state));
}

TEST(Decide, SaysNothingMoreWhenTheSeriesEnded) {
    const auto timer = compiled(R"({"type":"one_shot","fire_at":"2025-12-31T00:00:00Z"})");
    EXPECT_FALSE(next_due(timer, state_at(kAnchor)));
    EXPECT_TRUE(decide(timer, state_at(kAnchor), kAnchor + 1h).empty());
}

TEST(Jitter, IsTheSameEveryTimeAndNeverReachesTheNextTime) {
    const auto timer = compiled(minutely(R"(,"jitter":"10m")"));
    auto state = state_at(kAnchor);
    std::vector<Timestamp> fires;
    for (int n = 0; n < 200; ++n) {
        const auto nominal = state.cursor + 1min;
        const auto due = next_due(timer, state);
        ASSERT_TRUE(due);
        EXPECT_EQ(due, fire_time(timer, state, nominal));
        EXPECT_GE(*due, nominal);
        EXPECT_LT(*due, nominal + 1min);
        EXPECT_TRUE(decide(timer, state, *due - Duration{1}).empty());
        const auto decision = decide(timer, state, *due);
        ASSERT_EQ(decision.fire.size(), 1U);
        EXPECT_EQ(decision.fire[0].reason, FiringReason::normal);
        state.cursor = decision.cursor;
        fires.push_back(*due);
    }
    auto other = state_at(kAnchor);
    other.timer_id = 8;
    EXPECT_NE(next_due(timer, other), fires[0]);
}

TEST(Jitter, DoesNotMakeAFiringLate) {
    const auto timer = compiled(R"({"type":"interval","hours":1,"jitter":"30m","misfire":{"grace":"1s"}})");
    const auto due = *next_due(timer, state_at(kAnchor));
    const auto decision = decide(timer, state_at(kAnchor), due + 1s);
    ASSERT_EQ(decision.fire.size(), 1U);
    EXPECT_EQ(decision.fire[0].reason, FiringReason::normal);
}

TEST(Resume, SkipsWhatThePauseHeldBackUnlessAskedOtherwise) {
    using Lines = std::vector<std::string>;
    const auto now = kAnchor + 5min + 1s;
    EXPECT_EQ(lines_of(decide_resume(compiled(minutely("")), state_at(kAnchor), now)),
              Lines{"skip 01-01T00:01:00..01-01T00:05:00 5 skipped"});
    EXPECT_EQ(lines_of(decide_resume(compiled(minutely(R"(,"on_resume":"fire_once")")), state_at(kAnchor), now)),
              (Lines{"skip 01-01T00:01:00..01-01T00:04:00 4 missed",
                     "fire 01-01T00:05:00 misfire missed 4 since 01-01T00:01:00"}));
    EXPECT_EQ(lines_of(decide_resume(compiled(minutely("")), state_at(kAnchor + 4min), now)),
              Lines{"skip 01-01T00:05:00..01-01T00:05:00 1 skipped"});
    EXPECT_TRUE(decide_resume(compiled(minutely("")), state_at(now), now).empty());
}

TEST(PullBack, MovesOnlyACursorFarAheadOfTheClock) {
    EXPECT_FALSE(pull_back(state_at(kAnchor), kAnchor + 1h));
    EXPECT_FALSE(pull_back(state_at(kAnchor + 3h), kAnchor));
    const auto pulled = pull_back(state_at(kAnchor + 3h + 1s), kAnchor);
    ASSERT_TRUE(pulled);
    EXPECT_EQ(pulled->cursor, kAnchor);
    EXPECT_EQ(pulled->reason, "the clock went back: the cursor 2026-01-01T03:00:01Z is more than 3h ahead of "
                              "2026-01-01T00:00:00Z");
}

TEST(Decide, NeverDecidesATimeTwiceNorLeavesOneOut) {
    Dice dice(5);
    for (int n = 0; n < 200; ++n) {
        const auto timer = compiled(fmt::format(
            R"({{"type":"cron","expression":"*/{} * * * *","jitter":{},
            "misfire":{{"policy":"{}","max_catchup":{}}}}})",
            dice.between(1, 20), dice.between(0, 100),
            std::array{"skip", "fire_once", "fire_all"}[static_cast<std::size_t>(n % 3)], dice.between(1, 5)));
        auto state = state_at(kAnchor);
        std::int64_t decided = 0;
        for (auto now = kAnchor; now < kAnchor + 12h; now += std::chrono::seconds{dice.between(1, 4000)}) {
            const auto decision = decide(timer, state, now);
            decided += static_cast<std::int64_t>(decision.fire.size());
            for (const auto& range : decision.skipped) decided += range.count;
            ASSERT_GE(decision.cursor, state.cursor);
            state.cursor = decision.cursor;
        }
        EXPECT_EQ(decided, timer.count(kAnchor, state.cursor, kAnchor).number);
    }
}

} // namespace
} // namespace attune::logic::schedule
