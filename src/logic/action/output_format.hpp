#pragma once
#include "base/json.hpp"
#include "domain/action.hpp"
#include "logic/action/output_collector.hpp"

#include <functional>
#include <optional>

namespace attune::logic::action {

using YamlParser = std::function<Result<json::value>(std::string_view)>;

/// What an action's stdout says in its output format, or none when it does not read so. Output longer than the
/// collector's inline bound is read only where its last line may count:
///
/// text   none
/// json   the whole, else the last line
/// yaml   the whole
/// jsonl  an array of the lines that are JSON; none when no line is
std::optional<json::value> parse_output(const OutputCollector& output, OutputFormat format, const YamlParser& yaml);

} // namespace attune::logic::action
