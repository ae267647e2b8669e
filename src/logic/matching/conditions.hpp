#pragma once
#include "base/enums.hpp"
#include "logic/expression/expression.hpp"
#include "logic/matching/event_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attune::logic::matching {

/// Whether a rule's conditions hold, and why, for a person.
struct Verdict {
    bool matched = false;
    std::string reason;
};

enum class Operator { equals, not_equals, contains };
ATTUNE_ENUM(Operator, equals, not_equals, contains)

/// `{field, operator, value}`: one item of a list of conditions.
struct Condition {
    std::string field; ///< a dotted path in the payload; a leading "payload." may be written too
    Operator op = Operator::equals;
    json::value value;
};

/// The conditions of a rule, compiled once. In this order: an event without payload matches; no conditions match; an
/// expression matches when it is true; a list when all its items hold. Whatever cannot be evaluated does not match.
/// Immutable, cheap to evaluate, safe from several threads.
class Conditions {
public:
    static constexpr std::size_t kMaxItems = 256;

    /// For conditions that somebody writes now. Errors: `invalid` with the field at fault (`conditions`,
    /// `conditions.expression`, `conditions[0].operator`) and what was expected.
    static Result<Conditions> compile(const json::value& conditions);

    /// For conditions that stand in the database, whoever let them in: what compile() refuses never matches, and the
    /// verdict says why.
    static Conditions compile_stored(const json::value& conditions);

    Verdict evaluate(const EventView& event) const;

    /// Whether there are no conditions, so that every event matches.
    bool always() const { return items_.empty() && !expression_ && defect_.empty(); }

private:
    Conditions() = default;
    Verdict evaluate_expression(const EventView& event) const;
    Verdict evaluate_items(const json::value& payload) const;

    std::vector<Condition> items_; ///< those before a defective one: the first that fails gives the reason
    std::optional<expression::Expression> expression_;
    std::string defect_; ///< why it never matches
};

} // namespace attune::logic::matching
