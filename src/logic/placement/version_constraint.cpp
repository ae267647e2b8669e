#include "logic/placement/version_constraint.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>
#include <limits>
#include <optional>

namespace attune::logic::placement {
namespace {

constexpr std::size_t kParts = 3;
constexpr std::size_t kLongest = 255;
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kField = "runtime_version_constraint";

struct Parsed {
    std::array<std::int64_t, kParts> numbers{};
    std::size_t count = 0; ///< numbers that were given
    std::string_view rest;
};

/// Up to three numbers with dots between them; further ones and what follows are the rest.
Parsed parse_numbers(std::string_view text) {
    Parsed out;
    while (out.count < kParts) {
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out.numbers.at(out.count));
        if (failure != std::errc{}) break;
        ++out.count;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.size() < 2 || text[0] != '.' || text[1] < '0' || text[1] > '9') break;
        text.remove_prefix(1);
    }
    out.rest = text;
    return out;
}

/// The least version after all that begin with the first `count` numbers.
std::array<std::int64_t, kParts> after(std::array<std::int64_t, kParts> numbers, std::size_t count) {
    if (count == 0) return {kMost, 0, 0};
    if (numbers.at(count - 1) < kMost) ++numbers.at(count - 1);
    for (auto at = count; at < kParts; ++at) numbers.at(at) = 0;
    return numbers;
}

std::string_view take_operator(std::string_view& text) {
    for (const std::string_view known : {">=", "<=", "==", "!=", "~=", ">", "<", "=", "^", "~"}) {
        if (!text.starts_with(known)) continue;
        text.remove_prefix(known.size());
        text = trim(text);
        return known;
    }
    return "";
}

Error not_understood(std::string_view comparison) {
    return invalid(
        std::string(kField),
        fmt::format("expected comparisons such as 3.11, >=3.9, <4, ^3.9, ~3.9.2 or *, got '{}'", comparison));
}

/// The comparisons of one alternative; a blank after an operator does not part it from its version.
std::vector<std::string> comparisons(std::string_view text) {
    std::vector<std::string> out;
    std::string current;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t';
        const bool awaits_version =
            !current.empty() && std::string_view("<>=!~^").find(current.back()) != std::string_view::npos;
        if (c == ',' || (blank && !awaits_version)) {
            if (!current.empty()) out.push_back(std::move(current));
            current.clear();
        } else if (!blank) {
            current += c;
        }
    }
    if (!current.empty()) out.push_back(std::move(current));
    return out;
}

std::vector<std::string_view> alternatives(std::string_view text) {
    std::vector<std::string_view> out;
    for (auto at = text.find("||"); at != std::string_view::npos; at = text.find("||")) {
        out.push_back(text.substr(0, at));
        text.remove_prefix(at + 2);
    }
    out.push_back(text);
    return out;
}

} // namespace

Result<void> VersionConstraint::add(std::string_view comparison, std::vector<Range>& out) {
    auto text = comparison;
    const auto op = take_operator(text);
    if (text.starts_with('v')) text.remove_prefix(1);
    auto version = parse_numbers(text);
    for (const std::string_view wild : {".x", ".*", "x", "*"}) {
        if (version.rest == wild && (wild.size() == 2) == (version.count > 0)) version.rest = {};
    }
    const bool is_wild = version.count == 0 && version.rest.empty() && !text.empty();
    if (!version.rest.empty() || (version.count == 0 && !is_wild)) return not_understood(comparison);
    if (is_wild) {
        if (!op.empty() && op != "=" && op != "==") return not_understood(comparison);
        return {};
    }
    const auto& low = version.numbers;
    const Numbers top{kMost, kMost, kMost};
    const auto next = after(low, version.count);
    if (op.empty() || op == "=" || op == "==") {
        out.push_back({low, next});
    } else if (op == "!=") {
        out.push_back({low, next, true});
    } else if (op == ">=") {
        out.push_back({low, top});
    } else if (op == ">") {
        out.push_back({next, top});
    } else if (op == "<") {
        out.push_back({{}, low});
    } else if (op == "<=") {
        out.push_back({{}, next});
    } else if (op == "^") {
        const std::size_t kept = low[0] > 0 || version.count == 1 ? 1 : low[1] > 0 || version.count == 2 ? 2 : 3;
        out.push_back({low, after(low, kept)});
    } else { // ~ and ~=: the last number given may grow, the one before it not
        out.push_back({low, after(low, std::max<std::size_t>(1, std::min<std::size_t>(2, version.count)))});
    }
    return {};
}

Result<VersionConstraint> VersionConstraint::parse(std::string_view text) {
    if (text.size() > kLongest) return invalid(std::string(kField), fmt::format("expected at most {} bytes", kLongest));
    VersionConstraint out;
    for (const auto alternative : alternatives(text)) {
        auto& ranges = out.alternatives_.emplace_back();
        const auto parts = comparisons(alternative);
        if (parts.empty() && text.find("||") != std::string_view::npos) return not_understood(text);
        for (const auto& part : parts) CHECK(add(part, ranges));
    }
    return out;
}

bool VersionConstraint::is_any() const {
    return std::ranges::any_of(alternatives_, [](const auto& ranges) { return ranges.empty(); });
}

bool VersionConstraint::allows(std::string_view version) const {
    if (version.starts_with('v')) version.remove_prefix(1);
    const auto parsed = parse_numbers(version);
    if (parsed.count == 0) return false;
    return std::ranges::any_of(alternatives_, [&](const auto& ranges) {
        return std::ranges::all_of(ranges, [&](const Range& range) {
            return (range.low <= parsed.numbers && parsed.numbers < range.high) != range.negated;
        });
    });
}

} // namespace attune::logic::placement
