#pragma once
#include "base/result.hpp"
#include "domain/execution.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

/// An execution's life: how one begins, which states it passes through, how it ends. Pure.
namespace attune::logic::execution {

/// Some of the states.
class StatusSet {
public:
    constexpr StatusSet() = default;
    constexpr StatusSet(std::initializer_list<ExecutionStatus> of) {
        for (const auto one : of) bits_ |= bit(one);
    }
    constexpr bool contains(ExecutionStatus status) const { return (bits_ & bit(status)) != 0; }
    constexpr StatusSet operator|(StatusSet other) const { return StatusSet(bits_ | other.bits_); }
    constexpr StatusSet operator&(StatusSet other) const { return StatusSet(bits_ & other.bits_); }
    constexpr bool operator==(const StatusSet&) const = default;
    /// In the order of the enumeration.
    std::vector<ExecutionStatus> members() const;

private:
    constexpr explicit StatusSet(std::uint32_t bits) : bits_(bits) {}
    static constexpr std::uint32_t bit(ExecutionStatus status) {
        return std::uint32_t{1} << static_cast<unsigned>(status);
    }
    std::uint32_t bits_ = 0;
};

/// How far an execution is. A retry's pause and a run that waits for another one are `pending`.
enum class Phase : std::uint8_t {
    pending,   ///< not admitted
    claimable, ///< a worker may take it, or has taken it and not started
    started,   ///< a process runs, or is about to
    over,      ///< nothing changes any more
};
Phase phase_of(ExecutionStatus status);

/// The states of these phases.
StatusSet in(std::initializer_list<Phase> phases);
inline StatusSet unfinished() {
    return in({Phase::pending, Phase::claimable, Phase::started});
}
inline StatusSet ended() {
    return in({Phase::over});
}
inline StatusSet unstarted() {
    return in({Phase::pending, Phase::claimable});
}
/// Those in which a worker may hold an execution.
inline StatusSet holdable() {
    return in({Phase::claimable, Phase::started});
}

/// The states that go to this one by an edge of the table (docs/architecture/execution-states.md).
StatusSet before(ExecutionStatus to);

/// Whether the table has this edge.
bool may_become(ExecutionStatus from, ExecutionStatus to);
/// Errors: `internal` when it has not.
Result<void> check_change(ExecutionStatus from, ExecutionStatus to);
/// Errors: `internal` for a state in which no execution begins.
Result<void> check_birth(ExecutionStatus status);

} // namespace attune::logic::execution
