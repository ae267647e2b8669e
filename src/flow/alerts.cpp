#include "flow/alerts.hpp"

#include "flow/events.hpp"
#include "logic/execution/ending.hpp"

namespace attune::flow {
namespace {

using logic::execution::worker_facts;

constexpr std::string_view kTrigger = "core.alert";

struct AlertTrigger {
    TriggerId id;
    bool enabled = true;
};
ATTUNE_FIELDS(AlertTrigger, id, enabled);

const Query kAlertTrigger{"trigger.of_alerts", "select id, enabled from trigger where ref = $1"};

/// An event with this payload, which says when it was noticed.
Event alert(EventId id, json::object payload, Timestamp now) {
    payload["observed_at"] = format_timestamp(now);
    Event out;
    out.id = id;
    out.trigger_ref = kTrigger;
    out.payload = json::value(std::move(payload));
    out.source_ref = "system";
    out.created = now;
    return out;
}

} // namespace

Event worker_alert(EventId id, const Worker& worker, Timestamp now) {
    return alert(id,
                 {{"severity", worker.cordoned ? "warning" : "error"},
                  {"category", "worker_health"},
                  {"failure_type", "worker_heartbeat_stale"},
                  {"component_type", "worker"},
                  {"component_id", worker.id.value},
                  {"component_ref", json::string(worker.name)},
                  {"worker_role", json::string(worker.worker_role)},
                  {"summary", fmt::format("The worker {} does not renew its lease and counts as lost", worker.name)},
                  {"details", json::object{{"worker", worker_facts(worker, now)}}},
                  {"correlation_id", fmt::format("worker:{}:heartbeat_stale", worker.id.value)}},
                 now);
}

Event abandoned_alert(EventId id, const Execution& execution, const Worker& worker, bool is_retried, Timestamp now) {
    return alert(id,
                 {{"severity", is_retried ? "warning" : "error"},
                  {"category", "execution_reconciliation"},
                  {"failure_type", "execution_abandoned_worker_unavailable"},
                  {"component_type", "execution"},
                  {"component_id", execution.id.value},
                  {"component_ref", json::string(execution.action_ref)},
                  {"worker_role", json::string(worker.worker_role)},
                  {"summary", fmt::format("The execution {} of {} was abandoned: its worker {} was lost",
                                          execution.id.value, execution.action_ref, worker.name)},
                  {"details", json::object{{"original_status", json::string(enum_name(execution.status))},
                                           {"retried", is_retried},
                                           {"worker", worker_facts(worker, now)}}},
                  {"correlation_id", fmt::format("execution:{}:worker_unavailable", execution.id.value)}},
                 now);
}

Result<Effects> record_alerts(Session& session, std::vector<Event> alerts) {
    if (alerts.empty()) return Effects{};
    TRY(const auto trigger, session.find<AlertTrigger>(kAlertTrigger, kTrigger));
    if (!trigger || !trigger->enabled) return Effects{};
    for (auto& one : alerts) one.trigger = trigger->id;
    TRY(auto recorded, record_events(session, alerts));
    recorded.effects.count(Metric::events_recorded, "alert", recorded.value.size());
    return std::move(recorded.effects);
}

} // namespace attune::flow
