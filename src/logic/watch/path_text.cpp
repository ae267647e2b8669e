#include "logic/watch/path_text.hpp"

#include "logic/watch/characters.hpp"

#include <charconv>
#include <fmt/core.h>

namespace attune::logic::watch {

std::string path_to_text(std::string_view path) {
    std::string out;
    for (std::size_t at = 0; at < path.size();) {
        const auto next = character_at(path, at);
        if (next.value == U'%' || next.is_stray_byte()) {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(path[at]));
        } else {
            out += path.substr(at, next.length);
        }
        at += next.length;
    }
    return out;
}

std::string path_from_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned byte = 0;
        const auto digits = text.substr(at).substr(1, 2);
        if (text[at] == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2) {
            out += static_cast<char>(byte);
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

} // namespace attune::logic::watch
