#include "logic/watch/glob.hpp"

#include "base/text.hpp"
#include "logic/watch/characters.hpp"
#include "logic/watch/glob_parser.hpp"

#include <algorithm>

namespace attune::logic::watch {
namespace {

bool fits(const GlobPiece& piece, char32_t character) {
    switch (piece.kind) {
    case GlobPiece::Kind::plain: return piece.plain == character;
    case GlobPiece::Kind::any: return true;
    case GlobPiece::Kind::set: {
        const auto holds = [&](const auto& range) { return range.first <= character && character <= range.second; };
        return std::ranges::any_of(piece.ranges, holds) != piece.is_negated;
    }
    case GlobPiece::Kind::many: return false;
    }
    return false;
}

/// When a piece does not fit, only the last `*` takes one character more: an earlier one need never.
bool fits(const std::vector<GlobPiece>& pieces, std::string_view name) {
    std::size_t piece = 0;
    std::size_t at = 0;
    std::size_t after_star = 0; ///< the piece after the last `*`; 0: there was none
    std::size_t star_end = 0;   ///< what it takes ends here
    while (at < name.size()) {
        if (piece < pieces.size() && pieces[piece].kind == GlobPiece::Kind::many) {
            after_star = ++piece;
            star_end = at;
            continue;
        }
        const auto next = character_at(name, at);
        if (piece < pieces.size() && fits(pieces[piece], next.value)) {
            ++piece;
            at += next.length;
        } else if (after_star > 0) {
            star_end += character_at(name, star_end).length;
            at = star_end;
            piece = after_star;
        } else {
            return false;
        }
    }
    while (piece < pieces.size() && pieces[piece].kind == GlobPiece::Kind::many) ++piece;
    return piece == pieces.size();
}

/// Where in a pattern one may be after some folders: a bit for each component that may come next.
class Positions {
public:
    explicit Positions(const GlobAlternative& pattern) : pattern_(pattern) { add(0); }

    void step(std::string_view name) {
        const auto before = bits_;
        bits_ = 0;
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            if ((before >> i & 1) == 0) continue;
            if (pattern_[i].is_any_depth) {
                add(i);
            } else if (fits(pattern_[i].pieces, name)) {
                add(i + 1);
            }
        }
    }
    bool is_at_end() const { return (bits_ >> pattern_.size() & 1) != 0; }
    bool may_go_on() const { return (bits_ & ((std::uint64_t{1} << pattern_.size()) - 1)) != 0; }

private:
    void add(std::size_t i) {
        bits_ |= std::uint64_t{1} << i;
        if (i < pattern_.size() && pattern_[i].is_any_depth) add(i + 1); // it may be no folder
    }

    const GlobAlternative& pattern_;
    std::uint64_t bits_ = 0;
};

Positions after(const GlobAlternative& pattern, std::string_view path) {
    Positions out(pattern);
    if (path.empty()) return out;
    for (const auto name : split(path, '/')) out.step(name);
    return out;
}

} // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
    Glob out;
    TRY(out.alternatives_, parse_glob(pattern));
    return out;
}

bool Glob::matches(std::string_view path) const {
    return std::ranges::any_of(alternatives_, [&](const auto& one) { return after(one, path).is_at_end(); });
}

bool Glob::matches_below(std::string_view folder) const {
    return std::ranges::any_of(alternatives_, [&](const auto& one) { return after(one, folder).may_go_on(); });
}

} // namespace attune::logic::watch
