#include "adapters/subprocess/process_runner.hpp"

#include "adapters/subprocess/child_process.hpp"
#include "adapters/subprocess/children.hpp"
#include "adapters/subprocess/system_error.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <csignal>
#include <sys/prctl.h>

namespace attune::adapters::subprocess {
namespace {

/// True when `second` was set, false when `first` was.
task<bool> either(Signal& first, Signal& second) {
    using namespace asio::experimental::awaitable_operators;
    std::exception_ptr failure;
    try {
        const auto winner = co_await (first.wait() || second.wait());
        co_return winner.index() == 1;
    } catch (...) {
        failure = std::current_exception();
    }
    // Both waits end together when the awaiter is cancelled, which the operator tells in a type of its own.
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (cancelled.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    std::rethrow_exception(failure);
}

/// Kills the program when its awaiter ends before it.
struct AbandonUnlessFinished {
    ChildProcess& child;
    explicit AbandonUnlessFinished(ChildProcess& of) : child(of) {}
    AbandonUnlessFinished(const AbandonUnlessFinished&) = delete;
    AbandonUnlessFinished& operator=(const AbandonUnlessFinished&) = delete;
    ~AbandonUnlessFinished() { child.abandon(); }
};

class Runner : public ProcessRunner {
public:
    Runner(asio::any_io_executor loop, Options options)
        : loop_(std::move(loop)), state_(std::make_shared<RunnerState>()) {
        state_->options = std::move(options);
    }
    ~Runner() override { state_->spawner.stop(); }
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    task<Result<ProcessExit>> run(ProcessSpec spec, Watch watch) override {
        auto* stop = watch.stop;
        const auto child = std::make_shared<ChildProcess>(state_, loop_, std::move(spec), std::move(watch));
        const AbandonUnlessFinished guard(*child);
        child->start();
        while (!child->is_finished()) {
            if (stop == nullptr) {
                co_await child->finished().wait();
            } else if (co_await either(child->finished(), *stop)) {
                child->stop();
                stop = nullptr;
            }
        }
        co_return child->take_outcome();
    }

private:
    asio::any_io_executor loop_;
    std::shared_ptr<RunnerState> state_;
};

} // namespace

std::unique_ptr<ProcessRunner> make_process_runner(asio::any_io_executor loop, Options options) {
    struct sigaction action{};
    ::sigaction(SIGPIPE, nullptr, &action);
    if (action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        ::sigaction(SIGPIPE, &action, nullptr);
    }
    return std::make_unique<Runner>(std::move(loop), std::move(options));
}

Result<void> become_subreaper() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        return system_error(Errc::unavailable, "cannot become the parent of orphaned processes");
    }
    children::adopt();
    return {};
}

} // namespace attune::adapters::subprocess
