#include "api/webhooks/webhooks.hpp"

#include "api/common/history_list.hpp"
#include "api/common/listing.hpp"
#include "flow/webhooks.hpp"
#include "logic/entities/entities.hpp"
#include "logic/webhooks/config.hpp"

namespace attune::api {

ATTUNE_FIELDS(WebhookView, trigger, trigger_ref, webhook_enabled, webhook_key, path, wrapped_path, config);
ATTUNE_FIELDS(WebhookHitView, id, address, user_agent, verdict, status, message, delivery, event, bytes, count, created,
              updated);
ATTUNE_FIELDS_AFTER(PerPage50, WebhookHitQuery, verdict, status, address, delivery, event);

namespace {

constexpr ListSource kHitList{"select id, address, user_agent, verdict, status, message, delivery, event, bytes, count,"
                              " created, updated from webhook_hit",
                              "webhook_hit"};

ListFilter filter_of(const WebhookHitQuery& query, TriggerId trigger) {
    ListFilter out;
    out.equals("\"trigger\"", std::optional(trigger.value))
        .equals("event", query.event)
        .equals("delivery", query.delivery)
        .equals("address", query.address)
        .equals("verdict", query.verdict)
        .equals("status", query.status);
    return out;
}

WebhookView view_of_webhook(const Trigger& trigger) {
    WebhookView out;
    out.trigger = trigger.id;
    out.trigger_ref = trigger.ref;
    out.webhook_enabled = trigger.webhook_enabled;
    out.config = trigger.webhook_config;
    if (!trigger.webhook_key) return out;
    out.webhook_key = *trigger.webhook_key;
    out.path = "/api/v1/hooks/" + *trigger.webhook_key;
    out.wrapped_path = "/api/v1/webhooks/" + *trigger.webhook_key;
    return out;
}

Data<json::value> shown(const Trigger& trigger) {
    logic::entities::TriggerForm form;
    static_cast<Trigger&>(form) = trigger;
    return Data{encode_json(logic::entities::trigger().view(), &form)};
}

Result<Trigger> readable(Session& session, const std::string& ref, const Caller& caller) {
    TRY(auto trigger, flow::get_trigger(session, ref));
    if (!caller.may(Resource::triggers, Right::read, target_of(trigger))) return absent("Trigger", ref);
    return trigger;
}

Result<Trigger> changeable(Session& session, const std::string& ref, const Caller& caller) {
    TRY(auto trigger, flow::get_trigger(session, ref));
    CHECK(caller.require(Resource::triggers, Right::update, target_of(trigger)));
    return trigger;
}

} // namespace

void WebhookRoutes::declare(Router& r) {
    const auto changing = [](Route& route, const char* summary) -> Route& {
        return route.summary(summary)
            .audited("definition.trigger.changed", "trigger")
            .needs_some(Resource::triggers, Right::update);
    };
    const auto of_trigger = [&](Route& route, const char* summary) {
        changing(route, summary).signature.result_item = &logic::entities::trigger().view();
    };
    of_trigger(r.post("/api/v1/triggers/{ref}/webhooks/enable", &WebhookRoutes::enable, *this),
               "Enable the webhook of a trigger; a key is made unless there is one");
    of_trigger(r.post("/api/v1/triggers/{ref}/webhooks/disable", &WebhookRoutes::disable, *this, ctx_),
               "Disable the webhook of a trigger; its key is gone, its configuration stays");
    of_trigger(r.post("/api/v1/triggers/{ref}/webhooks/regenerate", &WebhookRoutes::regenerate, *this),
               "Give the webhook of a trigger a new key; the old one is of no use any more");
    r.get("/api/v1/triggers/{ref}/webhook", &WebhookRoutes::get, *this, ctx_)
        .summary("Read the webhook of a trigger")
        .needs_some(Resource::triggers, Right::read);
    changing(r.put("/api/v1/triggers/{ref}/webhook", &WebhookRoutes::configure, *this, ctx_),
             "Change what the webhook of a trigger asks of its callers; what is left out stays")
        .description("null takes a member away. The mask of a secret stands for the stored one.")
        .signature.body = &type_of<logic::webhooks::WebhookConfig>;
    r.get("/api/v1/triggers/{ref}/webhook/hits", &WebhookRoutes::hits, *this, ctx_)
        .summary("List the requests to the webhook of a trigger, newest first")
        .needs_some(Resource::triggers, Right::read);
}

task<Result<WebhookRoutes::Shown>> WebhookRoutes::change_key(std::string ref, const Caller& caller, Change change) {
    const auto now = ctx_.clock.now();
    const auto key = flow::webhook_key(ctx_.random.bytes(flow::kWebhookKeyBytes));
    CO_TRY(const auto changed, co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Trigger>> {
               TRY(const auto before, changeable(session, ref, caller));
               return change(session, before, key, now);
           }));
    co_return shown(changed.value);
}

task<Result<WebhookRoutes::Shown>> WebhookRoutes::enable(const Ref& ref, const Caller& caller) {
    return change_key(*ref, caller, &flow::enable_webhook);
}

task<Result<WebhookRoutes::Shown>> WebhookRoutes::regenerate(const Ref& ref, const Caller& caller) {
    return change_key(*ref, caller, &flow::regenerate_webhook);
}

Result<flow::Changed<WebhookRoutes::Shown>> WebhookRoutes::disable(Session& session, const Ref& ref,
                                                                   const Caller& caller, Timestamp now) {
    TRY(const auto before, changeable(session, *ref, caller));
    TRY(auto changed, flow::disable_webhook(session, before, now));
    return flow::Changed{shown(changed.value), std::move(changed.effects)};
}

Result<Data<WebhookView>> WebhookRoutes::get(Session& session, const Ref& ref, const Caller& caller) {
    TRY(const auto trigger, readable(session, *ref, caller));
    return Data{view_of_webhook(trigger)};
}

Result<flow::Changed<Data<WebhookView>>> WebhookRoutes::configure(Session& session, const Ref& ref,
                                                                  const Body<json::object>& body, const Caller& caller,
                                                                  Timestamp now) {
    CHECK(logic::webhooks::check_members(*body));
    TRY(const auto before, changeable(session, *ref, caller));
    TRY(auto changed, flow::configure_webhook(session, before, *body, now));
    return flow::Changed{Data{view_of_webhook(changed.value)}, std::move(changed.effects)};
}

Result<Page<WebhookHitView>> WebhookRoutes::hits(Session& session, const Ref& ref, const Query<WebhookHitQuery>& query,
                                                 const Caller& caller) {
    TRY(const auto window, shallow(query->window()));
    TRY(const auto trigger, readable(session, *ref, caller));
    return list_newest<WebhookHitView>(session, kHitList, filter_of(*query, trigger.id), window, query->include_total);
}

} // namespace attune::api
