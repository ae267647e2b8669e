#include "logic/retry/next_delay.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace attune::logic::retry {
namespace {

RetryPolicy retrying(Backoff backoff, int max_retries = 100) {
    return {.max_retries = max_retries, .backoff = backoff, .base = 10s, .cap = 300s};
}

TEST(NextDelay, GrowsAsItsBackoffSays) {
    const struct {
        Backoff backoff;
        int attempt;
        Duration expected;
    } rows[] = {{Backoff::constant, 1, 10s},     {Backoff::constant, 7, 10s},     {Backoff::linear, 1, 10s},
                {Backoff::linear, 3, 30s},       {Backoff::linear, 31, 300s},     {Backoff::exponential, 1, 10s},
                {Backoff::exponential, 2, 20s},  {Backoff::exponential, 5, 160s}, {Backoff::exponential, 6, 300s},
                {Backoff::exponential, 99, 300s}};

    for (const auto& row : rows) {
        EXPECT_EQ(next_delay(retrying(row.backoff), row.attempt, 0.5), row.expected)
            << enum_name(row.backoff) << " after attempt " << row.attempt;
    }
}

TEST(NextDelay, EndsAfterTheLastRetry) {
    EXPECT_TRUE(next_delay(retrying(Backoff::constant, 2), 2, 0.5));
    EXPECT_FALSE(next_delay(retrying(Backoff::constant, 2), 3, 0.5));
    EXPECT_FALSE(next_delay(RetryPolicy{}, 1, 0.5));
    EXPECT_FALSE(next_delay(retrying(Backoff::constant), 0, 0.5));
}

TEST(NextDelay, DoublesFromOneSecondToFiveMinutesByDefault) {
    const RetryPolicy policy{.max_retries = 20};

    EXPECT_EQ(next_delay(policy, 1, 0.5), 1s);
    EXPECT_EQ(next_delay(policy, 4, 0.5), 8s);
    EXPECT_EQ(next_delay(policy, 9, 0.5), 256s);
    EXPECT_EQ(next_delay(policy, 10, 0.5), 300s);
}

TEST(NextDelay, VariesByItsJitterAndNeverPassesTheCap) {
    const RetryPolicy policy{.max_retries = 20};

    EXPECT_EQ(next_delay(policy, 1, 0.0), 800ms);
    EXPECT_EQ(next_delay(policy, 1, 1.0), 1200ms);
    EXPECT_EQ(next_delay(policy, 20, 1.0), 300s);
    EXPECT_EQ(next_delay(policy, 20, 0.0), 240s);
}

TEST(NextDelay, SurvivesAnyNumbers) {
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    const auto infinity = std::numeric_limits<double>::infinity();
    std::mt19937 random{42};
    const double doubles[] = {nan, infinity, -infinity, 0.0, -1.0, 0.5, 1.0, 2.0, 1e308};
    const Duration durations[] = {Duration::min(), -1s, 0s, 1us, 1s, Duration::max()};
    const auto pick = [&](const auto& from) { return from[random() % std::size(from)]; };

    for (int i = 0; i < 20'000; ++i) {
        const RetryPolicy policy{std::numeric_limits<int>::max(),
                                 static_cast<Backoff>(random() % 3),
                                 pick(durations),
                                 pick(doubles),
                                 pick(durations),
                                 pick(doubles)};
        const auto delay = next_delay(policy, static_cast<int>(random() % 2'000'000'000) + 1, pick(doubles));
        ASSERT_TRUE(delay);
        EXPECT_GE(*delay, Duration::zero());
        EXPECT_LE(*delay, std::max(policy.cap, Duration::zero()));
    }
}

} // namespace
} // namespace attune::logic::retry
