#include "flow/definitions.hpp"

#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/execution.hpp"
#include "domain/identity.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/generation.hpp"
#include "flow/keys.hpp"
#include "flow/sealed_definitions.hpp"
#include "flow/sources.hpp"

namespace attune::flow {
namespace {

/// The statements that every kind of definition has.
template <class T>
struct Kind {
    static inline const std::string name{table_name<T>()};
    static inline const QueryOf<T> by_ref{name + ".by_ref", "select {columns} from {table} where ref = $1"};
    static inline const NewOf<T> insert{name + ".new"};
    static inline const UpdateOf<T> update{name + ".update"};
    static inline const QueryOf<T> remove{name + ".delete", "delete from {table} where id = $1"};
    static inline const QueryOf<T> of_pack{name + ".of_pack",
                                           "select {columns} from {table} where pack_ref = $1 order by id"};
};

template <class T>
Result<std::optional<T>> find(Session& session, std::string_view ref) {
    return session.find<T>(Kind<T>::by_ref, ref);
}

template <class T>
Result<T> get(Session& session, std::string_view ref) {
    TRY(auto found, find<T>(session, ref));
    if (found) return *std::move(found);
    auto kind = Kind<T>::name;
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
    return Error{Errc::not_found, fmt::format("{} '{}' not found", kind, ref)};
}

template <class T>
Result<T> create(Session& session, T row, Timestamp now) {
    TRY(const auto existing, find<T>(session, row.ref));
    if (existing)
        return Error{Errc::conflict, fmt::format("a {} with the ref '{}' exists already", Kind<T>::name, row.ref),
                     "ref"};
    TRY(row.generation, next_generation(session));
    row.created = row.updated = now;
    CHECK(session.create(Kind<T>::insert, row));
    return row;
}

template <class T>
Result<T> replace(Session& session, T row, Timestamp now) {
    TRY(row.generation, next_generation(session));
    row.updated = now;
    CHECK(session.update(Kind<T>::update, row));
    return row;
}

template <class T>
Result<void> remove(Session& session, const T& row, Timestamp now) {
    CHECK(session.execute(Kind<T>::remove, row.id));
    return note_deletion(session, Kind<T>::name, row.ref, row.id.value, now);
}

const QueryOf<Rule> kRulesOfTrigger{"rule.of_trigger", "select {columns} from rule where trigger_ref = $1 order by id"};
const QueryOf<Rule> kRulesOfAction{"rule.of_action", "select {columns} from rule where action_ref = $1 order by id"};
const Query kLinkTrigger{"rule.link_trigger", "update rule set trigger = $2 where trigger_ref = $1"};
const Query kLinkAction{"rule.link_action", "update rule set action = $2 where action_ref = $1"};
const QueryOf<Runtime> kRuntimes{"runtime.all", "select {columns} from runtime order by ref"};
const QueryOf<Placement> kPlacementByKey{"placement.by_key", "select {columns} from placement where key = $1"};
const QueryOf<Placement> kPlacements{"placement.all", "select {columns} from placement order by id"};
const Query kPlacementCount{"placement.count", "select count(*) from placement"};
const InsertOf<Placement> kInsertPlacement{"placement.insert", "on conflict do nothing"};
const QueryOf<PermissionSet> kSetByRef{"permission_set.by_ref", "select {columns} from permission_set where ref = $1"};
const NewOf<PermissionSet> kNewSet{"permission_set.new"};
const UpdateOf<PermissionSet> kUpdateSet{"permission_set.update"};

/// After a trigger changed: what sources keep of it, and of its rules.
Result<void> follow_with_rules(Session& session, const Trigger& trigger, Timestamp now) {
    TRY(const auto rules, session.all<Rule>(kRulesOfTrigger, trigger.ref));
    return sources_follow(session, trigger, rules, now);
}

/// Equal but for what the database gives.
template <class T>
bool same_definition(T a, const T& b) {
    a.id = b.id;
    a.generation = b.generation;
    a.created = b.created;
    a.updated = b.updated;
    return to_json(a) == to_json(b);
}

} // namespace

Result<std::optional<Rule>> find_rule(Session& s, std::string_view ref) {
    return find<Rule>(s, ref);
}
Result<std::optional<Trigger>> find_trigger(Session& s, std::string_view ref) {
    return find<Trigger>(s, ref);
}
Result<std::optional<Action>> find_action(Session& s, std::string_view ref) {
    return find<Action>(s, ref);
}
Result<std::optional<Runtime>> find_runtime(Session& s, std::string_view ref) {
    return find<Runtime>(s, ref);
}
Result<std::optional<Pack>> find_pack(Session& s, std::string_view ref) {
    return s.find<Pack>(Kind<Pack>::by_ref, ref);
}
Result<Rule> get_rule(Session& s, std::string_view ref) {
    return get<Rule>(s, ref);
}
Result<Trigger> get_trigger(Session& s, std::string_view ref) {
    return get<Trigger>(s, ref);
}
Result<Action> get_action(Session& s, std::string_view ref) {
    return get<Action>(s, ref);
}
Result<Runtime> get_runtime(Session& s, std::string_view ref) {
    return get<Runtime>(s, ref);
}
Result<Pack> get_pack(Session& s, std::string_view ref) {
    return get<Pack>(s, ref);
}

namespace {

/// Rules that were written before their action or trigger said what is secret.
Result<void> seal_rules(Session& session, const QueryOf<Rule>& which, std::string_view ref, Timestamp now) {
    TRY(const auto rules, session.all<Rule>(which, ref));
    for (const auto& rule : rules) {
        auto sealed = rule;
        TRY(const auto revealed, reveal(session, rule, sealed));
        TRY(const auto secrets, take_secrets(session, sealed, revealed));
        if (to_json(sealed) != to_json(rule)) CHECK(update_rule(session, rule, rule, now));
    }
    return {};
}

} // namespace

Result<Rule> create_rule(Session& session, Rule rule, Timestamp now) {
    TRY(const auto secrets, take_secrets(session, rule, {}));
    TRY(auto made, create(session, std::move(rule), now));
    if (!secrets.columns.empty()) CHECK(replace_sealed(session, SealedIn::rule, made.id.value, made.ref, secrets, now));
    CHECK(sources_follow(session, made, now));
    return made;
}

Result<Trigger> create_trigger(Session& session, Trigger trigger, Timestamp now) {
    TRY(auto made, create(session, std::move(trigger), now));
    CHECK(session.execute(kLinkTrigger, made.ref, made.id)); // rules that outlived an older trigger of this ref
    if (logic::schema::declares_secrets(made.param_schema)) CHECK(seal_rules(session, kRulesOfTrigger, made.ref, now));
    CHECK(follow_with_rules(session, made, now));
    return made;
}

Result<Action> create_action(Session& session, Action action, Timestamp now) {
    TRY(auto made, create(session, std::move(action), now));
    CHECK(session.execute(kLinkAction, made.ref, made.id));
    if (logic::schema::declares_secrets(made.param_schema)) CHECK(seal_rules(session, kRulesOfAction, made.ref, now));
    return made;
}

Result<Runtime> create_runtime(Session& session, Runtime runtime, Timestamp now) {
    return create(session, std::move(runtime), now);
}
Result<Pack> create_pack(Session& session, Pack pack, Timestamp now) {
    TRY(const auto secrets, take_secrets(pack, {}));
    TRY(auto made, create(session, std::move(pack), now));
    if (!secrets.columns.empty()) CHECK(replace_sealed(session, SealedIn::pack, made.id.value, made.ref, secrets, now));
    return made;
}

Result<Rule> update_rule(Session& session, const Rule& before, Rule after, Timestamp now) {
    TRY(const auto revealed, reveal(session, before, after));
    TRY(const auto secrets, take_secrets(session, after, revealed));
    TRY(auto written, replace(session, std::move(after), now));
    CHECK(replace_sealed(session, SealedIn::rule, written.id.value, written.ref, secrets, now));
    CHECK(sources_follow(session, written, now));
    if (before.trigger_ref != written.trigger_ref) CHECK(sources_follow_use(session, before.trigger_ref, now));
    return written;
}

Result<Trigger> update_trigger(Session& session, Trigger after, Timestamp now) {
    TRY(auto written, replace(session, std::move(after), now));
    if (logic::schema::declares_secrets(written.param_schema))
        CHECK(seal_rules(session, kRulesOfTrigger, written.ref, now));
    CHECK(follow_with_rules(session, written, now));
    return written;
}

Result<Action> update_action(Session& session, Action after, Timestamp now) {
    TRY(auto written, replace(session, std::move(after), now));
    if (logic::schema::declares_secrets(written.param_schema))
        CHECK(seal_rules(session, kRulesOfAction, written.ref, now));
    return written;
}
Result<Runtime> update_runtime(Session& session, Runtime after, Timestamp now) {
    return replace(session, std::move(after), now);
}
Result<Pack> update_pack(Session& session, Pack after, Timestamp now) {
    TRY(const auto revealed, reveal(session, after, after));
    TRY(const auto secrets, take_secrets(after, revealed));
    TRY(auto written, replace(session, std::move(after), now));
    CHECK(replace_sealed(session, SealedIn::pack, written.id.value, written.ref, secrets, now));
    return written;
}

Result<void> delete_rule(Session& session, const Rule& rule, Timestamp now) {
    CHECK(sources_let_go(session, rule.id, now));
    CHECK(remove(session, rule, now));
    CHECK(forget_sealed(session, SealedIn::rule, rule.id.value));
    return sources_follow_use(session, rule.trigger_ref, now);
}

Result<void> delete_trigger(Session& session, const Trigger& trigger, Timestamp now) {
    Trigger disabled = trigger;
    disabled.enabled = false;
    disabled.param_schema.reset();
    TRY(const auto written, update_trigger(session, std::move(disabled), now));
    CHECK(forget_sealed(session, SealedIn::trigger, trigger.id.value));
    return remove(session, written, now);
}

Result<void> delete_action(Session& session, const Action& action, Timestamp now) {
    CHECK(delete_keys_of(session, KeyOwner::action, action.id.value));
    return remove(session, action, now);
}
Result<void> delete_runtime(Session& session, const Runtime& runtime, Timestamp now) {
    return remove(session, runtime, now);
}

Result<void> delete_pack(Session& session, const Pack& pack, Timestamp now) {
    TRY(const auto rules, session.all<Rule>(Kind<Rule>::of_pack, pack.ref));
    for (const auto& rule : rules) CHECK(delete_rule(session, rule, now));
    TRY(const auto triggers, session.all<Trigger>(Kind<Trigger>::of_pack, pack.ref));
    for (const auto& trigger : triggers) CHECK(delete_trigger(session, trigger, now));
    TRY(const auto actions, session.all<Action>(Kind<Action>::of_pack, pack.ref));
    for (const auto& action : actions) CHECK(delete_action(session, action, now));
    TRY(const auto runtimes, session.all<Runtime>(Kind<Runtime>::of_pack, pack.ref));
    for (const auto& runtime : runtimes) CHECK(delete_runtime(session, runtime, now));
    CHECK(delete_calendars_of(session, pack.ref, now));
    CHECK(delete_keys_of(session, KeyOwner::pack, pack.id.value));
    CHECK(forget_sealed(session, SealedIn::pack, pack.id.value));
    return remove(session, pack, now);
}

namespace {

template <class T>
constexpr bool kHasAdhoc = requires(T t) { t.is_adhoc; };

/// Deletes those of the pack's components that are not in it any more and were not made by the API.
template <class T, class Delete>
Result<void> delete_gone(const std::vector<T>& existing, const std::vector<T>& wanted, Delete delete_one) {
    for (const auto& old : existing) {
        if constexpr (kHasAdhoc<T>) {
            if (old.is_adhoc) continue;
        }
        const bool stays = std::ranges::any_of(wanted, [&](const T& one) { return one.ref == old.ref; });
        if (!stays) CHECK(delete_one(old));
    }
    return {};
}

/// What is not the pack's to say stays.
template <class T>
void keep_own(const T&, T&) {}
void keep_own(const Trigger& old, Trigger& wanted) {
    wanted.webhook_enabled = old.webhook_enabled;
    wanted.webhook_key = old.webhook_key;
    wanted.webhook_config = old.webhook_config;
}

template <class T, class Create, class Update>
Result<void> upsert(const Pack& pack, const std::vector<T>& existing, std::vector<T>& wanted, Create create_one,
                    Update update_one) {
    for (auto& one : wanted) {
        one.pack = pack.id;
        one.pack_ref = pack.ref;
        const auto old = std::ranges::find(existing, one.ref, &T::ref);
        if (old != existing.end()) keep_own(*old, one);
        if (old == existing.end()) {
            TRY(one, create_one(one));
        } else if (!same_definition(one, *old)) {
            one.id = old->id;
            one.created = old->created;
            TRY(one, update_one(*old, one));
        }
    }
    return {};
}

/// Brings the components of one kind up to date.
template <class T, class Create, class Update, class Delete>
Result<void> install_kind(Session& session, const Pack& pack, std::vector<T>& wanted, Create create_one,
                          Update update_one, Delete delete_one) {
    TRY(const auto existing, session.all<T>(Kind<T>::of_pack, pack.ref));
    CHECK(delete_gone(existing, wanted, delete_one));
    return upsert(pack, existing, wanted, create_one, update_one);
}

Result<void> install_permission_sets(Session& session, const logic::packs::PackDefinition& contents, PackId pack,
                                     Timestamp now) {
    for (auto set : contents.permission_sets) {
        set.pack = pack;
        set.pack_ref = contents.pack.ref;
        set.created = set.updated = now;
        TRY(const auto old, session.find<PermissionSet>(kSetByRef, set.ref));
        if (!old) {
            CHECK(session.create(kNewSet, set));
            continue;
        }
        set.id = old->id;
        set.created = old->created;
        CHECK(session.update(kUpdateSet, set));
    }
    return {};
}

Result<Pack> install_row(Session& session, Pack wanted, Timestamp now) {
    TRY(const auto old, find<Pack>(session, wanted.ref));
    if (!old) return create_pack(session, std::move(wanted), now);
    wanted.id = old->id;
    wanted.config = old->config;
    wanted.created = old->created;
    wanted.installed_by = old->installed_by;
    if (same_definition(wanted, *old)) return *old;
    return update_pack(session, std::move(wanted), now);
}

/// Fills in the ids that a rule's refs stand for; false (and a warning) when they name nothing.
Result<bool> link_rule(Session& session, Rule& rule, std::vector<std::string>& warnings) {
    TRY(const auto trigger, find<Trigger>(session, rule.trigger_ref));
    TRY(const auto action, find<Action>(session, rule.action_ref));
    if (!trigger || !action) {
        warnings.push_back(fmt::format("rule {} is left out: {} {} does not exist", rule.ref,
                                       trigger ? "action" : "trigger", trigger ? rule.action_ref : rule.trigger_ref));
        return false;
    }
    rule.trigger = trigger->id;
    rule.action = action->id;
    return true;
}

} // namespace

Result<InstalledPack> install_pack(Session& session, logic::packs::PackDefinition contents, Timestamp now) {
    InstalledPack out;
    TRY(out.pack, install_row(session, contents.pack, now));
    CHECK(install_permission_sets(session, contents, out.pack.id, now));
    CHECK(install_kind(
        session, out.pack, contents.runtimes, [&](const Runtime& r) { return create_runtime(session, r, now); },
        [&](const Runtime&, const Runtime& r) { return update_runtime(session, r, now); },
        [&](const Runtime& r) { return delete_runtime(session, r, now); }));
    // Timers of triggers and rules name calendars: new ones come before them, those that are gone go after.
    TRY(const auto old_calendars, calendars_of_pack(session, out.pack.ref));
    CHECK(upsert(
        out.pack, old_calendars, contents.calendars,
        [&](const Calendar& c) { return create_calendar(session, c, now); },
        [&](const Calendar& before, const Calendar& c) { return update_calendar(session, before, c, now); }));
    CHECK(install_kind(
        session, out.pack, contents.triggers, [&](const Trigger& t) { return create_trigger(session, t, now); },
        [&](const Trigger&, const Trigger& t) { return update_trigger(session, t, now); },
        [&](const Trigger& t) { return delete_trigger(session, t, now); }));
    for (auto& action : contents.actions) {
        if (!action.runtime_ref) continue;
        TRY(const auto runtime, find<Runtime>(session, *action.runtime_ref));
        if (runtime) action.runtime = runtime->id;
        if (!runtime)
            out.warnings.push_back(
                fmt::format("action {} names the runtime {}, which does not exist", action.ref, *action.runtime_ref));
    }
    CHECK(install_kind(
        session, out.pack, contents.actions, [&](const Action& a) { return create_action(session, a, now); },
        [&](const Action&, const Action& a) { return update_action(session, a, now); },
        [&](const Action& a) { return delete_action(session, a, now); }));
    std::vector<Rule> linked;
    for (auto& rule : contents.rules) {
        TRY(const auto known, link_rule(session, rule, out.warnings));
        if (known) linked.push_back(std::move(rule));
    }
    CHECK(install_kind(
        session, out.pack, linked, [&](const Rule& r) { return create_rule(session, r, now); },
        [&](const Rule& before, const Rule& r) { return update_rule(session, before, r, now); },
        [&](const Rule& r) { return delete_rule(session, r, now); }));
    CHECK(delete_gone(old_calendars, contents.calendars,
                      [&](const Calendar& c) { return delete_calendar(session, c, now); }));
    return out;
}

Result<std::vector<Rule>> rules_of_pack(Session& session, std::string_view pack_ref) {
    return session.all<Rule>(Kind<Rule>::of_pack, pack_ref);
}

Result<std::vector<Runtime>> list_runtimes(Session& session) {
    return session.all<Runtime>(kRuntimes);
}

Result<PlacementId> intern_placement(Session& session, const json::object& requirement, PlacementId id_if_new) {
    Placement wanted{id_if_new, to_text(requirement), requirement};
    TRY(const auto known, session.find<Placement>(kPlacementByKey, wanted.key));
    if (known) return known->id;
    CHECK(session.insert(kInsertPlacement, wanted));
    TRY(const auto made, session.find<Placement>(kPlacementByKey, wanted.key));
    if (!made) return Error{Errc::internal, "the placement was not made"};
    return made->id;
}

Result<std::int64_t> count_placements(Session& session) {
    TRY(const auto count, session.scalar<std::int64_t>(kPlacementCount));
    return count.value_or(0);
}

Result<std::vector<Placement>> all_placements(Session& session) {
    return session.all<Placement>(kPlacements);
}

} // namespace attune::flow
