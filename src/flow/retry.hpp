#pragma once
#include "domain/action.hpp"
#include "domain/execution.hpp"

namespace attune::flow {

/// The execution that tries `failed` again, or nothing when it has had all its tries. A retry is a new row: it names
/// the first attempt, and comes due after a growing, jittered pause.
std::optional<Execution> make_retry(const Execution& failed, std::string_view reason, ExecutionId id, Timestamp now,
                                    double jitter01);

/// Whether make_retry() would give one.
bool may_retry(const Execution& failed);

} // namespace attune::flow
