#pragma once
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "storage/session.hpp"

/// Events of core.alert. Each is written by the transaction that changed what it tells of: once, whoever races.
namespace attune::flow {

/// A worker was marked inactive because it did not renew its lease.
Event worker_alert(EventId id, const Worker& worker, Timestamp now);

/// A started execution was given up because its worker is gone.
Event abandoned_alert(EventId id, const Execution& execution, const Worker& worker, bool is_retried, Timestamp now);

/// What alerts and results say of a worker.
json::object worker_facts(const Worker& worker, Timestamp now);

/// Records them; nothing when there is no trigger core.alert, or it is disabled. The ids of those recorded.
Result<std::vector<EventId>> record_alerts(Session& session, std::vector<Event> alerts);

} // namespace attune::flow
