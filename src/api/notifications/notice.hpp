#pragma once
#include "api/caller.hpp"
#include "api/routes/enforcements.hpp"
#include "api/routes/events.hpp"
#include "api/routes/hops.hpp"

/// What is told to the clients of WebSockets (docs/notifications.md): rows that were made, or changed their state.
namespace attune::api {

/// What a notification needs of an event.
struct NoticeEvent : EventSummary {
    std::optional<Timestamp> decided_at;
};
BOOST_DESCRIBE_STRUCT(NoticeEvent, (EventSummary), (decided_at))

/// What a notification needs of an enforcement.
struct NoticeEnforcement : EnforcementSummary {
    std::optional<Timestamp> resolved_at;
};
BOOST_DESCRIBE_STRUCT(NoticeEnforcement, (EnforcementSummary), (resolved_at))

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
