#pragma once
#include "api/common/history_list.hpp"
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "live/thing.hpp"

namespace attune::api {

using live::EventSummary;

/// One event whole, with what became of it.
struct EventResponse {
    EventId id;
    std::optional<TriggerId> trigger;
    std::string trigger_ref;
    std::optional<json::value> config;
    std::optional<json::value> payload;
    std::optional<std::int64_t> source;
    std::optional<std::string> source_ref;
    std::optional<RuleId> rule;
    std::optional<std::string> rule_ref;
    bool has_payload = false;
    Timestamp created;
    std::optional<Timestamp> nominal; ///< of a timer's firing: when it was due
    std::optional<Timestamp> decided_at;
    std::optional<json::value> decision; ///< [{rule, rule_ref, matched, reason, ...}] or {reason}
};
ATTUNE_STRUCT(EventResponse);

struct EventQuery : PerPage50 {
    std::optional<std::int64_t> trigger;
    std::optional<std::string> trigger_ref;
    std::optional<std::string> rule_ref;
    std::optional<std::int64_t> source;
};
ATTUNE_STRUCT(EventQuery);

/// The event of a rule's own timer names its trigger by the ref alone.
inline constexpr ListSource kEventList{
    "select id, coalesce(\"trigger\", (select t.id from \"trigger\" t where t.ref = trigger_ref)) as \"trigger\","
    " trigger_ref, source, source_ref, rule, rule_ref, payload is not null as has_payload, created from event",
    "event"};

/// What a query's filters mean. `ref_of_trigger`: the ref of query.trigger (see ref_of).
ListFilter filter_of(const EventQuery& query, const std::optional<std::string>& ref_of_trigger);

/// POST /events: what a sensor saw.
struct EventRequest {
    Omittable<std::string> trigger_ref;
    Omittable<std::string> trigger_type; ///< another name of trigger_ref
    std::optional<json::value> payload;
    std::optional<json::value> config;
    Omittable<std::string> trigger_instance_id; ///< "rule_<id>": this rule alone is considered
};
ATTUNE_STRUCT(EventRequest);

/// POST /triggers/{ref}/fire: what a person says has happened.
struct FireTrigger {
    std::optional<json::value> payload;
};
ATTUNE_STRUCT(FireTrigger);

/// The id in "rule_12"; nothing for any other text.
std::optional<RuleId> rule_of_instance(std::string_view trigger_instance_id);

/// Recording events and reading them.
class EventRoutes {
public:
    explicit EventRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    task<Result<Data<EventResponse>>> create(const Body<EventRequest>& body, const Caller& caller);
    task<Result<Data<EventResponse>>> fire(const Path<std::string>& ref, const Body<FireTrigger>& body,
                                           const Caller& caller);
    Result<Page<EventSummary>> list(Session& session, const Query<EventQuery>& query);
    Result<Data<EventResponse>> get(Session& session, const Path<EventId>& id);

private:
    task<Result<Event>> prepare(const EventRequest& request, std::string trigger_ref, const Caller& caller,
                                Trigger& trigger);
    task<Result<Data<EventResponse>>> record(Event event, const Trigger& trigger, const Caller& caller);

    Context& context_;
};

} // namespace attune::api
