#include "api/definitions/rules.hpp"

#include "api/auth/standings.hpp"
#include "api/definitions/announce.hpp"
#include "api/definitions/below.hpp"
#include "flow/calendars.hpp"
#include "flow/sealed_definitions.hpp"
#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {
namespace {

namespace definitions = logic::definitions;
using logic::entities::Given;

constexpr std::string_view kSets = "permission_set_refs";

/// Links the rule to its action and trigger, and checks the parameters against them.
Result<void> link(Session& session, Rule& rule) {
    TRY(const auto action, flow::get_action(session, rule.action_ref));
    TRY(const auto trigger, flow::get_trigger(session, rule.trigger_ref));
    rule.action = action.id;
    rule.trigger = trigger.id;
    TRY(const auto pack, flow::get_pack(session, rule.pack_ref));
    return definitions::check_rule_links(rule, trigger, action, pack.conf_schema, flow::calendars_in(session));
}

/// A rule whose action or trigger is gone can still be renamed or disabled.
bool needs_links(const Given& given) {
    return given.has_any({"action_ref", "trigger_ref", "action_params", "trigger_params"});
}

/// Whoever makes a rule run something else, or with other rights, must hold the rights it runs with.
bool hands_on_rights(const Given& given) {
    return given.has_any({"action_ref", "action_params", kSets});
}

Result<void> check_sets(Session& session, const Rule& rule, const Caller& caller) {
    if (!rule.permission_set_refs) return {};
    return check_delegation(session, caller, *rule.permission_set_refs, kSets);
}

std::optional<Rule> copy_of(const Rule* rule) {
    return rule == nullptr ? std::nullopt : std::optional(*rule);
}

} // namespace

RuleRoutes::RuleRoutes(Context& ctx)
    : Component(ctx, {.entity = logic::entities::rule(),
                      .resource = Resource::rules,
                      .below = {below_packs("List the rules of a pack"),
                                {"actions", "action_ref", "List the rules that run an action",
                                 [](Session& session, const std::string& ref) -> Result<void> {
                                     CHECK(flow::get_action(session, ref));
                                     return {};
                                 }},
                                {"triggers", "trigger_ref", "List the rules on a trigger",
                                 [](Session& session, const std::string& ref) -> Result<void> {
                                     CHECK(flow::get_trigger(session, ref));
                                     return {};
                                 }}}}) {}

Result<Rule> RuleRoutes::find(Session& session, const std::string& ref) {
    return flow::get_rule(session, ref);
}

Result<void> RuleRoutes::check(const Rule& row) const {
    return definitions::check_rule(row);
}

Result<Rule> RuleRoutes::add(Session& session, Rule wanted, const Change& change) {
    wanted.owner_identity = change.caller.acting();
    CHECK(link(session, wanted));
    CHECK(check_sets(session, wanted, change.caller));
    return flow::create_rule(session, std::move(wanted), change.now);
}

Result<Rule> RuleRoutes::change(Session& session, const Rule& before, Rule after, const Change& change) {
    CHECK(definitions::check_rule(after));
    if (needs_links(change.given)) {
        auto revealed = after; // whoever writes the masks back that he read means the secrets behind them
        CHECK(flow::reveal(session, before, revealed));
        CHECK(link(session, revealed));
        after.action = revealed.action;
        after.trigger = revealed.trigger;
    }
    if (hands_on_rights(change.given)) CHECK(check_sets(session, after, change.caller));
    return flow::update_rule(session, before, std::move(after), change.now);
}

Result<void> RuleRoutes::remove(Session& session, const Rule& row, Timestamp now) {
    return flow::delete_rule(session, row, now);
}

void RuleRoutes::follow(flow::Effects& effects, const Rule* before, const Rule* after, const Change& change) const {
    effects.announce(messages_of({copy_of(before), copy_of(after)}, change.now, change.repeated));
}

} // namespace attune::api
