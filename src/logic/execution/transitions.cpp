#include "logic/execution/transitions.hpp"

#include <array>

namespace attune::logic::execution {
namespace {

using enum ExecutionStatus;

struct State {
    ExecutionStatus status;
    Phase phase;
    StatusSet next;
};

constexpr std::array kStates{
    State{requested, Phase::pending, {scheduling, scheduled, cancelled, failed}},
    State{scheduling, Phase::pending, {scheduled, requested, running, failed, cancelled}},
    // What needs no process goes from its claim to the end in one write.
    State{scheduled, Phase::claimable, {running, cancelled, failed, completed}},
    State{running, Phase::started, {completed, failed, canceling, cancelled, timeout, abandoned}},
    State{canceling, Phase::started, {cancelled, abandoned}},
    State{completed, Phase::over, {}},
    State{failed, Phase::over, {}},
    State{cancelled, Phase::over, {}},
    State{timeout, Phase::over, {}},
    State{abandoned, Phase::over, {}},
};
constexpr StatusSet kFirst{requested, scheduled};

constexpr const State& state_of(ExecutionStatus status) {
    for (const auto& one : kStates) {
        if (one.status == status) return one;
    }
    return kStates.back();
}

} // namespace

std::vector<ExecutionStatus> StatusSet::members() const {
    std::vector<ExecutionStatus> out;
    for (const auto name : enum_names<ExecutionStatus>()) {
        const auto status = *parse_enum<ExecutionStatus>(name);
        if (contains(status)) out.push_back(status);
    }
    return out;
}

Phase phase_of(ExecutionStatus status) {
    return state_of(status).phase;
}

StatusSet in(std::initializer_list<Phase> phases) {
    StatusSet out;
    for (const auto& one : kStates) {
        for (const auto phase : phases) {
            if (one.phase == phase) out = out | StatusSet{one.status};
        }
    }
    return out;
}

StatusSet before(ExecutionStatus to) {
    StatusSet out;
    for (const auto& one : kStates) {
        if (one.next.contains(to)) out = out | StatusSet{one.status};
    }
    return out;
}

bool may_become(ExecutionStatus from, ExecutionStatus to) {
    return state_of(from).next.contains(to);
}

Result<void> check_change(ExecutionStatus from, ExecutionStatus to) {
    if (may_become(from, to)) return {};
    return Error{Errc::internal, fmt::format("no execution goes from {} to {}", enum_name(from), enum_name(to))};
}

Result<void> check_birth(ExecutionStatus status) {
    if (kFirst.contains(status)) return {};
    return Error{Errc::internal, fmt::format("no execution begins as {}", enum_name(status))};
}

} // namespace attune::logic::execution
