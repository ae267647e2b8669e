#include "logic/watch/characters.hpp"

#include "base/text.hpp"

namespace attune::logic::watch {
namespace {

constexpr char32_t kBeyondUnicode = 0x110000;

std::size_t length_by(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xF0) return 4;
    return first >= 0xE0 ? 3 : 2;
}

} // namespace

Character character_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {first, 1};
    const auto bytes = text.substr(at, length_by(first));
    if (!is_valid_utf8(bytes)) return {kBeyondUnicode + first, 1};
    auto value = static_cast<char32_t>(first & (0xFF >> (bytes.size() + 1)));
    for (const char byte : bytes.substr(1)) value = (value << 6) | (static_cast<unsigned char>(byte) & 0x3F);
    return {value, bytes.size()};
}

} // namespace attune::logic::watch
