#pragma once
#include "api/caller.hpp"
#include "live/thing.hpp"

/// What is told to the clients of WebSockets (docs/notifications.md): rows that were made, or changed their state.
namespace attune::api {

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

/// What clients are told of a change, in this order: of a thing that is new and has gone on already, both.
std::vector<Notice> notices_of(const live::Change& change);

/// Whether the caller may read what it is about, as with GET: events and enforcements with an unconstrained right,
/// executions by their action, owner and id; an execution's token reads that execution and its children.
bool may_read(const Caller& caller, const Notice& notice);

} // namespace attune::api
