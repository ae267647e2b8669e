#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::watch {

constexpr std::size_t kMostPatternBytes = 1024;
constexpr std::size_t kMostPatternDepth = 63;        ///< components
constexpr std::size_t kMostPatternAlternatives = 64; ///< that all braces make together

/// What a character of a name has to be.
struct GlobPiece {
    enum class Kind : std::uint8_t { plain, any, many, set } kind = Kind::plain;
    char32_t plain = 0;
    bool is_negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges = {}; ///< of a set
};
/// What a name has to be.
struct GlobComponent {
    bool is_any_depth = false; ///< "**": any number of names
    std::vector<GlobPiece> pieces = {};
};
using GlobAlternative = std::vector<GlobComponent>;

/// The patterns without braces that a pattern stands for. Errors: `invalid`, without a field.
Result<std::vector<GlobAlternative>> parse_glob(std::string_view pattern);

/// Where the pattern's first component with a wildcard begins; its length when it has none.
std::size_t first_wild_component(std::string_view pattern);

/// The text without the backslashes that make characters plain.
std::string unescaped(std::string_view text);

} // namespace attune::logic::watch
