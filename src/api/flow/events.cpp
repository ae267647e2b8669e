#include "api/flow/events.hpp"

#include "api/common/history_list.hpp"
#include "api/common/listing.hpp"
#include "base/reflect.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "flow/events.hpp"

#include <algorithm>
#include <array>

namespace attune::api {

ATTUNE_FIELDS(EventResponse, id, trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, has_payload,
              created, nominal, decided_at, decision);
ATTUNE_FIELDS_AFTER(PerPage50, EventQuery, trigger, trigger_ref, rule_ref, source);
ATTUNE_FIELDS(FireTrigger, payload);
ATTUNE_FIELDS(EventRequest, trigger_ref, trigger_type, payload, config, trigger_instance_id);

namespace {

constexpr std::size_t kAroundPayload = 64 * 1024; ///< what a request may have beside its payload

const attune::Query kTriggerId{"api.event.trigger_id", "select id from \"trigger\" where ref = $1"};
const attune::Query kTriggerRef{"api.event.trigger_ref", "select ref from \"trigger\" where id = $1"};
const attune::Query kRuleRef{"api.event.rule_ref", "select ref from rule where id = $1"};

EventResponse view(const Event& event) {
    auto out = view_of<EventResponse>(event);
    out.has_payload = event.payload.has_value();
    return out;
}

Result<std::string> trigger_of(const EventRequest& request) {
    if (request.trigger_ref) return *request.trigger_ref;
    if (request.trigger_type) return *request.trigger_type;
    return invalid("trigger_ref", "is required (string)");
}

Result<void> check_size(const char* field, const std::optional<json::value>& part, std::size_t limit) {
    if (!part || to_text(*part).size() <= limit) return {};
    return Error{Errc::too_large, fmt::format("expected at most {} bytes of JSON", limit), field};
}

/// What the server says by itself, nobody says for it.
Result<void> may_fire(const Caller& caller, const Trigger& trigger) {
    const auto target = target_of(trigger);
    if (!caller.may(Resource::triggers, Right::read, target) && !caller.may(Resource::triggers, Right::execute, target))
        return absent("Trigger", trigger.ref);
    CHECK(caller.require(Resource::triggers, Right::execute, target));
    if (trigger.pack_ref == kCorePack)
        return Error{Errc::conflict, "the triggers of the core pack are fired by the server alone (a timer: "
                                     "POST /api/v1/timers/{id}/fire)"};
    if (!trigger.enabled) return Error{Errc::conflict, fmt::format("the trigger '{}' is disabled", trigger.ref)};
    return {};
}

/// A sensor records events of the triggers in its token alone, when the token lists them.
Result<void> may_record(const Caller& caller, const std::string& trigger_ref) {
    const auto* types = caller.about("trigger_types");
    if (caller.token_type != TokenType::sensor || types == nullptr || !types->is_array()) return {};
    const auto& all = types->get_array();
    if (std::ranges::find(all, json::value(trigger_ref)) != all.end()) return {};
    return Error{Errc::forbidden, fmt::format("This sensor token does not cover the trigger '{}'", trigger_ref)};
}

/// The sensor behind the request, if it is one.
std::optional<std::string> source_of(const Caller& caller) {
    if (caller.token_type != TokenType::sensor) return std::nullopt;
    const auto* ref = caller.about("sensor_ref");
    if (ref != nullptr && ref->is_string()) return std::string(ref->get_string());
    return caller.login;
}

} // namespace

ListFilter filter_of(const EventQuery& query, const std::optional<std::string>& ref_of_trigger) {
    ListFilter out;
    out.equals("source", query.source)
        .equals("rule_ref", query.rule_ref)
        .equals("trigger_ref", ref_of_trigger)
        .add("coalesce(\"trigger\", $?) = $?", query.trigger)
        .equals("trigger_ref", query.trigger_ref);
    return out;
}

std::optional<RuleId> rule_of_instance(std::string_view trigger_instance_id) {
    constexpr std::string_view kPrefix = "rule_";
    if (!trigger_instance_id.starts_with(kPrefix)) return std::nullopt;
    trigger_instance_id.remove_prefix(kPrefix.size());
    const auto id = parse_integer(trigger_instance_id);
    return id > 0 ? std::optional(RuleId{*id}) : std::nullopt;
}

void EventRoutes::declare(Router& router) {
    router.post("/api/v1/events", &EventRoutes::create, *this)
        .summary("Record an event")
        .description("For sensors and running actions: a user's token is refused.")
        .status(201)
        .body_limit(context_.options.payload_limit + kAroundPayload)
        .audited("event.created", "event")
        .only(TokenType::sensor)
        .admits(TokenType::execution);
    router.post("/api/v1/triggers/{ref}/fire", &EventRoutes::fire, *this)
        .summary("Fire a trigger by hand: its rules meet the event as any other")
        .status(201)
        .body_limit(context_.options.payload_limit + kAroundPayload)
        .audited("trigger.fired", "event")
        .needs_some(Resource::triggers, Right::execute);
    router.get("/api/v1/events", &EventRoutes::list, *this, context_)
        .summary("List events, newest first")
        .needs(Resource::events, Right::read);
    router.get("/api/v1/events/{id}", &EventRoutes::get, *this, context_)
        .summary("Read an event and its decision")
        .needs(Resource::events, Right::read);
}

task<Result<Data<EventResponse>>> EventRoutes::create(const Body<EventRequest>& body, const Caller& caller) {
    CO_TRY(auto trigger_ref, trigger_of(*body));
    CO_CHECK(may_record(caller, trigger_ref));
    CO_CHECK(check_size("payload", body->payload, context_.options.payload_limit));
    CO_CHECK(check_size("config", body->config, context_.options.payload_limit));
    Trigger trigger;
    CO_TRY(auto event, co_await prepare(*body, std::move(trigger_ref), caller, trigger));
    co_return co_await record(std::move(event), trigger, caller);
}

task<Result<Data<EventResponse>>> EventRoutes::fire(const Path<std::string>& ref, const Body<FireTrigger>& body,
                                                    const Caller& caller) {
    CO_CHECK(check_size("payload", body->payload, context_.options.payload_limit));
    CO_TRY(const auto trigger,
           co_await context_.db.read([&](Session& session) { return flow::get_trigger(session, *ref); }));
    CO_CHECK(may_fire(caller, trigger));
    Event event;
    event.trigger = trigger.id;
    event.trigger_ref = trigger.ref;
    event.payload = body->payload.value_or(json::object{});
    event.config = json::object{{"source", "person"}, {"login", caller.login}};
    event.source_ref = "person";
    event.created = context_.clock.now();
    co_return co_await record(std::move(event), trigger, caller);
}

task<Result<Data<EventResponse>>> EventRoutes::record(Event event, const Trigger& trigger, const Caller& caller) {
    CO_TRY(event.id, co_await context_.ids.take_one<EventId>());
    std::vector<SealedValue> secrets;
    if (logic::schema::declares_secrets(trigger.out_schema)) {
        CO_TRY(const auto* vault, required(context_.db.vault()));
        secrets = flow::take_secrets(*vault, trigger, event);
    }
    CO_CHECK(co_await commit(context_, caller, [&](Session& session) -> Result<flow::Effects> {
        TRY(auto recorded, flow::record_events(session, std::span(&event, 1), secrets));
        recorded.effects.count(Metric::events_recorded, "api");
        recorded.effects.touch({"event", event.id.value, event.trigger_ref, {}, json::object{}});
        return std::move(recorded.effects);
    }));
    co_return Data{view(event)};
}

task<Result<Event>> EventRoutes::prepare(const EventRequest& request, std::string trigger_ref, const Caller& caller,
                                         Trigger& trigger) {
    const auto rule = request.trigger_instance_id ? rule_of_instance(*request.trigger_instance_id) : std::nullopt;
    CO_TRY(auto event, co_await context_.db.read([&](Session& session) -> Result<Event> {
        Event out;
        TRY(trigger, flow::get_trigger(session, trigger_ref));
        out.trigger = trigger.id;
        out.trigger_ref = trigger.ref;
        if (!rule) return out;
        TRY(out.rule_ref, session.scalar<std::string>(kRuleRef, *rule));
        if (out.rule_ref) out.rule = rule;
        return out;
    }));
    event.payload = request.payload;
    event.config = request.config;
    event.source_ref = source_of(caller);
    event.created = context_.clock.now();
    co_return event;
}

Result<Page<EventSummary>> EventRoutes::list(Session& session, const Query<EventQuery>& query) {
    TRY(const auto window, shallow(query->window()));
    TRY(const auto ref, ref_of(session, kTriggerRef, query->trigger));
    return list_newest<EventSummary>(session, kEventList, filter_of(*query, ref), window, query->include_total);
}

Result<Data<EventResponse>> EventRoutes::get(Session& session, const Path<EventId>& id) {
    TRY(auto found, flow::find_event(session, *id));
    if (!found) return no_such("Event", id->value);
    if (!found->trigger) {
        TRY(found->trigger, session.scalar<TriggerId>(kTriggerId, found->trigger_ref)); // a rule's own timer
    }
    return Data{view(*found)};
}

} // namespace attune::api
