#include "adapters/subprocess/process_runner.hpp"
#include "adapters/subprocess/test_run.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <csignal>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

namespace attune::adapters::subprocess {
namespace {

/// Runs a shell script that prints pids, and stops it when it has printed "ready".
class ProcessStopTest : public testing::Test {
protected:
    static void SetUpTestSuite() { ASSERT_TRUE(become_subreaper()); }

    static ProcessSpec shell(std::string code) {
        return {.argv = {"/bin/bash", "-c", std::move(code)},
                .environment = {{"PATH", "/usr/bin:/bin"},
                                {"ATTUNE_INSTANCE_ID", "stop-test"},
                                {"ATTUNE_EXEC_ID", std::to_string(::getpid())}}};
    }

    ProcessRunner::Watch watch() {
        ProcessRunner::Watch out;
        out.kill_after = 300ms;
        out.output = [this](OutputStream, std::string_view text) {
            output_ += text;
            if (output_.find("ready") != std::string::npos && !stopped_) {
                stopped_ = std::chrono::steady_clock::now();
                on_ready_();
            }
        };
        return out;
    }

    /// How it ended, after it was asked to stop.
    ProcessExit stop_when_ready(std::string code) {
        Signal stop(loop_.get_executor());
        on_ready_ = [&] { stop.set(); };
        Result<ProcessExit> exit = ProcessExit{};
        const auto work = [&]() -> task<void> {
            auto watching = watch();
            watching.stop = &stop;
            exit = co_await runner_->run(shell(code), std::move(watching));
        };
        run_to_end(loop_, work());
        took_ = std::chrono::steady_clock::now() - stopped_.value_or(std::chrono::steady_clock::time_point{});
        return exit ? *exit : ProcessExit{-99, 0};
    }

    /// The numbers that the script printed.
    std::vector<pid_t> printed_pids() const {
        std::istringstream words(output_);
        std::vector<pid_t> pids;
        for (std::string word; words >> word;) {
            if (word != "ready") pids.push_back(static_cast<pid_t>(std::stol(word)));
        }
        return pids;
    }

    void expect_all_gone(std::size_t count) const {
        EXPECT_EQ(printed_pids().size(), count) << output_;
        for (const auto pid : printed_pids()) EXPECT_FALSE(is_running(pid)) << pid;
    }

    asio::io_context loop_;
    std::unique_ptr<ProcessRunner> runner_ = make_process_runner(loop_.get_executor());
    std::function<void()> on_ready_;
    std::string output_;
    std::optional<std::chrono::steady_clock::time_point> stopped_;
    std::chrono::steady_clock::duration took_{};
};

TEST_F(ProcessStopTest, EndsAWillingProgramAtOnce) {
    const auto exit = stop_when_ready("echo ready; exec sleep 60");

    EXPECT_EQ(exit.signal, SIGTERM);
    EXPECT_LT(took_, 250ms);
}

TEST_F(ProcessStopTest, LetsAProgramCleanUp) {
    const auto exit = stop_when_ready("trap 'sleep 0.1; echo; echo 7; exit 5' TERM; echo ready; sleep 60 & wait");

    EXPECT_EQ(exit.exit_code, 5);
    EXPECT_EQ(printed_pids(), std::vector<pid_t>{7});
}

TEST_F(ProcessStopTest, KillsATreeThatIgnoresTheRequest) {
    const auto exit =
        stop_when_ready("trap '' TERM; bash -c 'sleep 60 & echo $! $$; wait' & sleep 0.2; echo ready; wait; sleep 60");

    EXPECT_EQ(exit.signal, SIGKILL);
    EXPECT_GE(took_, 300ms);
    EXPECT_LT(took_, 3s);
    expect_all_gone(2);
}

TEST_F(ProcessStopTest, GivesTheGroupItsGraceAfterTheLeaderHasGone) {
    const auto exit = stop_when_ready(
        "(trap 'sleep 0.1; echo; echo 7; exit' TERM; echo $BASHPID; sleep 60 & wait) & sleep 0.2; echo ready; wait");

    EXPECT_EQ(exit.signal, SIGTERM);
    EXPECT_EQ(printed_pids().size(), 2U);
    EXPECT_EQ(printed_pids().back(), 7);
}

TEST_F(ProcessStopTest, FindsAGrandchildInItsOwnSession) {
    stop_when_ready(
        "setsid bash -c 'trap \"\" TERM HUP; echo $$; sleep 60 & echo $!; echo ready; wait; sleep 60' & wait");

    expect_all_gone(2);
}

TEST_F(ProcessStopTest, FindsADaemonWhoseParentsHaveGone) {
    stop_when_ready("(setsid bash -c 'echo $$; trap \"\" TERM; sleep 60 & echo $!; echo ready; wait; sleep 60' "
                    ">&1 &) ; sleep 60");

    expect_all_gone(2);
}

TEST_F(ProcessStopTest, TakesAStopThatCameBeforeTheStart) {
    Signal stop(loop_.get_executor());
    stop.set();
    Result<ProcessExit> exit = ProcessExit{};
    const auto work = [&]() -> task<void> {
        auto watching = watch();
        watching.stop = &stop;
        exit = co_await runner_->run(shell("sleep 60"), std::move(watching));
    };

    run_to_end(loop_, work());

    EXPECT_EQ(exit->signal, SIGTERM);
}

TEST_F(ProcessStopTest, KillsTheTreeWhenItsAwaiterIsCancelled) {
    asio::cancellation_signal cancel;
    on_ready_ = [&] { cancel.emit(asio::cancellation_type::terminal); };
    bool was_cancelled = false;
    Signal never(loop_.get_executor());
    const auto work = [&]() -> task<void> {
        auto watching = watch();
        watching.stop = &never;
        auto ignored =
            co_await runner_->run(shell("trap '' TERM; setsid sleep 60 & echo $! $$ ready; wait"), std::move(watching));
    };
    asio::co_spawn(loop_, work(), asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& failure) {
                       try {
                           if (failure) std::rethrow_exception(failure);
                       } catch (const boost::system::system_error& error) {
                           was_cancelled = error.code() == asio::error::operation_aborted;
                       }
                   }));

    loop_.run();

    EXPECT_TRUE(was_cancelled);
    expect_all_gone(2);
    // Orphans that we adopted are reaped within about a second.
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (zombie_children() > 0 && std::chrono::steady_clock::now() < limit) ::usleep(10'000);
    EXPECT_EQ(zombie_children(), 0U);
}

TEST_F(ProcessStopTest, KillsAProgramCancelledWhileItIsMade) {
    asio::cancellation_signal cancel;
    const auto work = [&]() -> task<void> { auto ignored = co_await runner_->run(shell("sleep 61.25"), watch()); };
    asio::co_spawn(loop_, work(), asio::bind_cancellation_slot(cancel.slot(), [](const std::exception_ptr&) {}));
    loop_.poll_one();
    cancel.emit(asio::cancellation_type::terminal);

    loop_.run();

    EXPECT_TRUE(eventually([] {
        return std::ranges::none_of(list_processes(), [](const auto& process) { return process.parent == ::getpid(); });
    }));
}

TEST_F(ProcessStopTest, ReapsWhatItAdopted) {
    Result<ProcessExit> exit = ProcessExit{};
    const auto work = [&]() -> task<void> { exit = co_await runner_->run(shell("sleep 0.7 & echo $!"), watch()); };

    run_to_end(loop_, work());

    const auto pid = printed_pids().at(0);
    EXPECT_EQ(read_process(pid)->parent, ::getpid());
    EXPECT_TRUE(eventually([&] { return !read_process(pid); }));
}

TEST_F(ProcessStopTest, LeaksNoDescriptorWhenItStops) {
    stop_when_ready("echo ready; sleep 60");
    const auto before = open_descriptors();

    for (int i = 0; i < 5; ++i) {
        output_.clear();
        stopped_.reset();
        stop_when_ready("trap '' TERM; setsid sleep 60 & echo ready; wait");
    }

    // The spawner thread may still watch what an earlier test left.
    EXPECT_TRUE(eventually([&] { return open_descriptors() <= before; }));
}

} // namespace
} // namespace attune::adapters::subprocess
