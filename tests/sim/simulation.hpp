#pragma once
#include "support/world.hpp"

#include <map>
#include <random>
#include <set>

namespace attune::test {

/// One life of the whole system under everything that can go wrong, drawn from a seed: lost and doubled doorbells, a
/// database that answers late, twice or not at all, crashes at any moment, clocks that jump, people who cancel and
/// switch things off. The same seed gives the same life.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed);

    /// Lives through `steps` random operations.
    void run(int steps);
    /// Ends all faults, starts what is down and gives the system time to catch up.
    void heal();
    /// Switches every rule off, so that what is under way comes to its end.
    void quiesce();

    World world;
    std::set<ExecutionId> cancelled;         ///< somebody asked for their end in time
    std::set<std::string> toggled;           ///< refs of rules that were switched off and on
    std::vector<std::string> contradictions; ///< final states that changed afterwards, runs that overlapped

private:
    void make_definitions();
    void one_step();
    void crash_something();
    void restart_something();
    void execute_something();
    void cancel_something();
    void toggle_something();
    void step_clock();
    void change_faults();
    void watch_final_states();
    void watch_overlap();

    Role any_role() { return static_cast<Role>(pick(4)); }
    std::int64_t pick(std::int64_t below) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
    }

    std::mt19937_64 random_;
    std::vector<std::string> rules_;
    std::map<std::string, bool> enabled_;
    std::map<ExecutionId, std::string> final_;
    Duration went_back_{0};
};

} // namespace attune::test
