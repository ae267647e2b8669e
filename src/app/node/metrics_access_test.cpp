#include "app/node/metrics_access.hpp"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

using api::MetricsAccess;

TEST(MetricsAccess, IsForEverybodyOnThisMachineAndWithAGrantBeyond) {
    const Settings settings;
    for (const auto* host : {"127.0.0.1", "127.0.0.2", "localhost", "::1"})
        EXPECT_EQ(metrics_access(settings, host), MetricsAccess::everybody) << host;
    for (const auto* host : {"0.0.0.0", "::", "10.0.0.5", "attune.example.org"})
        EXPECT_EQ(metrics_access(settings, host), MetricsAccess::with_grant) << host;
}

TEST(MetricsAccess, IsAsTheSettingsSayWhereverTheServerListens) {
    Settings settings;
    settings.metrics.login = MetricsLogin::always;
    EXPECT_EQ(metrics_access(settings, "127.0.0.1"), MetricsAccess::with_grant);
    settings.metrics.login = MetricsLogin::never;
    EXPECT_EQ(metrics_access(settings, "0.0.0.0"), MetricsAccess::everybody);
    settings.metrics.enabled = false;
    EXPECT_EQ(metrics_access(settings, "127.0.0.1"), MetricsAccess::nobody);
}

} // namespace
} // namespace attune::app
