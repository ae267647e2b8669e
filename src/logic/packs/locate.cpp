#include "logic/packs/locate.hpp"

#include "base/text.hpp"

namespace attune::logic::packs {
namespace {

/// Where `key` stands as a key at or after `from`; npos when nowhere.
std::size_t find_key(std::string_view text, std::string_view key, std::size_t from) {
    for (auto at = text.find(key, from); at != std::string_view::npos; at = text.find(key, at + 1)) {
        auto end = at + key.size();
        const bool quoted =
            at > 0 && (text[at - 1] == '"' || text[at - 1] == '\'') && end < text.size() && text[end] == text[at - 1];
        const auto begin = quoted ? at - 1 : at;
        if (quoted) ++end;
        while (end < text.size() && text[end] == ' ') ++end;
        const bool is_key = end < text.size() && text[end] == ':';
        const bool begins = begin == 0 || std::string_view(" \t\n-{,").find(text[begin - 1]) != std::string_view::npos;
        if (is_key && begins) return at;
    }
    return std::string_view::npos;
}

} // namespace

std::size_t line_of(std::string_view text, std::string_view path) {
    std::size_t at = 0;
    bool found = false;
    for (auto key : split(path, '.')) {
        key = key.substr(0, key.find('['));
        if (key.empty()) continue;
        const auto next = find_key(text, key, at);
        if (next == std::string_view::npos) break; // as far as it goes
        at = next;
        found = true;
    }
    if (!found) return 0;
    std::size_t line = 1;
    for (const char c : text.substr(0, at)) line += c == '\n' ? 1 : 0;
    return line;
}

} // namespace attune::logic::packs
