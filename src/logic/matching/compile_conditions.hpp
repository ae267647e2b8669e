#pragma once
// From JSON to a tree. Internal to this module; use Conditions.
#include "logic/matching/condition_tree.hpp"

namespace attune::logic::matching {

/// The bounds of one rule's conditions.
struct ConditionBounds {
    static constexpr std::size_t kMostConditions = 256; ///< comparisons, groups and the rest, together
    static constexpr std::size_t kMostNesting = 16;
};

/// `{all, any, not, time_window, expression}`: what of it is there must hold; throttle and debounce, which may stand
/// beside it, are read by the caller. Beside an expression other members are ignored. Nothing when none of it is there.
/// Errors: `invalid` with the path of the member at fault.
Result<std::optional<ConditionNode>> compile_object(const json::object& object, const std::string& path);

/// A plain list of comparisons, all of which must hold.
struct CompiledList {
    ConditionNode node;
    std::optional<Error> defect; ///< the first item that is none; those after it are left out
};
CompiledList compile_list(const json::array& list, const std::string& path);

} // namespace attune::logic::matching
