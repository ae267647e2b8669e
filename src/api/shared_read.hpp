#pragma once
#include "runtime/clock.hpp"
#include "runtime/service_group.hpp"
#include "storage/database.hpp"

#include <algorithm>
#include <functional>

namespace attune::api {

/// One read of the database that everybody who asks at the same time shares, and waits for no longer than `patience`: a
/// database that hangs must not hang those who ask about it. Lives on the group's loop; outlives its coroutines.
template <class T>
class SharedRead {
public:
    using Function = std::function<Result<T>(Session&)>;

    SharedRead(Database& db, Clock& clock, ServiceGroup& group, Duration patience, Function function)
        : db_(db), clock_(clock), group_(group), patience_(patience), function_(std::move(function)) {}

    /// Errors: those of the read; `timeout` when the database has not answered for long enough.
    task<Result<T>> get() {
        const auto round = rounds_; // before the read: it may be over at once
        if (!reading_) {
            if (group_.is_stopping()) co_return Error{Errc::unavailable, "the server is stopping"};
            reading_ = true;
            since_ = clock_.monotonic();
            group_.spawn_once("look at the database", read());
        }
        Signal answered(co_await asio::this_coro::executor);
        const Waiting waiting(waiting_, answered);
        const auto limit = clock_.now() + patience_;
        while (rounds_ == round && clock_.now() < limit) co_await clock_.wait_until(limit, &answered);
        if (rounds_ != round) co_return *last_;
        const auto silent = std::chrono::floor<std::chrono::seconds>(clock_.monotonic() - since_);
        co_return Error{Errc::timeout, fmt::format("the database has not answered for {}", format_duration(silent))};
    }

private:
    class Waiting {
    public:
        Waiting(std::vector<Signal*>& all, Signal& own) : all_(all), own_(own) { all_.push_back(&own_); }
        ~Waiting() { std::erase(all_, &own_); }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

    private:
        std::vector<Signal*>& all_;
        Signal& own_;
    };

    task<void> read() {
        last_ = co_await db_.read(function_);
        reading_ = false;
        ++rounds_;
        for (auto* one : waiting_) one->set();
    }

    Database& db_;
    Clock& clock_;
    ServiceGroup& group_;
    const Duration patience_;
    const Function function_;
    bool reading_ = false;
    Duration since_{};         ///< when the read under way began, monotonic
    std::uint64_t rounds_ = 0; ///< reads that have ended
    std::optional<Result<T>> last_;
    std::vector<Signal*> waiting_;
};

} // namespace attune::api
