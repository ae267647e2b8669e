#pragma once
#include "logic/matching/event_view.hpp"
#include "logic/matching/pacing.hpp"

#include <memory>
#include <optional>
#include <string>

namespace attune::logic::matching {

struct ConditionNode;
struct Finding;

/// Whether a rule's conditions hold, and why, for a person.
struct Verdict {
    bool matched = false;
    std::string reason;         ///< with the condition's place and the value that it saw; at most about 1 KiB
    bool error = false;         ///< not matched, because it could not be evaluated
    std::string condition = {}; ///< the place of the one that decided against it: "conditions.all[1]"
    std::string seen = {};      ///< what that one saw, as short JSON text; empty when there is nothing to show
};

/// The conditions of a rule, compiled once.
///
/// As a plain list of comparisons, all of which must hold, or as `{expression}` alone they are not applied to an event
/// without payload: it matches. Null, `{}` and `[]` always match. An object with `all`, `any` (lists), `not`,
/// `time_window` or `expression`, nested, applies to every event; of several members each must hold. Whatever cannot be
/// evaluated does not match. `throttle` and `debounce` beside them hold back a rule that matched.
/// Immutable, cheap to copy and to evaluate, safe from several threads.
class Conditions {
public:
    /// For conditions that somebody writes now. Errors: `invalid` with the field at fault (`conditions`,
    /// `conditions.expression`, `conditions.all[0].operator`) and what was expected.
    static Result<Conditions> compile(const json::value& conditions);

    /// For conditions that stand in the database, whoever let them in: what compile() refuses never matches, and the
    /// verdict says why.
    static Conditions compile_stored(const json::value& conditions);

    Verdict evaluate(const EventView& event) const;

    /// Whether there are no conditions, so that every event matches.
    bool always() const { return root_ == nullptr && defect_.empty(); }

    const std::optional<Throttle>& throttle() const { return throttle_; }
    const std::optional<Debounce>& debounce() const { return debounce_; }

private:
    Conditions() = default;
    static Result<Conditions> compile_object(const json::object& object);
    Verdict to_verdict(const Finding& finding, const EventView& event) const;

    std::shared_ptr<const ConditionNode> root_; ///< of a list, without what follows a defective item
    bool asks_for_payload_ = true;              ///< not applied to an event without one
    std::string defect_;                        ///< why it never matches
    std::optional<Throttle> throttle_;
    std::optional<Debounce> debounce_;
};

} // namespace attune::logic::matching
