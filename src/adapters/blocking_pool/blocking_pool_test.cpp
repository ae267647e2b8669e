#include "adapters/blocking_pool/blocking_pool.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace attune {
namespace {

TEST(BlockingPool, WorksElsewhereAndResumesOnTheCallersLoop) {
    asio::io_context loop;
    const auto pool = make_blocking_pool(2, 10);
    std::thread::id worked_on;
    std::thread::id resumed_on;
    int answer = 0;
    const auto caller = [&]() -> task<void> {
        const auto work = [&]() -> Result<int> {
            worked_on = std::this_thread::get_id();
            return 42;
        };
        const auto result = co_await pool->run(work);
        resumed_on = std::this_thread::get_id();
        answer = result ? *result : -1;
    };
    asio::co_spawn(loop, caller(), asio::detached);

    loop.run();

    EXPECT_EQ(answer, 42);
    EXPECT_NE(worked_on, std::this_thread::get_id());
    EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

TEST(BlockingPool, RefusesWorkBeyondItsBoundAndTakesItAgainLater) {
    asio::io_context loop;
    const auto pool = make_blocking_pool(1, 1);
    std::promise<void> gate;
    const auto opened = gate.get_future().share();
    int done = 0;
    int refused = 0;
    const auto caller = [&]() -> task<void> {
        const auto work = [&]() -> Result<int> {
            opened.wait();
            return 1;
        };
        const auto result = co_await pool->run(work);
        if (result) ++done;
        if (!result && result.error().code == Errc::too_many) ++refused;
    };
    for (int i = 0; i < 5; ++i) asio::co_spawn(loop, caller(), asio::detached);

    loop.poll();
    EXPECT_EQ(refused, 3);
    gate.set_value();
    loop.run();
    EXPECT_EQ(done, 2);

    loop.restart();
    asio::co_spawn(loop, caller(), asio::detached);
    loop.run();
    EXPECT_EQ(done, 3);
}

TEST(BlockingPool, FinishesTheWorkOfACallerThatWasCancelled) {
    asio::io_context loop;
    const auto pool = make_blocking_pool(1, 1);
    std::promise<void> gate;
    const auto opened = gate.get_future().share();
    asio::cancellation_signal cancel;
    bool finished = false;
    const auto caller = [&]() -> task<void> {
        int on_the_frame = 0;
        const auto work = [&]() -> Result<int> {
            opened.wait();
            return on_the_frame = 7;
        };
        const auto result = co_await pool->run(work);
        finished = result && on_the_frame == 7;
    };
    asio::co_spawn(loop, caller(), asio::bind_cancellation_slot(cancel.slot(), [](const std::exception_ptr&) {}));
    loop.poll();
    cancel.emit(asio::cancellation_type::terminal);
    loop.poll();
    EXPECT_FALSE(finished);
    gate.set_value();

    loop.run();

    EXPECT_TRUE(finished);
}

TEST(BlockingPool, HandsAnExceptionToItsCaller) {
    asio::io_context loop;
    const auto pool = make_blocking_pool(1, 0);
    int thrown = 0;
    const auto caller = [&]() -> task<void> {
        const auto work = []() -> Result<int> { throw std::runtime_error("defect"); };
        auto ignored = co_await pool->run(work);
    };
    for (int i = 0; i < 3; ++i) { // one at a time: each leaves its place free again
        asio::co_spawn(loop, caller(), [&](const std::exception_ptr& failure) { thrown += failure ? 1 : 0; });
        loop.restart();
        loop.run();
    }

    EXPECT_EQ(thrown, 3);
}

} // namespace
} // namespace attune
