#pragma once
#include "domain/event.hpp"
#include "domain/execution.hpp"

#include <variant>

/// What clients are told while it happens.
namespace attune::live {

/// An event in a list, and in notifications.
struct EventSummary {
    EventId id;
    std::optional<TriggerId> trigger;
    std::string trigger_ref;
    std::optional<std::int64_t> source;
    std::optional<std::string> source_ref;
    std::optional<RuleId> rule;
    std::optional<std::string> rule_ref;
    bool has_payload = false;
    Timestamp created;
};
ATTUNE_STRUCT(EventSummary);

struct EventRow : EventSummary {
    std::optional<TimerId> timer;
    std::optional<Timestamp> nominal;
    std::optional<Timestamp> decided_at;
    std::optional<json::value> decision;
};
ATTUNE_STRUCT(EventRow);

/// An enforcement in a list, and in notifications.
struct EnforcementSummary {
    EnforcementId id;
    std::optional<RuleId> rule;
    std::string rule_ref;
    std::string trigger_ref;
    std::optional<EventId> event;
    EnforcementStatus status = EnforcementStatus::created;
    EnforcementCondition condition = EnforcementCondition::all;
    Timestamp created;
};
ATTUNE_STRUCT(EnforcementSummary);

struct EnforcementRow : EnforcementSummary {
    std::optional<Timestamp> resolved_at;
};
ATTUNE_STRUCT(EnforcementRow);

/// `result` is there for those that are over.
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
ATTUNE_STRUCT(ExecutionRow);

/// The kinds of things of which clients are told, causes before what follows from them.
enum class Kind : std::uint8_t { event, enforcement, execution };
inline constexpr Kind kAllKinds[] = {Kind::event, Kind::enforcement, Kind::execution};
inline constexpr std::size_t kKinds = std::size(kAllKinds);

constexpr std::size_t index_of(Kind kind) {
    return static_cast<std::size_t>(kind);
}

/// A value of the kind's own enumeration.
using State = std::uint8_t;
enum class EventState : std::uint8_t { recorded, decided };
ATTUNE_ENUM(EventState, recorded, decided)

/// A thing as one read found it.
struct Thing {
    Kind kind = Kind::event;
    std::int64_t id = 0;
    State state = 0;
    Timestamp created;
    std::optional<EventId> cause; ///< the event that it follows from
    std::variant<EventRow, EnforcementRow, ExecutionRow> row;
};

/// A thing that is new, or came into another state.
struct Change {
    const Thing& thing;
    std::optional<State> before; ///< its last known state; none: the thing is new
    bool before_was_told = true; ///< not of what was there when the first client came

    template <class E>
    std::optional<E> before_as() const {
        return before ? std::optional(static_cast<E>(*before)) : std::nullopt;
    }
    const EventRow* event() const { return std::get_if<EventRow>(&thing.row); }
    const EnforcementRow* enforcement() const { return std::get_if<EnforcementRow>(&thing.row); }
    const ExecutionRow* execution() const { return std::get_if<ExecutionRow>(&thing.row); }
};

Thing thing_of(EventRow row);
Thing thing_of(EnforcementRow row);
Thing thing_of(ExecutionRow row);

} // namespace attune::live
