#include "runtime/signal.hpp"

#include "runtime/signal_state.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune {

Signal::Signal(asio::any_io_executor loop) : state_(std::make_shared<State>(std::move(loop))) {}

Signal::~Signal() {
    state_->parked.cancel();
}

void Signal::set() {
    state_->set = true;
    state_->parked.cancel();
}

void Signal::post_set() {
    if (state_->posted.exchange(true)) return;
    asio::post(state_->loop, [state = state_] {
        state->posted = false;
        state->set = true;
        state->parked.cancel();
    });
}

bool Signal::take() {
    return std::exchange(state_->set, false);
}

task<void> Signal::wait() {
    const auto state = state_;
    while (!std::exchange(state->set, false)) {
        boost::system::error_code
            ignored; // cancelled by set(): look again; cancelled from outside: the next await throws
        co_await state->parked.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
}

asio::any_io_executor Signal::loop() const {
    return state_->loop;
}

} // namespace attune
