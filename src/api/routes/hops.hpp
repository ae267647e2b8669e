#pragma once
#include "api/routes/recent.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"

#include <set>

/// The flow as people watch it: event, decision, execution, hop by hop.
namespace attune::api {

/// What a hop needs of an event.
struct EventRow {
    EventId id;
    std::string trigger_ref;
    std::optional<TimerId> timer;
    std::optional<Timestamp> nominal;
    Timestamp created;
    std::optional<Timestamp> decided_at;
    std::optional<json::value> decision;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (id, trigger_ref, timer, nominal, created, decided_at, decision))

/// What a hop needs of an execution; `result` is given for those that are over.
struct ExecutionRow {
    ExecutionId id;
    std::optional<ActionId> action;
    std::string action_ref;
    std::optional<EventId> event;
    std::optional<EnforcementId> enforcement;
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<ExecutionId> parent;
    std::optional<IdentityId> executor;
    ExecutionStatus status = ExecutionStatus::requested;
    std::optional<json::value> result;
    Timestamp created;
    Timestamp updated;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
};
BOOST_DESCRIBE_STRUCT(ExecutionRow, (),
                      (id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,
                       result, created, updated, started_at, finished_at))

/// {"hop":"event", ...}: lateness is how long after its nominal time a timer's event was recorded.
json::object event_hop(const EventRow& event);
/// {"hop":"decision", ...} of a decided event.
json::object decision_hop(const EventRow& event);
/// {"hop":"execution", ...}
json::object execution_hop(const ExecutionRow& execution);
/// What GET /executions/stream sends.
json::object execution_notice(const ExecutionRow& execution);

/// Decides which hops are news: each is told once, an event's before its decision and that before its executions. Its
/// memory of ids is bounded; ids older than what it forgot count as told.
class HopLog {
public:
    static constexpr std::size_t kRemembered = 4096;
    explicit HopLog(std::size_t remembered = kRemembered) : events_(remembered), executions_(remembered) {}

    /// What had happened before anybody listened: rows up to `newest` that are over count as told, but for those in
    /// `open`. A doorbell may ring for them long after.
    struct Past {
        std::int64_t newest = 0;
        std::set<std::int64_t> open;
        bool holds(std::int64_t id) const { return id <= newest && !open.contains(id); }
    };
    void forget(Past events, Past executions);

    /// The hops of the event that are news: none, its own, its decision, or both.
    std::vector<json::object> of_event(const EventRow& event);
    /// Whether this state of the execution is news. A final state stays the last.
    bool is_news(const ExecutionRow& execution);

private:
    struct Told {
        bool recorded = false;
        bool decided = false;
    };
    Past past_events_;
    Past past_executions_;
    Recent<Told> events_;
    Recent<std::optional<ExecutionStatus>> executions_;
};

} // namespace attune::api
