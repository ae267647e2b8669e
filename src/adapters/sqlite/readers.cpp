#include "adapters/sqlite/readers.hpp"

namespace attune::sqlite {

Result<void> run_reading(Connection& connection, Database::Unit& unit) {
    CHECK(connection.control("begin"));
    auto outcome = unit(connection);
    if (auto ended = connection.control("rollback"); !ended && outcome) return ended;
    return outcome;
}

Readers::Readers(std::vector<std::unique_ptr<Connection>> connections, std::size_t queue_limit, Histogram& wait)
    : connections_(std::move(connections)), queue_limit_(queue_limit), wait_(wait) {
    for (auto& connection : connections_) threads_.emplace_back([this, &connection] { work(*connection); });
}

Readers::~Readers() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

bool Readers::submit(Database::Unit unit, driver::Completion completion) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= queue_limit_ || stopping_) return false;
        waiting_.push_back({std::move(unit), std::move(completion), std::chrono::steady_clock::now()});
    }
    wake_.notify_one();
    return true;
}

void Readers::work(Connection& connection) {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
        if (waiting_.empty()) return;
        auto pending = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        wait_.observe(std::chrono::floor<Duration>(std::chrono::steady_clock::now() - pending.submitted));
        auto outcome = run_reading(connection, pending.unit);
        asio::post(pending.completion.loop, [resume = std::move(pending.completion.resume),
                                             outcome = std::move(outcome)]() mutable { resume(std::move(outcome)); });
        pending = {};
        lock.lock();
    }
}

} // namespace attune::sqlite
