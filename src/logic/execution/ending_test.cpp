#include "logic/execution/ending.hpp"

#include <gtest/gtest.h>

namespace attune::logic::execution {
namespace {

const Timestamp kNow = *parse_timestamp("2026-01-01T00:00:00.000000Z");

TEST(Endings, OfACancelledProcessKeepWhatItSaid) {
    EXPECT_EQ(
        as_cancelled(json::object{{"succeeded", true}, {"exit_code", 0}}),
        (json::object{
            {"succeeded", false}, {"exit_code", 0}, {"cancelled", true}, {"error", "Execution cancelled by user"}}));
    EXPECT_EQ(as_cancelled(json::object{{"error", "it broke"}}).at("error"), "it broke");
    EXPECT_EQ(as_cancelled(json::value(nullptr)), json::value(nullptr));
}

TEST(Endings, OfALostWorkerNameItAndTheState) {
    Worker worker;
    worker.name = "box";
    worker.last_heartbeat = kNow - 12s;
    Execution execution;
    execution.status = ExecutionStatus::running;

    const auto result = lost_with(worker, execution, kNow);

    EXPECT_EQ(result.at("succeeded"), false);
    EXPECT_EQ(result.at("original_status"), "running");
    EXPECT_EQ(result.at("worker").at("name"), "box");
    EXPECT_EQ(result.at("worker").at("heartbeat_age_seconds"), 12);
}

TEST(Endings, OfWhatNobodyCouldRunSayWhy) {
    Execution execution;
    execution.action_ref = "demo.greet";

    const auto result = unschedulable(execution, "no worker is live", kNow);

    EXPECT_EQ(result.at("message"), "no worker is live");
    EXPECT_EQ(result.at("action_ref"), "demo.greet");
    EXPECT_EQ(result.at("failed_at"), "2026-01-01T00:00:00.000000Z");
}

} // namespace
} // namespace attune::logic::execution
