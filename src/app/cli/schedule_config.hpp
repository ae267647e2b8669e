#pragma once
#include "app/cli/command.hpp"

namespace attune::app::cli {

/// The timer configuration (logic/schedule) that the options of `attune schedule next` describe: exactly one of cron,
/// every, at, rrule and config, and the options that go with it. Errors: `invalid` with the option's name.
Result<json::object> config_of_options(const Arguments& arguments);

/// A whole number of an option, or `fallback` when it is not given. Errors: `invalid` when it is none or out of range.
Result<int> number_option(const Arguments& arguments, const std::string& name, int least, int most, int fallback);

} // namespace attune::app::cli
