#pragma once
#include <string_view>

/// Conditions on an execution's status as SQL. They are those of the partial indexes: a database recognises its index
/// by these very words.
namespace attune::sql {

inline constexpr std::string_view kUnfinished =
    "status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')";
inline constexpr std::string_view kEnded = "status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')";

} // namespace attune::sql
