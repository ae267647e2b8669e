#pragma once
#include "domain/execution.hpp"
#include "logic/execution/transitions.hpp"

#include <string>

/// Conditions on an execution's status as SQL, from the table of states. They are in the words of the partial indexes
/// (a test compares them): a database recognises its index by these very words. Where no index is meant, `column` is
/// the expression "status || ''".
namespace attune::sql {

inline constexpr std::string_view kNoIndex = "status || ''";

/// "status in ('requested', 'scheduling')", in the order of the enumeration.
std::string status_in(logic::execution::StatusSet set, std::string_view column = "status");
/// "status = 'scheduled'".
std::string status_is(ExecutionStatus status, std::string_view column = "status");

inline std::string unfinished() {
    return status_in(logic::execution::unfinished());
}
inline std::string ended() {
    return status_in(logic::execution::ended());
}
inline std::string holdable() {
    return status_in(logic::execution::holdable());
}
inline std::string pending() {
    return status_in(logic::execution::in({logic::execution::Phase::pending}));
}
/// Of the index of what workers may claim.
inline std::string claimable() {
    return status_is(ExecutionStatus::scheduled) + " and worker is null";
}

} // namespace attune::sql
