#include "adapters/postgres/readers.hpp"

namespace attune::postgres {
namespace {

Result<void> run_once(Link& link, Database::Unit& unit, bool& was_lost) {
    TRY(auto* connection, link.begin("begin isolation level repeatable read read only"));
    auto outcome = unit(*connection);
    auto ended = connection->control("rollback");
    was_lost = connection->is_lost();
    if (outcome && !ended) return ended;
    return outcome;
}

Result<void> run_reading(Link& link, Database::Unit& unit) {
    bool was_lost = false;
    auto outcome = run_once(link, unit, was_lost);
    if (outcome || !was_lost) return outcome;
    return run_once(link, unit, was_lost);
}

} // namespace

Readers::Readers(const Connection::Options& connection, const Options& options)
    : queue_limit_(options.queue_limit), wait_(options.metrics->histogram(Metric::database_read_wait)) {
    for (int i = 0; i < options.readers; ++i) links_.emplace_back(connection, *options.metrics);
    for (auto& link : links_) threads_.emplace_back([this, &link] { work(link); });
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

void Readers::work(Link& link) {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
        if (waiting_.empty()) return;
        auto pending = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        wait_.observe(std::chrono::floor<Duration>(std::chrono::steady_clock::now() - pending.submitted));
        std::vector<driver::Answer> answer;
        answer.push_back({std::move(pending.completion), run_reading(link, pending.unit)});
        driver::complete_all(std::move(answer));
        pending = {};
        lock.lock();
    }
}

} // namespace attune::postgres
