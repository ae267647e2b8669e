#include "adapters/subprocess/leftovers.hpp"

#include "adapters/subprocess/test_run.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <set>

namespace attune::adapters::subprocess {
namespace {

/// Leaves a process behind, as a server that was killed does.
pid_t leave_running(const std::string& instance, const std::string& worker, const std::string& execution) {
    asio::io_context loop;
    const auto runner = make_process_runner(loop.get_executor());
    std::string out;
    const auto work = [&]() -> task<void> {
        ProcessSpec spec{.argv = {"/bin/sh", "-c", "setsid sleep 60 >/dev/null 2>&1 & echo $!"},
                         .environment = {{"PATH", "/usr/bin:/bin"},
                                         {"ATTUNE_INSTANCE_ID", instance},
                                         {"ATTUNE_WORKER", worker},
                                         {"ATTUNE_EXEC_ID", execution}}};
        ProcessRunner::Watch watch;
        watch.output = [&](OutputStream, std::string_view text) { out += text; };
        auto ignored = co_await runner->run(std::move(spec), std::move(watch));
    };
    run_to_end(loop, work());
    return static_cast<pid_t>(std::stol(out));
}

TEST(EndLeftovers, EndsOnlyTheRecoveredExecutionsOfThisWorker) {
    const auto instance = fmt::format("test-{}", ::getpid());
    const auto recovered = leave_running(instance, "w1", "7");
    const auto again = leave_running(instance, "w1", "8");
    const std::vector<pid_t> others{leave_running(instance, "w1", "9"), leave_running(instance, "w2", "7"),
                                    leave_running("other-" + instance, "w1", "7"), leave_running(instance, "w1", "7x")};
    // The processes have their own environment only once they run their program.
    ASSERT_TRUE(eventually([&] { return read_environment(others.back())->find("7x") != std::string::npos; }));

    const auto ended = end_leftovers(instance, "w1", [](std::int64_t id) { return id == 7 || id == 8; });

    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(*ended, 2);
    EXPECT_FALSE(is_running(recovered));
    EXPECT_FALSE(is_running(again));
    for (const auto pid : others) {
        EXPECT_TRUE(is_running(pid));
        ::kill(pid, SIGKILL);
    }
    EXPECT_EQ(*end_leftovers(instance, "w1", [](std::int64_t) { return false; }), 0);
}

TEST(FindVariable, MatchesWholeNames) {
    const std::string_view block("AB=1\0A=2\0A=3\0", 13);

    EXPECT_EQ(find_variable(block, "A"), "2");
    EXPECT_EQ(find_variable(block, "AB"), "1");
    EXPECT_EQ(find_variable(block, "B"), std::nullopt);
}

} // namespace
} // namespace attune::adapters::subprocess
