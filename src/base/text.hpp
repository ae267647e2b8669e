#pragma once
#include "base/text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// `text` with each `what` replaced; what is put in is not looked at again. `what` is not empty.
std::string replace_all(std::string text, std::string_view what, std::string_view with);

/// Replaces what is not UTF-8 by U+FFFD and, when asked, U+0000 too (no database we use keeps it in text).
std::string to_valid_utf8(std::string_view bytes, bool replace_nul = true);
bool is_valid_utf8(std::string_view bytes);

/// The last cut position at or before `limit` that does not split a UTF-8 sequence.
std::size_t utf8_cut(std::string_view text, std::size_t limit);

/// How close two words are (Damerau-Levenshtein), for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate closest to `word`, when one is close enough to be meant; else empty.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates);

/// The number that the whole of the text is in decimal digits, perhaps after a minus sign; nothing for any other text.
std::optional<std::int64_t> parse_integer(std::string_view text);

std::string base64url_encode(std::string_view bytes);
/// With the plain alphabet, padded.
std::string base64_encode(std::string_view bytes);
std::string hex_encode(std::string_view bytes);
/// The bytes of hexadecimal digits of either case; nothing for any other text.
std::optional<std::string> hex_decode(std::string_view digits);

/// "%41+b" -> "A b" (the plus only with `plus_is_blank`), of any bytes; nothing where two hexadecimal digits do not
/// follow a '%'.
std::optional<std::string> percent_decode_bytes(std::string_view text, bool plus_is_blank = false);

} // namespace attune
