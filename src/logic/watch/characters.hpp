#pragma once
#include <cstdint>
#include <string_view>

namespace attune::logic::watch {

/// A character of UTF-8 text. A byte that begins none is a character of its own, beyond all others: names of files may
/// have any bytes.
struct Character {
    char32_t value = 0;
    std::size_t length = 1; ///< bytes

    bool is_stray_byte() const { return value > 0x10FFFF; }
};

/// The one that begins at `at`, which lies within the text.
Character character_at(std::string_view text, std::size_t at);

} // namespace attune::logic::watch
