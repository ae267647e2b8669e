#pragma once
#include "app/cli/command.hpp"
#include "app/cli/parser.hpp"

namespace attune::app::cli {

/// What a command prints for the API's answer: for programs the object, or the array of the rows, without envelope; for
/// people a table (lists), the message (deletions) or the members (objects).
std::string render_answer(const json::value& answer, const Command& command, OutputForm form, std::size_t width);

/// The page after the one that a list's answer is, when there is one.
std::optional<std::int64_t> next_page(const json::value& answer);

} // namespace attune::app::cli
