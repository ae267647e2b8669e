#pragma once
#include "app/cli/api_client.hpp"
#include "app/cli/parser.hpp"
#include "app/environment.hpp"

namespace attune::app::cli {

/// `attune timer import`: shows the rules that a crontab becomes and what is left out, and with --apply makes or
/// changes them through the API. Errors: `invalid` with the option's name; those of the API with the crontab's line.
Result<int> import_crontab(const ParsedLine& line, const Environment& environment, ApiClient& client, OutputForm form);

} // namespace attune::app::cli
