#pragma once
#include "app/cli/parser.hpp"
#include "app/environment.hpp"

namespace attune::app::cli {

/// `attune schedule next`: the sentence and the times of one schedule, or those of every line of --input. Needs no
/// server. Errors: `invalid` with the option or the field at fault.
Result<int> show_schedule(const ParsedLine& line, const Environment& environment);

} // namespace attune::app::cli
