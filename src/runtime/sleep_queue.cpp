#include "runtime/sleep_queue.hpp"

#include "runtime/signal_state.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune {

struct SleepQueue::Sleeper {
    enum class Woken { no, due, stepped } woken = Woken::no;
    asio::steady_timer* parked = nullptr;
};

namespace {

/// Takes the sleeper out of the queue however its coroutine ends.
template <class Map>
struct Registration {
    Map& map;
    typename Map::iterator at;
    bool active = true;
    ~Registration() {
        if (active) map.erase(at);
    }
};

} // namespace

task<bool> SleepQueue::wait(Timestamp due, Signal* interrupt, std::function<void()> on_earlier) {
    if (interrupt != nullptr && interrupt->take()) co_return false;
    Signal own(co_await asio::this_coro::executor);
    const auto state = interrupt != nullptr ? interrupt->state_ : own.state_;

    Sleeper sleeper;
    sleeper.parked = &state->parked;
    Registration<std::multimap<Timestamp, Sleeper*>> entry{sleepers_, sleepers_.emplace(due, &sleeper)};
    if (entry.at == sleepers_.begin() && on_earlier) on_earlier();
    for (;;) {
        boost::system::error_code ignored;
        co_await state->parked.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (sleeper.woken != Sleeper::Woken::no) {
            entry.active = false; // wake_first() took it out
            co_return sleeper.woken == Sleeper::Woken::due;
        }
        if (interrupt != nullptr && interrupt->take()) co_return false;
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
}

std::optional<Timestamp> SleepQueue::next_due() const {
    if (sleepers_.empty()) return std::nullopt;
    return sleepers_.begin()->first;
}

bool SleepQueue::wake_first() {
    if (sleepers_.empty()) return false;
    auto* sleeper = sleepers_.begin()->second;
    sleepers_.erase(sleepers_.begin());
    sleeper->woken = Sleeper::Woken::due;
    sleeper->parked->cancel();
    return true;
}

bool SleepQueue::wake_one(Timestamp now) {
    return !sleepers_.empty() && sleepers_.begin()->first <= now && wake_first();
}

void SleepQueue::wake_due(Timestamp now) {
    while (wake_one(now)) {}
}

void SleepQueue::wake_all() {
    for (auto& [due, sleeper] : sleepers_) {
        sleeper->woken = Sleeper::Woken::stepped;
        sleeper->parked->cancel();
    }
    sleepers_.clear();
}

} // namespace attune
