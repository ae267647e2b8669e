#include "logic/watch/glob_parser.hpp"

#include "base/text.hpp"
#include "logic/watch/characters.hpp"

namespace attune::logic::watch {
namespace {

constexpr std::string_view kWild = "*?[{";

/// The position after the bracket that closes the one at `at`; npos when none does. A `]` that is the first of its set
/// is one of it.
std::size_t end_of_set(std::string_view text, std::size_t at) {
    auto i = at + 1;
    if (i < text.size() && (text[i] == '!' || text[i] == '^')) ++i;
    if (i < text.size() && text[i] == ']') ++i;
    for (; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == ']') {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

/// The next position after the character, escaped character or set at `at`.
std::size_t after_unit(std::string_view text, std::size_t at) {
    if (text[at] == '\\') return std::min(at + 2, text.size());
    if (text[at] != '[') return at + 1;
    const auto end = end_of_set(text, at);
    return end == std::string_view::npos ? at + 1 : end;
}

/// A brace with what it may be; `from` and `to` include the braces themselves.
struct Braces {
    std::size_t from = std::string_view::npos;
    std::size_t to = 0;
    std::vector<std::string_view> choices = {};
};

/// The first brace that lies in no other.
Result<Braces> find_braces(std::string_view text) {
    Braces out;
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); i = after_unit(text, i)) {
        const char c = text[i];
        if (c == '{' && depth++ == 0) {
            out.from = i;
            begin = i + 1;
        } else if (depth == 1 && (c == ',' || c == '}')) {
            out.choices.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
        if (c == '}' && depth > 0 && --depth == 0) {
            out.to = i + 1;
            break;
        }
    }
    if (depth > 0) return invalid({}, "'{' is not closed by '}'");
    if (out.choices.size() == 1) return invalid({}, "'{' needs choices: {a,b}; a plain brace is written \\{");
    return out;
}

/// The texts without braces that one with braces stands for.
Result<std::vector<std::string>> expand(std::string_view pattern) {
    std::vector<std::string> waiting{std::string(pattern)};
    std::vector<std::string> out;
    while (!waiting.empty()) {
        const auto text = std::move(waiting.back());
        waiting.pop_back();
        TRY(const auto braces, find_braces(text));
        if (braces.choices.empty()) {
            out.push_back(text);
        } else {
            for (const auto choice : braces.choices)
                waiting.push_back(text.substr(0, braces.from) + std::string(choice) + text.substr(braces.to));
        }
        if (waiting.size() + out.size() > kMostPatternAlternatives)
            return invalid({}, fmt::format("its braces make more than {} patterns", kMostPatternAlternatives));
    }
    return out;
}

Result<GlobPiece> parse_set(std::string_view inside) {
    GlobPiece out{.kind = GlobPiece::Kind::set};
    std::size_t at = 0;
    if (inside[0] == '!' || inside[0] == '^') {
        out.is_negated = true;
        ++at;
    }
    const auto next = [&] {
        if (inside[at] == '\\' && at + 1 < inside.size()) ++at;
        const auto character = character_at(inside, at);
        at += character.length;
        return character.value;
    };
    while (at < inside.size()) {
        const auto first = next();
        auto last = first;
        if (at + 1 < inside.size() && inside[at] == '-') {
            ++at;
            last = next();
        }
        if (last < first) return invalid({}, fmt::format("the range in [{}] ends before it begins", inside));
        out.ranges.emplace_back(first, last);
    }
    return out;
}

Result<GlobComponent> parse_component(std::string_view text) {
    using Kind = GlobPiece::Kind;
    GlobComponent out;
    out.is_any_depth = text == "**";
    if (out.is_any_depth) return out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = after_unit(text, at);
        if (text[at] == '*') {
            if (at + 1 < text.size() && text[at + 1] == '*')
                return invalid({}, fmt::format("'**' stands alone between slashes, got '{}'", text));
            out.pieces.push_back({.kind = Kind::many});
        } else if (text[at] == '?') {
            out.pieces.push_back({.kind = Kind::any});
        } else if (text[at] == '[') {
            if (end == at + 1) return invalid({}, fmt::format("'[' is not closed by ']' in '{}'", text));
            TRY(auto set, parse_set(text.substr(at + 1, end - at - 2)));
            out.pieces.push_back(std::move(set));
        } else {
            if (text[at] == '\\' && ++at == text.size())
                return invalid({}, fmt::format("a backslash is followed by nothing in '{}'", text));
            const auto plain = character_at(text, at);
            out.pieces.push_back({.kind = Kind::plain, .plain = plain.value});
            at += plain.length;
            continue;
        }
        at = end;
    }
    return out;
}

/// The components of a path; a slash in a set is none that separates.
std::vector<std::string_view> components(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); i = after_unit(text, i)) {
        if (text[i] != '/') continue;
        out.push_back(text.substr(begin, i - begin));
        begin = i + 1;
    }
    out.push_back(text.substr(begin));
    return out;
}

Result<GlobAlternative> parse_alternative(std::string_view text) {
    GlobAlternative out;
    for (const auto component : components(text)) {
        if (component.empty() || component == ".") continue;
        if (component == "..") return invalid({}, "must not have '..'");
        TRY(auto parsed, parse_component(component));
        const bool repeats = parsed.is_any_depth && !out.empty() && out.back().is_any_depth;
        if (!repeats) out.push_back(std::move(parsed));
    }
    if (out.empty()) return invalid({}, "expected a pattern, got nothing");
    // What is below a folder is not the folder itself.
    if (out.back().is_any_depth) out.push_back({.pieces = {{.kind = GlobPiece::Kind::many}}});
    if (out.size() <= kMostPatternDepth) return out;
    return invalid({}, fmt::format("expected at most {} parts between slashes", kMostPatternDepth));
}

} // namespace

Result<std::vector<GlobAlternative>> parse_glob(std::string_view pattern) {
    if (pattern.size() > kMostPatternBytes)
        return invalid({}, fmt::format("expected at most {} characters, got {}", kMostPatternBytes, pattern.size()));
    if (pattern.find('\0') != std::string_view::npos) return invalid({}, "must not have a character 0");
    TRY(const auto texts, expand(pattern));
    std::vector<GlobAlternative> out;
    for (const auto& text : texts) {
        TRY(auto one, parse_alternative(text));
        out.push_back(std::move(one));
    }
    return out;
}

std::size_t first_wild_component(std::string_view pattern) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '/') {
            begin = i + 1;
        } else if (pattern[i] == '\\') {
            ++i;
        } else if (kWild.find(pattern[i]) != std::string_view::npos) {
            return begin;
        }
    }
    return pattern.size();
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

} // namespace attune::logic::watch
