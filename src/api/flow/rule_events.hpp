#pragma once
#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "storage/session.hpp"

namespace attune::api {

/// The last events that the rule meets, the newest first: those of its trigger that name no rule, of the newest
/// thousand, and, when it is stored, those of its own timer.
Result<std::vector<Event>> last_events(Session& session, const Rule& rule, std::int64_t wanted);

} // namespace attune::api
