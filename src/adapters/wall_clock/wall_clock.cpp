#include "adapters/wall_clock/wall_clock.hpp"

#include "runtime/sleep_queue.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <ctime>
#include <sys/timerfd.h>
#include <unistd.h>

namespace attune {
namespace {

class WallClock final : public Clock {
public:
    explicit WallClock(asio::any_io_executor loop) : timer_(loop) {
        const int descriptor = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        ATTUNE_ASSERT(descriptor >= 0);
        timer_.assign(descriptor);
    }

    Timestamp now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

    Duration monotonic() const override {
        // Unlike std::steady_clock, also counts while the machine sleeps: then the time of day has not jumped.
        timespec at{};
        ::clock_gettime(CLOCK_BOOTTIME, &at);
        return std::chrono::duration_cast<Duration>(std::chrono::seconds{at.tv_sec} +
                                                    std::chrono::nanoseconds{at.tv_nsec});
    }

    task<bool> wait_until(Timestamp due, Signal* interrupt) override {
        if (due <= now()) {
            if (interrupt != nullptr) interrupt->take();
            co_return true;
        }
        const StopListening when_last{*this};
        co_return co_await sleepers_.wait(due, interrupt, [this] { arm(); });
    }

private:
    /// However a wait ends, by cancellation too: when nobody sleeps, the loop may end if it has nothing else to do.
    struct StopListening {
        WallClock& clock;
        ~StopListening() {
            boost::system::error_code ignored;
            if (clock.sleepers_.size() == 0 && std::exchange(clock.listening_, false)) clock.timer_.cancel(ignored);
        }
    };

    /// Sets the timer to the first sleeper, and listens to it while there are sleepers.
    void arm() {
        const auto due = sleepers_.next_due();
        if (!due) return;
        const auto since_epoch = due->time_since_epoch().count();
        itimerspec spec{};
        spec.it_value.tv_sec = since_epoch / 1'000'000;
        spec.it_value.tv_nsec = since_epoch % 1'000'000 * 1000;
        if (spec.it_value.tv_sec <= 0) spec.it_value = {0, 1};
        constexpr int kFlags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        if (::timerfd_settime(timer_.native_handle(), kFlags, &spec, nullptr) != 0) {
            // The clock was stepped since the timer was set last, and this call alone tells of it. The timer is set.
            ATTUNE_ASSERT(errno == ECANCELED);
            sleepers_.wake_all();
            return;
        }
        if (listening_) return;
        listening_ = true;
        timer_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& failure) {
            if (failure == asio::error::operation_aborted) return;
            listening_ = false;
            on_timer();
        });
    }

    void on_timer() {
        std::uint64_t expirations = 0;
        const auto got = ::read(timer_.native_handle(), &expirations, sizeof expirations);
        if (got < 0 && errno == ECANCELED) {
            sleepers_.wake_all(); // the clock was stepped
            return;
        }
        sleepers_.wake_due(now());
        arm();
    }

    asio::posix::stream_descriptor timer_;
    SleepQueue sleepers_;
    bool listening_ = false;
};

} // namespace

std::unique_ptr<Clock> make_wall_clock(asio::any_io_executor loop) {
    return std::make_unique<WallClock>(std::move(loop));
}

} // namespace attune
