#pragma once
#include "adapters/sqlite/connection.hpp"
#include "storage/database.hpp"

#include <functional>
#include <random>

namespace attune::test {

/// A real SQLite database in memory that runs on the loop's own thread: awaiters yield before and after. `faults` make
/// it behave badly within its contract.
class WorldDatabase final : public Database {
public:
    explicit WorldDatabase(std::uint64_t seed);

    std::optional<std::string> trouble() const override { return std::nullopt; }
    sqlite::Connection& connection() { return *connection_; }

    struct Faults {
        double run_twice = 0;   ///< the unit is rolled back once and run again
        double lost_answer = 0; ///< committed, and the caller is told `unavailable`
        double unavailable = 0; ///< not run
    };
    Faults faults;
    std::int64_t writes = 0;
    std::function<void()> before_write; ///< called once, when the next write is about to run
    std::function<void()> after_read;   ///< called once, when the next read is made and its answer on its way

protected:
    task<Result<void>> submit_read(Unit unit) override;
    task<Result<void>> submit_write(WriteOptions options, Unit unit) override;
    Result<void> run_blocking(Unit unit) override;

private:
    Result<void> transact(Unit& unit, bool keep);
    bool chance(double probability);
    task<void> yield();

    std::unique_ptr<sqlite::Connection> connection_;
    std::mt19937_64 random_;
};

} // namespace attune::test
