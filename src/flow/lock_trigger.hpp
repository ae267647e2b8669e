#pragma once
#include "domain/trigger.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Reads a trigger and locks its row; it may be absent.
Result<std::optional<Trigger>> lock_trigger(Session& session, std::string_view ref);

} // namespace attune::flow
