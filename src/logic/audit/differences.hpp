#pragma once
#include "base/json.hpp"

#include <optional>
#include <string_view>

/// What the audit log says of a change. Pure.
namespace attune::logic::audit {

/// Characters of JSON that one side of a change may have; a longer one is replaced by what it would have been about.
inline constexpr std::size_t kMostText = 16 * 1024;

/// A thing before and after: nothing before it was made, nothing after it was deleted.
struct Sides {
    std::optional<json::object> before;
    std::optional<json::object> after;
};

/// {operation, before?, after?}: of a change the members that differ, else all of them. Left out: `updated` and
/// `generation`, which follow from every change. Secrets are expected to be masked already.
json::object describe(const Sides& sides);

} // namespace attune::logic::audit
