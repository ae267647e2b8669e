#pragma once
#include <string_view>

namespace attune::logic::packs {

/// In which line of a YAML text, from 1, the member of this path stands ("parameters.who.type", "grants[2].actions");
/// 0 when it is not found. A look at the text alone: of keys that stand twice it takes the first that fits.
std::size_t line_of(std::string_view text, std::string_view path);

} // namespace attune::logic::packs
