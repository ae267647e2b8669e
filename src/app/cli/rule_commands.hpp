#pragma once
#include "app/cli/api_client.hpp"
#include "app/cli/command.hpp"

/// Trying rules, and asking why they run or do not: `rule test`, `why`, and the tree of `event show`.
namespace attune::app::cli {

std::vector<Command> rule_test_commands();
std::vector<Command> why_commands();

/// What `rule test` found, for people: a line for each event, the parameters below it.
std::string render_rule_test(const json::value& report, std::size_t width);

/// `why` on one screen: whether it is enabled, its timer, what became of the last events, its executions.
std::string render_explanation(const json::value& explanation, std::size_t width);

/// Below `event show`: each rule that the event met, what became of it, its execution, and what that gave. The first 50
/// rules, and how the first 20 executions went. Errors: those of the API.
Result<std::string> event_tree(ApiClient& client, const std::string& id, std::size_t width);

} // namespace attune::app::cli
