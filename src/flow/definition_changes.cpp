#include "flow/definition_changes.hpp"

#include "flow/generation.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

constexpr std::int64_t kMostChanges = 1000; ///< more are sooner read anew than looked for

// Rules have their trigger beside them. Rows say which change was their last; what is gone has left a row elsewhere.
const Query kChanged{"definition.changed_since",
                     "select 'rule' as kind, id, ref, trigger_ref from rule where generation > $1"
                     " union all select 'trigger', id, ref, '' from trigger where generation > $1"
                     " union all select 'action', id, ref, '' from action where generation > $1"
                     " union all select 'runtime', id, ref, '' from runtime where generation > $1"
                     " union all select 'pack', id, ref, '' from pack where generation > $1"
                     " union all select kind, row_id, ref, '' from definition_change where generation > $1"
                     " limit $2"};

void add(DefinitionChanges& changes, std::string_view kind, const Row& row) {
    const std::string ref(row.text(2));
    if (kind == "rule") {
        changes.rules.insert(RuleId{row.integer(1)});
        if (!row.text(3).empty()) changes.rules_of.emplace(row.text(3));
    } else if (kind == "trigger") {
        changes.triggers.insert(ref);
    } else if (kind == "action") {
        changes.actions.insert(ref);
    } else if (kind == "runtime") {
        changes.runtimes.insert(ref);
    } else if (kind == "pack") {
        changes.packs.insert(ref);
    } else if (kind == "forgotten") {
        changes.everything = true;
    }
}

template <class T>
bool meet(const std::set<T>& changed, const std::set<T>& used) {
    return std::ranges::any_of(changed, [&](const T& one) { return used.contains(one); });
}

} // namespace

void DefinitionBasis::merge(const DefinitionBasis& other) {
    rules.insert(other.rules.begin(), other.rules.end());
    triggers.insert(other.triggers.begin(), other.triggers.end());
    actions.insert(other.actions.begin(), other.actions.end());
    runtimes.insert(other.runtimes.begin(), other.runtimes.end());
    packs.insert(other.packs.begin(), other.packs.end());
}

bool DefinitionBasis::touched_by(const DefinitionChanges& changes) const {
    return changes.everything || meet(changes.rules, rules) || (rules_of && changes.rules_of.contains(*rules_of)) ||
           meet(changes.triggers, triggers) || meet(changes.actions, actions) || meet(changes.runtimes, runtimes) ||
           meet(changes.packs, packs);
}

Result<DefinitionChanges> definitions_changed_since(Session& session, std::int64_t generation) {
    DefinitionChanges out;
    // Before the rows: what is changed between the two is seen, and seen again the next time.
    TRY(out.generation, current_generation(session));
    if (out.generation == generation) return out;
    out.everything = generation < 0;
    if (out.everything) return out;
    std::int64_t seen = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        ++seen;
        add(out, row.text(0), row);
        return {};
    };
    CHECK(session.each(kChanged, sink, generation, kMostChanges + 1));
    if (seen > kMostChanges) out.everything = true;
    return out;
}

} // namespace attune::flow
