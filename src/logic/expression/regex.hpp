#pragma once
#include "base/result.hpp"

#include <memory>
#include <string_view>

namespace attune::logic::expression {

/// A compiled pattern of RE2's syntax, which matches in linear time (no look-around, no back-references). Immutable and
/// safe from several threads.
class Regex {
public:
    /// Errors: `invalid` with what is wrong with the pattern; `too_large` when it is longer than 4 KiB or its compiled
    /// form than 1 MiB.
    static Result<Regex> compile(std::string_view pattern);

    /// Whether it matches anywhere in the text.
    bool found_in(std::string_view text) const;

private:
    struct Compiled;
    explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
};

} // namespace attune::logic::expression
