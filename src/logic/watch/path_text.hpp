#pragma once
#include <string>
#include <string_view>

namespace attune::logic::watch {

/// A path as text for databases, which take UTF-8 alone: bytes that are none, and '%', become "%XX".
std::string path_to_text(std::string_view path);
/// The inverse.
std::string path_from_text(std::string_view text);

} // namespace attune::logic::watch
