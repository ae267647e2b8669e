#pragma once
#include "logic/watch/glob_parser.hpp"

namespace attune::logic::watch {

/// A pattern of relative paths such as "**/*.csv". Between slashes: `*` is any number of characters, `?` is one,
/// `[a-z]` and `[!a-z]` are one of a set; `**` alone is any number of folders; `{a,b}` is one of several; a backslash
/// makes the next character plain. Names that begin with a dot are names like any other. The time of a match is bounded
/// by the product of both lengths.
class Glob {
public:
    /// Errors: `invalid`, without a field: what is wrong with the pattern.
    static Result<Glob> parse(std::string_view pattern);

    /// Whether the whole path fits.
    bool matches(std::string_view path) const;
    /// Whether something below the folder may fit. "": the folder that paths are relative to.
    bool matches_below(std::string_view folder) const;

private:
    std::vector<GlobAlternative> alternatives_;
};

} // namespace attune::logic::watch
