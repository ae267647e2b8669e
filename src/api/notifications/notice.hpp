#pragma once
#include "api/auth/caller.hpp"
#include "api/routes/hops.hpp"

/// What is told to the clients of WebSockets (docs/notifications.md): rows that were made, or changed their state.
namespace attune::api {

/// What a notification needs of an event.
struct NoticeEvent {
    EventId id;
    std::optional<TriggerId> trigger;
    std::string trigger_ref;
    std::optional<std::int64_t> source;
    std::optional<std::string> source_ref;
    std::optional<RuleId> rule;
    std::optional<std::string> rule_ref;
    bool has_payload = false;
    Timestamp created;
    std::optional<Timestamp> decided_at;
};
BOOST_DESCRIBE_STRUCT(NoticeEvent, (),
                      (id, trigger, trigger_ref, source, source_ref, rule, rule_ref, has_payload, created, decided_at))

/// What a notification needs of an enforcement.
struct NoticeEnforcement {
    EnforcementId id;
    std::optional<RuleId> rule;
    std::string rule_ref;
    std::string trigger_ref;
    std::optional<EventId> event;
    EnforcementStatus status = EnforcementStatus::created;
    EnforcementCondition condition = EnforcementCondition::all;
    Timestamp created;
    std::optional<Timestamp> resolved_at;
};
BOOST_DESCRIBE_STRUCT(NoticeEnforcement, (),
                      (id, rule, rule_ref, trigger_ref, event, status, condition, created, resolved_at))

/// One notification, for whoever wants it and may read it.
struct Notice {
    std::string channel; ///< "execution_created"
    Resource resource = Resource::executions;
    std::string entity_type; ///< "execution"
    std::int64_t entity_id = 0;
    std::optional<IdentityId> user; ///< whom an execution runs for
    std::string action_ref = {};    ///< of an execution
    std::optional<ExecutionId> parent = {};
    json::object payload;

    /// The frame that tells it.
    std::string frame(Timestamp now) const;
};

Notice event_notice(const NoticeEvent& event);
/// `before`: its state until now; none when it was made in this one.
Notice enforcement_notice(const NoticeEnforcement& enforcement, std::optional<EnforcementStatus> before);
Notice execution_notice(const ExecutionRow& execution, std::optional<ExecutionStatus> before);

/// Whether the caller may read what it is about, as with GET: events and enforcements with an unconstrained right,
/// executions by their action, owner and id; an execution's token reads that execution and its children.
bool may_read(const Caller& caller, const Notice& notice);

} // namespace attune::api
