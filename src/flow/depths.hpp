#pragma once
#include "domain/execution.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Nothing is counted further than this, so that a backlog costs no more than a look at it.
constexpr std::int64_t kMostCounted = 100'000;

/// How much waits in the database, each up to kMostCounted. One look at partial indexes: history is not read.
struct Depths {
    struct OfStatus {
        ExecutionStatus status = ExecutionStatus::requested;
        std::int64_t count = 0;
    };
    std::int64_t undecided_events = 0;
    std::vector<OfStatus> unfinished; ///< every state that is not final
    std::int64_t unarmed_timers = 0;
};

Result<Depths> depths(Session& session);

} // namespace attune::flow
