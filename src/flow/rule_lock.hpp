#pragma once
#include "storage/session.hpp"

#include <set>

namespace attune::flow {

/// Makes others that decide about runs of these rules wait until this transaction has ended: what holds runs back
/// (overlap, throttle, debounce) is read and written under it. All at once: they are locked in ascending order.
Result<void> lock_rules(Session& session, const std::set<RuleId>& rules);

} // namespace attune::flow
