#include "runtime/metrics.hpp"

#include "base/enums.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace attune {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ShowsOnlyWhatSomebodyCounts) {
    Metrics metrics;
    metrics.counter(Metric::events_decided);

    const auto text = metrics.text();

    EXPECT_THAT(text, HasSubstr("# TYPE attune_events_decided_total counter\nattune_events_decided_total 0\n"));
    EXPECT_THAT(text, Not(HasSubstr("attune_workers_lost_total")));
}

TEST(Metrics, ShowsEveryValueOfALabel) {
    Metrics metrics;
    metrics.counters(Metric::timer_firings).of("misfire").add(3);

    const auto text = metrics.text();

    EXPECT_THAT(text, HasSubstr("attune_timer_firings_total{reason=\"normal\"} 0\n"
                                "attune_timer_firings_total{reason=\"misfire\"} 3\n"));
}

TEST(Metrics, CountsAValueInTheBucketWhoseBoundItEquals) {
    Metrics metrics;
    auto& histogram = metrics.histogram(Metric::database_group_writes);
    for (const auto value : {1, 2, 3, 5000}) histogram.observe(value);

    const auto text = metrics.text();

    EXPECT_THAT(text, HasSubstr("_writes_bucket{le=\"1\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("_writes_bucket{le=\"2\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("_writes_bucket{le=\"4\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("_writes_bucket{le=\"1024\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("_writes_bucket{le=\"+Inf\"} 4\n"));
    EXPECT_THAT(text, HasSubstr("_writes_sum 5006\n"));
    EXPECT_THAT(text, HasSubstr("_writes_count 4\n"));
}

TEST(Metrics, ShowsTimesInSeconds) {
    Metrics metrics;
    metrics.histogram(Metric::claim_delay).observe(Duration{1'250});
    metrics.gauge(Metric::process_start_time).set(Duration{1'767'225'600'123'456});

    const auto text = metrics.text();

    EXPECT_THAT(text, HasSubstr("attune_execution_claim_delay_seconds_bucket{le=\"0.001\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("attune_execution_claim_delay_seconds_bucket{le=\"0.0025\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("attune_execution_claim_delay_seconds_sum 0.00125\n"));
    EXPECT_THAT(text, HasSubstr("process_start_time_seconds 1767225600.123456\n"));
}

TEST(Metrics, CountsTimesOfAClockThatWentBackAsNone) {
    Metrics metrics;
    metrics.histogram(Metric::claim_delay).observe(Duration{-5});

    EXPECT_THAT(metrics.text(), HasSubstr("attune_execution_claim_delay_seconds_sum 0\n"));
    EXPECT_EQ(metrics.histogram(Metric::claim_delay).in_bucket(0), 1U);
}

TEST(Metrics, EscapesTheValuesOfLabels) {
    Exposition out;
    out.sample(Metric::build_info, {{"version", "a\"b\\c\nd"}}, 1);

    EXPECT_THAT(out.text(), HasSubstr("attune_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Metrics, PutsTheSamplesOfOneMetricTogether) {
    Metrics metrics;
    metrics.counter(Metric::events_decided);
    metrics.collect([](Exposition& out) { out.sample(Metric::loop_delay, {{"loop", "flow"}}, 1'000); });

    const auto text =
        metrics.text([](Exposition& out) { out.sample(Metric::loop_delay, {{"loop", "timers"}}, 2'000); });

    EXPECT_THAT(text, HasSubstr("# TYPE attune_loop_delay_seconds gauge\n"
                                "attune_loop_delay_seconds{loop=\"flow\"} 0.001\n"
                                "attune_loop_delay_seconds{loop=\"timers\"} 0.002\n"));
}

TEST(Metrics, LosesNothingThatThreadsCountAtOnce) {
    Metrics metrics;
    auto& counter = metrics.counter(Metric::events_decided);
    auto& histogram = metrics.histogram(Metric::claim_delay);
    constexpr int kTimes = 10'000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < kTimes; ++n) {
                counter.add();
                histogram.observe(Duration{n});
            }
        });
    }
    for (auto& thread : threads) thread.join();

    EXPECT_EQ(counter.value(), 4U * kTimes);
    EXPECT_EQ(histogram.count(), 4U * kTimes);
    EXPECT_EQ(histogram.sum(), 4LL * kTimes * (kTimes - 1) / 2);
}

// The naming rules of https://prometheus.io/docs/practices/naming/ and of the text format.
TEST(MetricTable, NamesMetricsAsPrometheusDoes) {
    std::set<std::string_view> names;
    for (const auto& spec : metric_table()) {
        EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
        EXPECT_EQ(spec.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << spec.name;
        EXPECT_TRUE(spec.name.starts_with("attune_") || spec.name.starts_with("process_")) << spec.name;
        EXPECT_EQ(spec.name.ends_with("_total"), spec.kind == MetricKind::counter) << spec.name;
        EXPECT_TRUE(spec.help.ends_with('.') || spec.help.ends_with(')')) << spec.name;
        EXPECT_FALSE(spec.kind == MetricKind::histogram && !spec.label.empty()) << spec.name << " is too much";
        for (const auto reserved : {"_count", "_sum", "_bucket"}) EXPECT_FALSE(spec.name.ends_with(reserved));
    }
}

} // namespace
} // namespace attune
