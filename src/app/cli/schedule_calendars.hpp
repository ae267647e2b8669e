#pragma once
#include "app/cli/command.hpp"
#include "logic/schedule/calendars.hpp"

namespace attune::app::cli {

/// Calendars by the names that configurations give them.
using NamedCalendars = std::map<std::string, logic::schedule::Calendar>;

/// Reads the definition of a calendar of the server. An empty function: there is no server to ask.
using CalendarSource = std::function<Result<json::object>(const std::string& ref)>;

/// Whether calendars are named that only a server has: a ref in `--calendar` that is no file, or, without `--calendar`,
/// those that the configuration names.
bool names_calendars_of_server(const Arguments& arguments);

/// The calendars that `--calendar` gives, by their refs: of a file (a definition as YAML or JSON, a calendar's file of
/// a pack, or an .ics file; without a `ref` it has the name of its file), or of the server; and those of the server
/// that the configuration names, when there is no `--calendar`. Errors: `invalid` with the option; those of `server`.
Result<NamedCalendars> calendars_of_options(const Arguments& arguments, const json::object& config,
                                            const CalendarSource& server);

/// The configuration with the names of these calendars, unless it names its own.
json::object within(json::object config, const NamedCalendars& calendars);

} // namespace attune::app::cli
