#pragma once
#include "base/json.hpp"
#include "base/reflect.hpp"
#include "logic/placement/version_constraint.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What an execution asks of a worker, and what a worker offers. Pure.
namespace attune::logic::placement {

enum class TaintEffect { no_schedule, prefer_no_schedule };
ATTUNE_ENUM(TaintEffect, no_schedule, prefer_no_schedule)
enum class TolerationOperator { equal, exists };
ATTUNE_ENUM(TolerationOperator, equal, exists)
enum class LabelOperator { in, not_in, exists, does_not_exist };
ATTUNE_ENUM(LabelOperator, in, not_in, exists, does_not_exist)

/// Labels by key. A value that is a number, or true or false, is its text.
using Labels = std::map<std::string, std::string>;

/// Keeps off a worker whatever does not tolerate it; `prefer_no_schedule` only leaves it to others where it can.
struct Taint {
    std::string key;
    std::string value;
    TaintEffect effect = TaintEffect::no_schedule;
};

/// {key?, operator = equal, value?, effect?}: without a key every taint, without an effect both.
struct Toleration {
    std::string key;
    TolerationOperator op = TolerationOperator::equal;
    std::string value;
    std::optional<TaintEffect> effect;
};

/// {key, operator, values?}. An absent label is not in any values.
struct LabelExpression {
    std::string key;
    LabelOperator op = LabelOperator::in;
    std::vector<std::string> values;
};

/// {match_labels?, match_expressions?, weight?}: all of them hold.
struct LabelTerm {
    Labels labels;
    std::vector<LabelExpression> expressions;
    std::int64_t weight = 1; ///< of a preferred term, 1 to 100
};

/// {required?, preferred?, anti_affinity?}: any of `required`, none of `anti_affinity`.
struct Affinity {
    std::vector<LabelTerm> required;
    std::vector<LabelTerm> preferred;
    std::vector<LabelTerm> anti_affinity;
};

struct Requirement {
    std::string runtime; ///< its ref
    bool process = true; ///< false: whoever takes it starts none, and ends it in the same write
    VersionConstraint version;
    std::map<std::string, VersionConstraint> runtimes; ///< further ones, by name, alias or ref
    Labels selector;
    std::vector<Toleration> tolerations;
    Affinity affinity;

    /// Reads a placement's requirement: {runtime, process?, version?, runtimes?, selector?, tolerations?, affinity?}.
    /// Errors: `invalid`, the field below `worker_selector`, `worker_tolerations`, `worker_affinity`, ….
    static Result<Requirement> parse(const json::object& stored);
};

/// Each reads what is below `field`. Errors: `invalid`, naming the member. Bounded: 64 entries of each kind, 255 bytes
/// of each text.
Result<Labels> parse_labels(const json::object& from, const std::string& field);
Result<std::vector<Taint>> parse_taints(const json::array& from, const std::string& field);
Result<std::vector<Toleration>> parse_tolerations(const json::array& from, const std::string& field);
Result<Affinity> parse_affinity(const json::object& from, const std::string& field);
Result<std::map<std::string, VersionConstraint>> parse_runtimes(const json::object& from, const std::string& field);

} // namespace attune::logic::placement
