#pragma once
#include "storage/session.hpp"

#include <set>

namespace attune::flow {

/// What was changed of the definitions that decisions and runs rest on: created, written anew or deleted.
struct DefinitionChanges {
    std::int64_t generation = 0; ///< all changes up to this one are in it
    bool everything = false;     ///< too much to name, or so long ago that nobody knows what was deleted since
    std::set<RuleId> rules;
    std::set<std::string> rules_of; ///< the triggers that the changed rules are on now
    std::set<std::string> triggers;
    std::set<std::string> actions;
    std::set<std::string> runtimes;
    std::set<std::string> packs;
};

/// What something was made of: a compiled rule, a decision, what a worker knows of an action.
struct DefinitionBasis {
    std::set<RuleId> rules = {};
    std::optional<std::string> rules_of =
        {}; ///< the trigger of which every rule counts, also one that is not there yet
    std::set<std::string> triggers = {};
    std::set<std::string> actions = {};
    std::set<std::string> runtimes = {};
    std::set<std::string> packs = {};

    void merge(const DefinitionBasis& other); ///< what something of parts was made of; keeps its own rules_of
    /// Whether it has to be made anew.
    bool touched_by(const DefinitionChanges& changes) const;
};

/// What was changed after this generation, up to now; everything, when it is negative. What is read to be right at a
/// generation is read in the same transaction; in one that only looks whether it is still right, this may show changes
/// beyond its generation, too.
Result<DefinitionChanges> definitions_changed_since(Session& session, std::int64_t generation);

} // namespace attune::flow
