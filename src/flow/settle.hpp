#pragma once
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "flow/effects.hpp"
#include "flow/secrets.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// One execution that this transaction has just brought to its end, and what its end brings with it. What it refers to
/// lives until settle() returns.
struct Ending {
    ExecutionId id;
    std::string action_ref;
    ExecutionStatus status = ExecutionStatus::completed;
    std::optional<RuleId> overlap_rule = {}; ///< another run of it may wait for this one
    std::span<const OutputChunk> output = {};
    std::span<const SealedValue> secrets = {}; ///< of its result
    const Execution* retry = nullptr;          ///< to be inserted, when it is tried again
    std::optional<Event> alert = {};           ///< to be recorded, when somebody is told
};

/// Does all that follows from the end of executions, whoever ended them: the list of consequences is in settle.cpp.
/// Every function that writes a final state calls this in the same transaction. `writer`: any number that tells those
/// apart who end executions at the same time, such as the worker's id (see Endings in tally.hpp).
Result<Effects> settle(Session& session, std::span<const Ending> endings, std::int64_t writer = 0);

/// The names of the consequences, in the order in which they are done.
std::vector<std::string_view> consequences();

} // namespace attune::flow
