#pragma once
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "flow/definition_changes.hpp"
#include "logic/matching/conditions.hpp"
#include "logic/matching/templates.hpp"
#include "logic/schedule/options.hpp"
#include "services/role.hpp"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace attune::services {

/// A rule with what its decision needs.
struct CompiledRule {
    Rule rule;
    logic::matching::Conditions conditions;
    logic::matching::ParamTemplate params;
    std::optional<Action> action;
    bool trigger_enabled = true;
    logic::schedule::RunOverlap overlap = {}; ///< of runs that its timer starts
    PlacementId placement;
    json::value pack_config;
    std::optional<std::string> defect = {};      ///< why it cannot run: a template that would show a secret, a lost key
    bool has_secrets = false;                    ///< some of its parameters are, or may become, secret
    std::vector<std::string> sealed = {};        ///< pointers of those that are stored sealed
    std::optional<json::object> out_schema = {}; ///< the trigger's, when its templates use secrets of the payload
};

/// The rules that an event meets, in the order of their ids.
struct KnownRules {
    std::vector<std::shared_ptr<const CompiledRule>> rules;
    std::shared_ptr<const flow::DefinitionBasis> basis; ///< what they were compiled from
};

/// Compiled rules by trigger and by rule, all as of one definition generation: what a change does not touch stays
/// compiled. Bounded: when it is full it starts anew. Lives on the matcher's loop.
class CompiledRules {
public:
    CompiledRules(Database& db, flow::IdAllocator& ids, std::size_t limit) : db_(db), ids_(ids), limit_(limit) {}

    /// Reads what these events need and is not known yet. Afterwards all that is known is of generation().
    task<Result<void>> prepare(const std::vector<Event>& events);

    std::int64_t generation() const { return generation_; }
    /// The enabled rules on the event's trigger; or the one rule that it names, which may be disabled, or none when
    /// that is gone. For an event that was prepared for.
    const KnownRules& of(const Event& event) const;
    /// Drops what these changes touch; the rest is of their generation.
    void forget(const flow::DefinitionChanges& changes);
    /// What the limit bounds: rules, triggers and placements.
    std::size_t size() const { return by_rule_.size() + by_trigger_.size() + placements_.size(); }

private:
    struct Wanted {
        std::set<std::string> triggers;
        std::set<RuleId> rules;
    };
    struct Loaded {
        flow::DefinitionChanges changes; ///< since what is known was read
        std::map<std::string, std::vector<RuleId>> lists;
        std::map<RuleId, std::optional<CompiledRule>> rules; ///< of those that are not known; none: it is gone
    };
    Wanted missing(const std::vector<Event>& events) const;
    Result<Loaded> load(Session& session, const Wanted& wanted) const;
    static Result<CompiledRule> compile(Session& session, Rule rule);
    task<Result<void>> place(CompiledRule& rule);
    KnownRules list(const std::string& trigger_ref, const std::vector<RuleId>& ids) const;
    void clear();

    Database& db_;
    flow::IdAllocator& ids_;
    std::size_t limit_;
    std::int64_t generation_ = -1;
    std::unordered_map<RuleId, KnownRules> by_rule_;          ///< one or none
    std::unordered_map<std::string, KnownRules> by_trigger_;  ///< each is in by_rule_, too
    std::unordered_map<std::string, PlacementId> placements_; ///< by key; placements never change
};

} // namespace attune::services
