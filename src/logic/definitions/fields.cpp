#include "logic/definitions/fields.hpp"

#include "base/text.hpp"
#include "domain/pack.hpp"
#include "logic/placement/requirement.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::definitions {
namespace {

constexpr std::size_t kMostLabel = 255;
constexpr std::size_t kMostDescription = 64 * 1024;
constexpr std::size_t kMostTexts = 100;
constexpr std::size_t kMostText = 255;
constexpr std::size_t kMostVersion = 64;
Result<void> first_of(const std::vector<schema::Problem>& problems) {
    if (problems.empty()) return {};
    return invalid(problems.front().path, problems.front().message);
}

constexpr std::array<std::string_view, 4> kRetentionPolicies{"versions", "days", "hours", "minutes"};

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 9 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string quoted(std::string_view text) {
    return excerpt(json::value(json::string(text)));
}

} // namespace

Result<void> check_text(std::string_view field, std::string_view text, std::size_t least, std::size_t most) {
    if (text.size() >= least && text.size() <= most) return {};
    return invalid(std::string(field),
                   least == 0 ? fmt::format("expected at most {} characters, got {}", most, text.size())
                              : fmt::format("expected {} to {} characters, got {}", least, most, text.size()));
}

Result<void> check_texts(std::string_view field, const std::vector<std::string>& texts) {
    if (texts.size() > kMostTexts) return invalid(std::string(field), fmt::format("expected at most {}", kMostTexts));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CHECK(check_text(join_path(field, i), texts[i], 1, kMostText));
    }
    return {};
}

Result<void> check_range(std::string_view field, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return {};
    return invalid(std::string(field), fmt::format("expected {} to {}, got {}", least, most, value));
}

Result<void> check_label(std::string_view label) {
    CHECK(check_text("label", label, 1, kMostLabel));
    if (trim(label).empty()) return invalid("label", "expected text, got blanks only");
    return {};
}

Result<void> check_description(const std::optional<std::string>& description) {
    return check_text("description", description.value_or(""), 0, kMostDescription);
}

Result<void> check_pack_ref(std::string_view ref) {
    if (is_pack_ref(ref)) return {};
    return invalid("ref", fmt::format("expected lower-case letters, digits, '_' and '-', beginning with a letter, 2 to "
                                      "64 characters, got {}",
                                      quoted(ref)));
}

Result<void> check_component_ref(std::string_view ref, std::string_view pack_ref) {
    if (!is_component_ref(ref)) {
        return invalid("ref",
                       fmt::format("expected '{}.<name>' in lower case with one dot, got {}", pack_ref, quoted(ref)));
    }
    if (pack_of(ref) == pack_ref) return {};
    return invalid("ref", fmt::format("belongs to another pack: expected '{}.<name>', got '{}'", pack_ref, ref));
}

Result<void> check_version(std::string_view version) {
    CHECK(check_text("version", version, 1, kMostVersion));
    const auto numbers = split(version.substr(0, version.find_first_of("-+")), '.');
    if (numbers.size() <= 3 && std::ranges::all_of(numbers, is_number)) return {};
    return invalid("version", fmt::format("expected a version like 1.2.3, got {}", quoted(version)));
}

Result<void> check_retention(std::string_view what, const std::optional<std::string>& policy,
                             const std::optional<std::int64_t>& limit) {
    if (policy && std::ranges::find(kRetentionPolicies, *policy) == kRetentionPolicies.end()) {
        return invalid(fmt::format("{}_retention_policy", what), "expected one of versions|days|hours|minutes");
    }
    if (limit) CHECK(check_range(fmt::format("{}_retention_limit", what), *limit, 1, 1'000'000'000));
    return {};
}

Result<void> check_placement(const std::optional<json::object>& selector, const std::optional<json::array>& tolerations,
                             const std::optional<json::object>& affinity) {
    if (selector) CHECK(placement::parse_labels(*selector, "worker_selector"));
    if (tolerations) CHECK(placement::parse_tolerations(*tolerations, "worker_tolerations"));
    if (affinity) CHECK(placement::parse_affinity(*affinity, "worker_affinity"));
    return {};
}

Result<void> check_schema(const std::optional<json::object>& schema, std::string_view field) {
    if (!schema) return {};
    return first_of(schema::validate_flat_schema(json::value(*schema), field));
}

Result<void> check_params(const std::optional<json::object>& param_schema, const json::object& params,
                          std::string_view field, schema::TemplatesAllowed templates) {
    if (!param_schema) return {};
    return first_of(
        schema::validate_params(json::value(*param_schema), json::value(params), std::string(field), templates));
}

} // namespace attune::logic::definitions
