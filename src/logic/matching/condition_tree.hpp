#pragma once
// The tree that conditions are compiled to. Internal to this module; use Conditions.
#include "logic/expression/expression.hpp"
#include "logic/matching/comparison.hpp"
#include "logic/matching/event_view.hpp"
#include "logic/matching/time_window.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attune::logic::matching {

/// Whether a condition holds; `error` when that cannot be said, which no `not` turns round.
enum class Truth : std::uint8_t { no, yes, error };

struct ConditionNode {
    enum class Kind : std::uint8_t { all, any, negation, comparison, expression, window };

    Kind kind = Kind::all;
    std::string path; ///< where it stands: "conditions.all[1]"
    std::vector<ConditionNode> children = {};
    std::optional<Comparison> comparison = {};
    std::optional<expression::Expression> expression = {};
    std::optional<TimeWindow> window = {};
};

/// What a look at a tree found: the condition that decided, and what was wrong with it where something was.
struct Finding {
    Truth truth = Truth::yes;
    const ConditionNode* at = nullptr;
    std::string error = {};
};

/// In the order of the conditions, as far as it matters: in `all` the first that does not hold or fails decides; `any`
/// fails when none holds and one failed.
Finding look_at(const ConditionNode& node, const EventView& event);

/// Why it came to that, for a person, at most some hundred bytes: "payload.value is 2, expected equals 3".
std::string explain(const Finding& finding, const EventView& event);

/// The value that a comparison saw, as short JSON text; empty when another kind of condition decided, or it is absent.
std::string value_seen(const Finding& finding, const EventView& event);

} // namespace attune::logic::matching
