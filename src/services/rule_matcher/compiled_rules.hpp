#pragma once
#include "logic/matching/conditions.hpp"
#include "logic/matching/templates.hpp"
#include "logic/schedule/options.hpp"
#include "services/role.hpp"

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

/// Compiled rules by trigger and by rule, all of one definition generation. Bounded: when it is full it starts anew.
/// Lives on the matcher's loop.
class CompiledRules {
public:
    using RuleList = std::vector<std::shared_ptr<const CompiledRule>>;

    CompiledRules(Database& db, flow::IdAllocator& ids, std::size_t limit) : db_(db), ids_(ids), limit_(limit) {}

    /// Reads what these events need and is not known yet. Afterwards all that is known is of generation().
    task<Result<void>> prepare(const std::vector<Event>& events);

    std::int64_t generation() const { return generation_; }
    /// Enabled rules on the trigger, in the order of their ids.
    const RuleList& of_trigger(const std::string& trigger_ref) const;
    /// The rule that an event names; null when it is gone.
    std::shared_ptr<const CompiledRule> of_rule(RuleId id) const;
    void clear();
    /// What the limit bounds: the compiled rules, and the names and ids that they are found by.
    std::size_t size() const { return kept_ + by_trigger_.size() + by_rule_.size() + placements_.size(); }

private:
    struct Wanted {
        std::set<std::string> triggers;
        std::set<RuleId> rules;
    };
    struct Loaded {
        std::int64_t generation = 0;
        std::vector<CompiledRule> rules;
    };
    Wanted missing(const std::vector<Event>& events) const;
    static Result<Loaded> load(Session& session, const Wanted& wanted);
    static Result<CompiledRule> compile(Session& session, Rule rule);
    task<Result<void>> place(std::vector<CompiledRule>& rules);
    void keep(const Wanted& wanted, std::vector<CompiledRule> rules);

    Database& db_;
    flow::IdAllocator& ids_;
    std::size_t limit_;
    std::int64_t generation_ = -1;
    std::size_t kept_ = 0; ///< compiled rules, those in both maps once
    std::unordered_map<std::string, RuleList> by_trigger_;
    std::unordered_map<RuleId, std::shared_ptr<const CompiledRule>> by_rule_;
    std::unordered_map<std::string, PlacementId> placements_; ///< by key; placements never change
};

} // namespace attune::services
