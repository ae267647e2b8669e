#pragma once
#include "domain/pack.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::packs {

struct ResolvedRuntime {
    std::string ref;
    bool guessed = false; ///< nothing known has that name; "core.<name>" is assumed
};

/// The runtime that an action's `runner_type` names: a well-known word (shell, python, node, native, …), else a ref, or
/// the name or an alias of one of `runtimes` (the pack's own), else core's runtime of that name. Never fails.
ResolvedRuntime resolve_runner_type(std::string_view runner_type, const std::vector<Runtime>& runtimes);

} // namespace attune::logic::packs
