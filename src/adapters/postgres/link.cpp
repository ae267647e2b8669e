#include "adapters/postgres/link.hpp"

#include <algorithm>
#include <thread>

namespace attune::postgres {
namespace {

constexpr Duration kFirstPause = 100ms;
constexpr Duration kLongestPause = 5s;

} // namespace

Result<Connection*> Link::get() {
    if (connection_ && !connection_->is_lost()) return connection_.get();
    connection_.reset();
    const auto now = std::chrono::steady_clock::now();
    if (now < next_try_) return Error{Errc::unavailable, reason_};
    auto opened = Connection::open(options_);
    (opened ? opened_ : failures_).add();
    if (opened) {
        pause_ = {};
        connection_ = *std::move(opened);
        return connection_.get();
    }
    reason_ = opened.error().message;
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    next_try_ = std::chrono::steady_clock::now() + pause_;
    return std::move(opened).error();
}

Result<Connection*> Link::begin(const char* begin) {
    for (int attempt = 1;; ++attempt) {
        TRY(auto* connection, get());
        auto begun = connection->control(begin);
        if (begun) return connection;
        if (!connection->is_lost() || attempt == 2) return std::move(begun).error();
    }
}

void Link::stagger(Duration most) {
    std::uniform_int_distribution<std::int64_t> part(0, most.count());
    std::this_thread::sleep_for(Duration{part(random_)});
}

} // namespace attune::postgres
