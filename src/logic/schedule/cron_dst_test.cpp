#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

struct Case {
    const char* zone;
    const char* expression;
    const char* after;
    std::vector<std::string> next;
    DstPolicy policy{};
};

void expect_times(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        const auto spec = *CronSpec::parse(one.expression);
        const auto tz = zone(one.zone);
        const auto found =
            take_next(one.next.size(), at(one.after), [&](Timestamp t) { return spec.next(t, tz, one.policy); });
        EXPECT_EQ(found, one.next) << one.zone << ' ' << one.expression << " after " << one.after;
        for (const auto& text : found) {
            EXPECT_EQ(text_of(spec.prev(at(text) + Duration{1}, tz, one.policy)), text) << one.expression;
        }
    }
}

constexpr DstPolicy kSkip{DstGap::skip, DstOverlap::first};
constexpr DstPolicy kShift{DstGap::shift, DstOverlap::first};
constexpr DstPolicy kLast{DstGap::run_after, DstOverlap::last};
constexpr DstPolicy kBoth{DstGap::run_after, DstOverlap::both};

TEST(CronInAGap, RunsAFixedTimeOnceRightAfterIt) {
    expect_times({
        {"Europe/Berlin", "30 2 * * *", "2026-03-28T02:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
        {"Europe/Berlin", "10,20,30 2 * * *", "2026-03-28T02:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z"}},
        {"Europe/Berlin", "0 2,3 * * *", "2026-03-28T02:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"}},
        {"Europe/Berlin", "*/1 30 2 * * *", "2026-03-28T02:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
        {"America/New_York", "30 2 * * *", "2026-03-07T08:00:00Z", {"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"}},
        {"Australia/Lord_Howe", "15 2 * * *", "2026-10-02T16:00:00Z", {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
        {"America/Sao_Paulo", "0 0 * * *", "2018-11-03T04:00:00Z", {"2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}},
        {"Africa/Casablanca", "30 2 * * *", "2025-04-05T12:00:00Z", {"2025-04-06T02:00:00Z", "2025-04-07T01:30:00Z"}},
        {"Europe/Dublin", "30 1 * * *", "2026-03-28T02:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
    });
}

TEST(CronInAGap, SkipsOrShiftsWhenAsked) {
    expect_times({
        {"Europe/Berlin", "30 2 * * *", "2026-03-28T02:00:00Z", {"2026-03-30T00:30:00Z"}, kSkip},
        {"Europe/Berlin",
         "30 2 * * *",
         "2026-03-28T02:00:00Z",
         {"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
         kShift},
        {"Europe/Berlin", "10,20 2 * * *", "2026-03-29T01:10:00Z", {"2026-03-29T01:20:00Z"}, kShift},
        {"Europe/Berlin",
         "30 2,3 * * *",
         "2026-03-28T12:00:00Z",
         {"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
         kShift},
        {"Australia/Lord_Howe", "15 2 * * *", "2026-10-02T16:00:00Z", {"2026-10-03T15:45:00Z"}, kShift},
        {"Europe/Berlin", "30 2 * 3 0L", "2026-01-01T00:00:00Z", {}, kSkip},
    });
}

TEST(CronInAGap, GoesOnInElapsedTimeWhenTheScheduleIsNotFixed) {
    expect_times({
        {"Europe/Berlin", "*/30 * * * *", "2026-03-29T00:30:00Z", {"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"}},
        {"Europe/Berlin", "30 * * * *", "2026-03-28T23:30:00Z", {"2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"}},
        {"Europe/Berlin", "0 */2 * * *", "2026-03-28T23:00:00Z", {"2026-03-29T02:00:00Z"}},
    });
}

TEST(CronInAGap, SkipsTheDayThatAZoneLosesAtTheDateLine) {
    expect_times({
        {"Pacific/Apia", "30 12 * * *", "2011-12-29T00:00:00Z", {"2011-12-29T22:30:00Z", "2011-12-30T22:30:00Z"}},
        {"Pacific/Apia", "30 12 30 12 *", "2011-01-01T00:00:00Z", {"2012-12-29T22:30:00Z"}},
    });
}

TEST(CronInAnOverlap, TakesTheCopyThatThePolicyNames) {
    expect_times({
        {"Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
        {"Europe/Berlin",
         "30 2 * * *",
         "2026-10-24T12:00:00Z",
         {"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
         kLast},
        {"Europe/Berlin", "30 2 * * *", "2026-10-25T00:45:00Z", {"2026-10-25T01:30:00Z"}, kLast},
        {"Europe/Berlin",
         "30 2 * * *",
         "2026-10-24T12:00:00Z",
         {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
         kBoth},
        {"Europe/Berlin", "30 2 * * *", "2026-10-25T00:30:00Z", {"2026-10-26T01:30:00Z"}},
        {"Australia/Lord_Howe", "45 1 * * *", "2026-04-03T20:00:00Z", {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
        {"Australia/Lord_Howe",
         "45 1 * * *",
         "2026-04-03T20:00:00Z",
         {"2026-04-04T15:15:00Z", "2026-04-05T15:15:00Z"},
         kLast},
        {"America/Sao_Paulo", "30 23 * * *", "2018-02-17T12:00:00Z", {"2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z"}},
        {"Africa/Casablanca", "30 2 * * *", "2025-02-22T12:00:00Z", {"2025-02-23T01:30:00Z", "2025-02-24T02:30:00Z"}},
    });
}

TEST(CronInAnOverlap, RunsThroughBothCopiesWhenTheScheduleIsNotFixed) {
    expect_times({
        {"Europe/Berlin",
         "*/30 * * * *",
         "2026-10-25T00:00:00Z",
         {"2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"}},
        {"Europe/Berlin",
         "*/20 2 * * *",
         "2026-10-25T00:20:00Z",
         {"2026-10-25T00:40:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:20:00Z", "2026-10-25T01:40:00Z",
          "2026-10-26T01:00:00Z"}},
    });
}

/// Every minute of four days around a transition, decided the slow way.
std::vector<std::string> brute_force(const CronSpec& spec, const TimeZone& tz, Seconds from, Seconds to,
                                     DstPolicy policy) {
    std::vector<std::string> out;
    int steps = 0;
    const auto matches = [&](Seconds local) { return spec.fields().next(local, steps) == local; };
    for (Seconds t = from; t < to; t += 60) {
        const auto local = tz.to_local(t);
        const auto lookup = tz.from_local(local);
        bool hit = matches(local);
        if (hit && spec.fixed_time() && lookup.kind == LocalLookup::Kind::overlap) {
            hit = policy.overlap == DstOverlap::both ||
                  t == (policy.overlap == DstOverlap::first ? lookup.first : lookup.last);
        }
        for (Seconds lost = tz.to_local(t - 60) + 60; lost < local && spec.fixed_time(); lost += 60) {
            hit |= policy.gap == DstGap::run_after && matches(lost);
        }
        if (hit) out.push_back(text_of(from_seconds(t)));
    }
    return out;
}

TEST(CronProperties, AgreeWithTheSlowWayAroundTransitions) {
    Dice dice(11);
    const std::vector<std::pair<const char*, const char*>> places{
        {"Europe/Berlin", "2026-03-29T01:00:00Z"},       {"Europe/Berlin", "2026-10-25T01:00:00Z"},
        {"America/New_York", "2026-03-08T07:00:00Z"},    {"America/New_York", "2026-11-01T06:00:00Z"},
        {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
        {"America/Sao_Paulo", "2018-11-04T03:00:00Z"},   {"America/Sao_Paulo", "2018-02-18T02:00:00Z"},
        {"Africa/Casablanca", "2025-02-23T02:00:00Z"},   {"Europe/Dublin", "2026-10-25T01:00:00Z"}};
    constexpr std::array<DstPolicy, 4> kPolicies{DstPolicy{}, kSkip, kLast, kBoth};
    for (int n = 0; n < 100; ++n) {
        const auto& [name, moment] = places[static_cast<std::size_t>(n) % places.size()];
        const auto expression =
            fmt::format("{} {} * * *", dice.one_in(4) ? "*/7" : std::to_string(dice.between(0, 59)),
                        dice.one_in(4) ? "*" : fmt::format("{},{}", dice.between(0, 3), dice.between(0, 23)));
        const auto spec = *CronSpec::parse(expression);
        const auto tz = zone(name);
        const auto policy = kPolicies[static_cast<std::size_t>(dice.between(0, 3))];
        const auto from = floor_seconds(at(moment)) - 2 * kSecondsPerDay;
        const auto expected = brute_force(spec, tz, from, from + 4 * kSecondsPerDay, policy);
        const auto found =
            take_next(expected.size(), from_seconds(from - 1), [&](Timestamp t) { return spec.next(t, tz, policy); });
        EXPECT_EQ(found, expected) << name << ' ' << moment << ' ' << expression;
    }
}

TEST(CronProperties, NextIsConstantUntilItComesAndPrevLeadsBack) {
    Dice dice(13);
    const std::vector<const char*> zones{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York",
                                         "Pacific/Apia"};
    for (int n = 0; n < 2000; ++n) {
        const auto pick = [&](int low, int high) {
            return dice.one_in(3) ? std::string("*") : std::to_string(dice.between(low, high));
        };
        const auto expression =
            fmt::format("{} {} {} {} {}", pick(0, 59), pick(0, 23), pick(1, 31), pick(1, 12), pick(0, 7));
        const auto spec = *CronSpec::parse(expression);
        const auto tz = zone(zones[static_cast<std::size_t>(n) % zones.size()]);
        const auto t = dice.instant();
        const auto following = spec.next(t, tz);
        if (!following) continue;
        ASSERT_GT(*following, t);
        const auto between = t + Duration{(*following - t).count() / 2};
        EXPECT_EQ(spec.next(between, tz), following) << expression;
        EXPECT_EQ(spec.next(*following - Duration{1}, tz), following) << expression;
        EXPECT_EQ(spec.prev(*following + Duration{1}, tz), following) << expression;
        const auto before = spec.prev(*following, tz);
        if (before) {
            EXPECT_LE(*before, t) << expression;
            EXPECT_EQ(spec.next(*before, tz), following) << expression;
        }
    }
}

} // namespace
} // namespace attune::logic::schedule
