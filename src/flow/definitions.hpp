#pragma once
// Creating, changing and deleting definitions: the row, its generation, and the timers that follow, in one transaction.
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "logic/packs/read_pack.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Reads. `find_` may be absent; `get_` absence is `not_found`, with the kind and the ref.
Result<std::optional<Rule>> find_rule(Session& session, std::string_view ref);
Result<std::optional<Trigger>> find_trigger(Session& session, std::string_view ref);
Result<std::optional<Action>> find_action(Session& session, std::string_view ref);
Result<std::optional<Runtime>> find_runtime(Session& session, std::string_view ref);
Result<std::optional<Pack>> find_pack(Session& session, std::string_view ref);
Result<Rule> get_rule(Session& session, std::string_view ref);
Result<Trigger> get_trigger(Session& session, std::string_view ref);
Result<Action> get_action(Session& session, std::string_view ref);
Result<Runtime> get_runtime(Session& session, std::string_view ref);
/// All of them, by ref.
Result<std::vector<Runtime>> list_runtimes(Session& session);
Result<Pack> get_pack(Session& session, std::string_view ref);
Result<std::vector<Rule>> rules_of_pack(Session& session, std::string_view pack_ref);

/// Creates: id, generation, created and updated are filled in. Errors: `conflict` when the ref exists.
Result<Rule> create_rule(Session& session, Rule rule, Timestamp now);
Result<Trigger> create_trigger(Session& session, Trigger trigger, Timestamp now);
Result<Action> create_action(Session& session, Action action, Timestamp now);
Result<Runtime> create_runtime(Session& session, Runtime runtime, Timestamp now);
Result<Pack> create_pack(Session& session, Pack pack, Timestamp now);

/// Writes the whole row as given (read it in the same transaction first).
Result<Rule> update_rule(Session& session, const Rule& before, Rule after, Timestamp now);
Result<Trigger> update_trigger(Session& session, Trigger after, Timestamp now);
Result<Action> update_action(Session& session, Action after, Timestamp now);
Result<Runtime> update_runtime(Session& session, Runtime after, Timestamp now);
Result<Pack> update_pack(Session& session, Pack after, Timestamp now);

/// Deletes, with the keys that it owns. History keeps the refs; rules on a deleted trigger or action stay and explain
/// why they do not run.
Result<void> delete_rule(Session& session, const Rule& rule, Timestamp now);
Result<void> delete_trigger(Session& session, const Trigger& trigger, Timestamp now);
Result<void> delete_action(Session& session, const Action& action, Timestamp now);
Result<void> delete_runtime(Session& session, const Runtime& runtime, Timestamp now);
/// With all its components.
Result<void> delete_pack(Session& session, const Pack& pack, Timestamp now);

/// Installs or brings up to date: everything is upserted by ref; components of the pack that are not in it any more and
/// were not made by the API are deleted; the pack's own config stays. Rules on unknown triggers or actions are left out
/// with a warning. Idempotent: what is equal is not written. Errors: `conflict` for a calendar that is gone from the
/// pack while a rule or a trigger uses it.
struct InstalledPack {
    Pack pack;
    std::vector<std::string> warnings;
};
Result<InstalledPack> install_pack(Session& session, logic::packs::PackDefinition contents, Timestamp now);

/// The id of a placement, made when it is new. `id_if_new` is a fresh id.
Result<PlacementId> intern_placement(Session& session, const json::object& requirement, PlacementId id_if_new);
/// Placements are only ever added: as long as their number is the same, so are they.
Result<std::int64_t> count_placements(Session& session);
Result<std::vector<Placement>> all_placements(Session& session);

} // namespace attune::flow
