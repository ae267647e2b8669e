#include "api/definitions/rules.hpp"

#include "api/auth/standings.hpp"
#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "api/definitions/announce.hpp"
#include "domain/rule.hpp"
#include "flow/calendars.hpp"
#include "flow/sealed_definitions.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(CreateRule, ref, pack_ref, label, description, action_ref, trigger_ref, conditions, action_params,
              trigger_params, permission_set_refs, enabled);
ATTUNE_FIELDS(UpdateRule, label, description, action_ref, trigger_ref, conditions, action_params, trigger_params,
              permission_set_refs, enabled);

namespace {

namespace definitions = logic::definitions;

Rule rule_of(const CreateRule& body, const Caller& caller) {
    auto rule = row_of<Rule>(body);
    rule.is_adhoc = true;
    rule.owner_identity = caller.acting();
    return rule;
}

/// Links the rule to its action and trigger, and checks the parameters against them.
Result<void> link(Session& session, Rule& rule) {
    TRY(const auto action, flow::get_action(session, rule.action_ref));
    TRY(const auto trigger, flow::get_trigger(session, rule.trigger_ref));
    rule.action = action.id;
    rule.trigger = trigger.id;
    TRY(const auto pack, flow::get_pack(session, rule.pack_ref));
    return definitions::check_rule_links(rule, trigger, action, pack.conf_schema, flow::calendars_in(session));
}

Result<Rule> create_one(Session& session, Rule rule, const Caller& caller, Timestamp now) {
    TRY(const auto pack, flow::get_pack(session, rule.pack_ref));
    rule.pack = pack.id;
    CHECK(link(session, rule));
    if (rule.permission_set_refs) {
        CHECK(check_delegation(session, caller, *rule.permission_set_refs, "permission_set_refs"));
    }
    return flow::create_rule(session, std::move(rule), now);
}

/// A rule whose action or trigger is gone can still be renamed or disabled.
bool needs_links(const UpdateRule& body) {
    return body.action_ref || body.trigger_ref || body.action_params || body.trigger_params;
}

/// Whoever makes a rule run something else, or with other rights, must hold the rights it runs with.
bool hands_on_rights(const UpdateRule& body) {
    return body.action_ref || body.action_params || body.permission_set_refs;
}

Result<flow::Changed<Rule>> update_one(Session& session, const std::string& ref, const UpdateRule& body,
                                       const Caller& caller, Timestamp now, bool repeat) {
    TRY(const auto before, flow::get_rule(session, ref));
    CHECK(caller.require(Resource::rules, Right::update, target_of(before)));
    auto after = before;
    assign_given(after, body);
    CHECK(definitions::check_rule(after));
    if (needs_links(body)) {
        auto revealed = after; // whoever writes the masks back that he read means the secrets behind them
        CHECK(flow::reveal(session, before, revealed));
        CHECK(link(session, revealed));
        after.action = revealed.action;
        after.trigger = revealed.trigger;
    }
    if (after.permission_set_refs && hands_on_rights(body)) {
        CHECK(check_delegation(session, caller, *after.permission_set_refs, "permission_set_refs"));
    }
    TRY(auto written, replaced(before, flow::update_rule(session, before, std::move(after), now)));
    written.effects.announce(messages_of({before, written.value}, now, repeat));
    return written;
}

enum class Parent : std::uint8_t { none, pack, action, trigger };

Result<void> check_parent(Session& session, Parent parent, const std::string& ref) {
    switch (parent) {
    case Parent::none: break;
    case Parent::pack: CHECK(flow::get_pack(session, ref)); break;
    case Parent::action: CHECK(flow::get_action(session, ref)); break;
    case Parent::trigger: CHECK(flow::get_trigger(session, ref)); break;
    }
    return {};
}

task<Result<Page<RuleSummary>>> page_of(Context& ctx, const Caller& caller, PageQuery query, ListFilter filter,
                                        Parent parent = Parent::none, std::string ref = {}) {
    CO_TRY(const auto window, query.window());
    keep_allowed(filter, caller, Resource::rules, Right::read);
    CO_TRY(auto page, co_await ctx.db.read([&](Session& session) -> Result<Page<Rule>> {
        CHECK(check_parent(session, parent, ref));
        return list_page<Rule>(session, filter, window);
    }));
    co_return shown_as<RuleSummary>(std::move(page));
}

UpdateRule enablement(bool enabled) {
    UpdateRule body;
    body.enabled = enabled;
    return body;
}

} // namespace

void RuleRoutes::declare(Router& r) {
    const auto list_of = [&](const char* pattern, auto handler, const char* summary) {
        r.get(pattern, handler, *this).summary(summary).needs_some(Resource::rules, Right::read);
    };
    list_of("/api/v1/rules", &RuleRoutes::list, "List rules");
    list_of("/api/v1/rules/enabled", &RuleRoutes::enabled, "List the enabled rules");
    list_of("/api/v1/packs/{ref}/rules", &RuleRoutes::of_pack, "List the rules of a pack");
    list_of("/api/v1/actions/{ref}/rules", &RuleRoutes::of_action, "List the rules that run an action");
    list_of("/api/v1/triggers/{ref}/rules", &RuleRoutes::of_trigger, "List the rules on a trigger");
    r.get("/api/v1/rules/{ref}", &RuleRoutes::get, *this)
        .summary("Read a rule")
        .needs_some(Resource::rules, Right::read);
    r.post("/api/v1/rules", &RuleRoutes::create, *this)
        .summary("Create a rule; its timer is armed at once")
        .status(201)
        .audited("definition.rule.changed", "rule")
        .needs_some(Resource::rules, Right::create);
    r.put("/api/v1/rules/{ref}", &RuleRoutes::update, *this)
        .summary("Change a rule; what is left out stays")
        .audited("definition.rule.changed", "rule")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/rules/{ref}/enable", &RuleRoutes::enable, *this)
        .summary("Enable a rule")
        .audited("definition.rule.changed", "rule")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/rules/{ref}/disable", &RuleRoutes::disable, *this)
        .summary("Disable a rule")
        .audited("definition.rule.changed", "rule")
        .needs_some(Resource::rules, Right::update);
    r.del("/api/v1/rules/{ref}", &RuleRoutes::remove, *this)
        .summary("Delete a rule and its timer")
        .audited("definition.rule.changed", "rule")
        .needs_some(Resource::rules, Right::delete_);
}

task<Result<Page<RuleSummary>>> RuleRoutes::list(Query<PageQuery> page, const Caller& caller) {
    return page_of(ctx_, caller, *page, {});
}

task<Result<Page<RuleSummary>>> RuleRoutes::enabled(Query<PageQuery> page, const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("enabled = true"));
}

task<Result<Page<RuleSummary>>> RuleRoutes::of_pack(Path<std::string> ref, Query<PageQuery> page,
                                                    const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("pack_ref = $?", *ref), Parent::pack, *ref);
}

task<Result<Page<RuleSummary>>> RuleRoutes::of_action(Path<std::string> ref, Query<PageQuery> page,
                                                      const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("action_ref = $?", *ref), Parent::action, *ref);
}

task<Result<Page<RuleSummary>>> RuleRoutes::of_trigger(Path<std::string> ref, Query<PageQuery> page,
                                                       const Caller& caller) {
    return page_of(ctx_, caller, *page, ListFilter{}.add("trigger_ref = $?", *ref), Parent::trigger, *ref);
}

task<Result<Data<RuleView>>> RuleRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto rule, co_await ctx_.db.read([&](Session& session) { return flow::get_rule(session, *ref); }));
    if (!caller.may(Resource::rules, Right::read, target_of(rule))) co_return absent("Rule", *ref);
    co_return Data{RuleView::of(std::move(rule))};
}

task<Result<Data<RuleView>>> RuleRoutes::create(Body<CreateRule> body, const Caller& caller) {
    const auto rule = rule_of(*body, caller);
    CO_CHECK(definitions::check_component_ref(rule.ref, rule.pack_ref));
    CO_CHECK(caller.require(Resource::rules, Right::create, {.pack_ref = rule.pack_ref, .ref = rule.ref}));
    CO_CHECK(definitions::check_rule(rule));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made, co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Rule>> {
               TRY(auto out, created(create_one(session, rule, caller, now)));
               out.effects.announce(messages_of({std::nullopt, out.value}, now));
               return out;
           }));
    co_return Data{RuleView::of(std::move(made.value)), "Rule created"};
}

task<Result<Data<RuleView>>> RuleRoutes::change(const std::string& ref, UpdateRule body, const Caller& caller,
                                                bool repeat) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, ref, body, caller, now, repeat);
           }));
    co_return Data{RuleView::of(std::move(written.value))};
}

task<Result<Data<RuleView>>> RuleRoutes::update(Path<std::string> ref, Body<UpdateRule> body, const Caller& caller) {
    co_return co_await change(*ref, std::move(*body), caller, false);
}

task<Result<Data<RuleView>>> RuleRoutes::enable(Path<std::string> ref, const Caller& caller) {
    co_return co_await change(*ref, enablement(true), caller, true);
}

task<Result<Data<RuleView>>> RuleRoutes::disable(Path<std::string> ref, const Caller& caller) {
    co_return co_await change(*ref, enablement(false), caller, true);
}

task<Result<Deleted>> RuleRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Rule>> {
        TRY(const auto rule, flow::get_rule(session, *ref));
        CHECK(caller.require(Resource::rules, Right::delete_, target_of(rule)));
        TRY(auto out, deleted(rule, flow::delete_rule(session, rule, now)));
        out.effects.announce(messages_of({rule, std::nullopt}, now));
        return out;
    }));
    co_return Deleted{fmt::format("Rule '{}' deleted", *ref)};
}

} // namespace attune::api
