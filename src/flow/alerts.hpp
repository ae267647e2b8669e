#pragma once
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/effects.hpp"
#include "storage/session.hpp"

/// Events of core.alert. Each is written by the transaction that changed what it tells of: once, whoever races.
namespace attune::flow {

/// A worker was marked inactive because it did not renew its lease.
Event worker_alert(EventId id, const Worker& worker, Timestamp now);

/// A started execution was given up because its worker is gone.
Event abandoned_alert(EventId id, const Execution& execution, const Worker& worker, bool is_retried, Timestamp now);

/// Records them; nothing when there is no trigger core.alert, or it is disabled.
Result<Effects> record_alerts(Session& session, std::vector<Event> alerts);

} // namespace attune::flow
