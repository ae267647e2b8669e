#include "api/definitions/triggers.hpp"

#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "domain/pack.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(CreateTrigger, ref, pack_ref, label, description, param_schema, out_schema, enabled);
ATTUNE_FIELDS(UpdateTrigger, label, description, param_schema, out_schema, enabled);

namespace {

namespace definitions = logic::definitions;

Trigger trigger_of(const CreateTrigger& body) {
    auto trigger = row_of<Trigger>(body);
    trigger.is_adhoc = true;
    return trigger;
}

Result<void> check(Session& session, const Trigger& trigger) {
    CHECK(definitions::check_trigger(trigger));
    return definitions::check_trigger_source(trigger, flow::calendars_in(session));
}

Result<Trigger> create_one(Session& session, Trigger trigger, Timestamp now) {
    CHECK(check(session, trigger));
    if (trigger.pack_ref) {
        TRY(const auto pack, flow::get_pack(session, *trigger.pack_ref));
        trigger.pack = pack.id;
    }
    return flow::create_trigger(session, std::move(trigger), now);
}

Result<flow::Changed<Trigger>> update_one(Session& session, const std::string& ref, const UpdateTrigger& body,
                                          const Caller& caller, Timestamp now) {
    TRY(const auto before, flow::get_trigger(session, ref));
    auto trigger = before;
    CHECK(caller.require(Resource::triggers, Right::update, target_of(trigger)));
    assign_given(trigger, body);
    CHECK(check(session, trigger));
    return replaced(before, flow::update_trigger(session, std::move(trigger), now));
}

task<Result<Page<TriggerSummary>>> page_of(Context& ctx, const Caller& caller, PageQuery query, ListFilter filter,
                                           std::string pack_ref = {}) {
    CO_TRY(const auto window, query.window());
    keep_allowed(filter, caller, Resource::triggers, Right::read);
    CO_TRY(auto page, co_await ctx.db.read([&](Session& session) -> Result<Page<Trigger>> {
        if (!pack_ref.empty()) CHECK(flow::get_pack(session, pack_ref));
        return list_page<Trigger>(session, filter, window);
    }));
    co_return shown_as<TriggerSummary>(std::move(page));
}

UpdateTrigger enablement(bool enabled) {
    UpdateTrigger body;
    body.enabled = enabled;
    return body;
}

} // namespace

void TriggerRoutes::declare(Router& r) {
    const auto list_of = [&](const char* pattern, auto handler, const char* summary) {
        r.get(pattern, handler, *this).summary(summary).needs_some(Resource::triggers, Right::read);
    };
    list_of("/api/v1/triggers", &TriggerRoutes::list, "List triggers");
    list_of("/api/v1/triggers/enabled", &TriggerRoutes::enabled, "List the enabled triggers");
    list_of("/api/v1/packs/{ref}/triggers", &TriggerRoutes::of_pack, "List the triggers of a pack");
    r.get("/api/v1/triggers/{ref}", &TriggerRoutes::get, *this)
        .summary("Read a trigger")
        .needs_some(Resource::triggers, Right::read);
    r.post("/api/v1/triggers", &TriggerRoutes::create, *this)
        .summary("Create a trigger")
        .status(201)
        .audited("definition.trigger.changed", "trigger")
        .needs_some(Resource::triggers, Right::create);
    r.put("/api/v1/triggers/{ref}", &TriggerRoutes::update, *this)
        .summary("Change a trigger; what is left out stays")
        .audited("definition.trigger.changed", "trigger")
        .needs_some(Resource::triggers, Right::update);
    r.post("/api/v1/triggers/{ref}/enable", &TriggerRoutes::enable, *this)
        .summary("Enable a trigger")
        .audited("definition.trigger.changed", "trigger")
        .needs_some(Resource::triggers, Right::update);
    r.post("/api/v1/triggers/{ref}/disable", &TriggerRoutes::disable, *this)
        .summary("Disable a trigger")
        .audited("definition.trigger.changed", "trigger")
        .needs_some(Resource::triggers, Right::update);
    r.del("/api/v1/triggers/{ref}", &TriggerRoutes::remove, *this)
        .summary("Delete a trigger; rules on it stay and run no more")
        .audited("definition.trigger.changed", "trigger")
        .needs_some(Resource::triggers, Right::delete_);
}

task<Result<Page<TriggerSummary>>> TriggerRoutes::list(Query<PageQuery> page, const Caller& caller) {
    return page_of(ctx_, caller, *page, {});
}

task<Result<Page<TriggerSummary>>> TriggerRoutes::enabled(Query<PageQuery> page, const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("enabled = true"));
}

task<Result<Page<TriggerSummary>>> TriggerRoutes::of_pack(Path<std::string> ref, Query<PageQuery> page,
                                                          const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("pack_ref = $?", *ref), *ref);
}

task<Result<Data<TriggerView>>> TriggerRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto trigger, co_await ctx_.db.read([&](Session& session) { return flow::get_trigger(session, *ref); }));
    if (!caller.may(Resource::triggers, Right::read, target_of(trigger))) co_return absent("Trigger", *ref);
    co_return Data{TriggerView::of(trigger)};
}

task<Result<Data<TriggerView>>> TriggerRoutes::create(Body<CreateTrigger> body, const Caller& caller) {
    const auto trigger = trigger_of(*body);
    CO_CHECK(
        definitions::check_component_ref(trigger.ref, trigger.pack_ref.value_or(std::string(pack_of(trigger.ref)))));
    CO_CHECK(caller.require(Resource::triggers, Right::create, {.pack_ref = trigger.pack_ref, .ref = trigger.ref}));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made,
           co_await commit(ctx_, caller, [&](Session& session) { return created(create_one(session, trigger, now)); }));
    co_return Data{TriggerView::of(made.value), "Trigger created"};
}

task<Result<Data<TriggerView>>> TriggerRoutes::change(const std::string& ref, UpdateTrigger body,
                                                      const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, ref, body, caller, now);
           }));
    co_return Data{TriggerView::of(written.value)};
}

task<Result<Data<TriggerView>>> TriggerRoutes::update(Path<std::string> ref, Body<UpdateTrigger> body,
                                                      const Caller& caller) {
    co_return co_await change(*ref, std::move(*body), caller);
}

task<Result<Data<TriggerView>>> TriggerRoutes::enable(Path<std::string> ref, const Caller& caller) {
    co_return co_await change(*ref, enablement(true), caller);
}

task<Result<Data<TriggerView>>> TriggerRoutes::disable(Path<std::string> ref, const Caller& caller) {
    co_return co_await change(*ref, enablement(false), caller);
}

task<Result<Deleted>> TriggerRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Trigger>> {
        TRY(const auto trigger, flow::get_trigger(session, *ref));
        CHECK(caller.require(Resource::triggers, Right::delete_, target_of(trigger)));
        return deleted(trigger, flow::delete_trigger(session, trigger, now));
    }));
    co_return Deleted{fmt::format("Trigger '{}' deleted", *ref)};
}

} // namespace attune::api
