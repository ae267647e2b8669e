#include "logic/expression/regex.hpp"

#include <re2/re2.h>

namespace attune::logic::expression {
namespace {

constexpr std::size_t kMaxPatternBytes = 4 * 1024;
constexpr std::int64_t kMaxMemory = 1 << 20;

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

re2::RE2::Options options() {
    re2::RE2::Options out;
    out.set_log_errors(false);
    out.set_max_mem(kMaxMemory);
    return out;
}

} // namespace

struct Regex::Compiled {
    explicit Compiled(std::string_view pattern) : re(piece(pattern), options()) {}
    re2::RE2 re;
};

Result<Regex> Regex::compile(std::string_view pattern) {
    if (pattern.size() > kMaxPatternBytes) return Error{Errc::too_large, "a pattern may have at most 4096 bytes"};
    auto compiled = std::make_shared<const Compiled>(pattern);
    if (compiled->re.ok()) return Regex{std::move(compiled)};
    const bool too_large = compiled->re.error_code() == re2::RE2::ErrorPatternTooLarge;
    return Error{too_large ? Errc::too_large : Errc::invalid, fmt::format("bad pattern: {}", compiled->re.error())};
}

bool Regex::found_in(std::string_view text) const {
    return re2::RE2::PartialMatch(piece(text), compiled_->re);
}

} // namespace attune::logic::expression
