#pragma once
#include "domain/execution.hpp"
#include "storage/session.hpp"

/// Keeping secret parameters out of what clients see.
namespace attune::api {

inline constexpr std::string_view kMask = "********";

/// The execution with its secret parameters masked: those that its action's schema marks `secret`. Once the action is
/// gone nothing tells which those were, so every parameter is masked.
Result<Execution> without_secrets(Session& session, Execution execution);

} // namespace attune::api
