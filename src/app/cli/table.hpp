#pragma once
#include "app/cli/command.hpp"

namespace attune::app::cli {

/// How many terminal columns a text takes: one per character that is not combining (wide ones count as two).
std::size_t display_width(std::string_view text);

/// At most `width` columns of the text, "…" at the end when something is left out. Control characters become '?', so
/// that no data drives the terminal.
std::string fit(std::string_view text, std::size_t width);

/// A value as one cell: texts as they are, null as "-", times to the second, the rest as compact JSON.
std::string cell_text(const json::value& value);

/// The rows (objects) as an aligned table with a head. When it is wider than `width` (0 = unlimited), the widest
/// columns are cut.
std::string render_table(const json::array& rows, const std::vector<Column>& columns, std::size_t width);

/// One object, a line for each member; nested values as indented JSON.
std::string render_object(const json::object& object);

} // namespace attune::app::cli
