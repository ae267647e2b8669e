#include "support/world_database.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace attune::test {

WorldDatabase::WorldDatabase(std::uint64_t seed)
    : connection_(*sqlite::Connection::open(":memory:", {})), random_(seed) {}

bool WorldDatabase::chance(double probability) {
    return probability > 0 && std::uniform_real_distribution<>(0, 1)(random_) < probability;
}

/// Lets others run first, a seeded number of times.
task<void> WorldDatabase::yield() {
    for (auto n = random_() % 3 + 1; n > 0; --n)
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

Result<void> WorldDatabase::transact(Unit& unit, bool keep) {
    CHECK(connection_->control("begin immediate"));
    auto outcome = unit(*connection_);
    CHECK(connection_->control(outcome && keep ? "commit" : "rollback"));
    return outcome;
}

task<Result<void>> WorldDatabase::submit_read(Unit unit) {
    co_await yield();
    if (chance(faults.unavailable)) co_return Error{Errc::unavailable, "injected: the database is away"};
    auto outcome = transact(unit, false);
    if (const auto call = std::exchange(after_read, {})) call();
    co_await yield();
    co_return outcome;
}

task<Result<void>> WorldDatabase::submit_write(WriteOptions, Unit unit) {
    co_await yield();
    if (chance(faults.unavailable)) co_return Error{Errc::unavailable, "injected: the database is away"};
    ++writes;
    if (const auto call = std::exchange(before_write, {})) call();
    if (chance(faults.run_twice)) (void)transact(unit, false);
    auto outcome = transact(unit, true);
    co_await yield();
    if (outcome && chance(faults.lost_answer)) co_return Error{Errc::unavailable, "injected: the answer was lost"};
    co_return outcome;
}

Result<void> WorldDatabase::run_blocking(Unit unit) {
    return transact(unit, true);
}

} // namespace attune::test
