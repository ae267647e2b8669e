#pragma once
#include "base/result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace attune::logic::placement {

/// Which versions of a runtime will do: "3.11" (any 3.11.x), "3.x", ">=3.9, <3.13", "^3.9" (below 4), "~3.9.2" (below
/// 3.10), "!=3.10.1", "*"; comparisons with commas or blanks between them all hold, "||" gives alternatives.
class VersionConstraint {
public:
    /// Errors: `invalid`, field `runtime_version_constraint`.
    static Result<VersionConstraint> parse(std::string_view text);

    /// Whether any version will do.
    bool is_any() const;
    /// False for a text that is no version. What follows the numbers ("rc1", "+local") is ignored.
    bool allows(std::string_view version) const;

private:
    using Numbers = std::array<std::int64_t, 3>;
    struct Range {
        Numbers low{};        ///< included
        Numbers high{};       ///< not included
        bool negated = false; ///< everything but this
    };
    static Result<void> add(std::string_view comparison, std::vector<Range>& out);

    std::vector<std::vector<Range>> alternatives_;
};

} // namespace attune::logic::placement
