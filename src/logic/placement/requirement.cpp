#include "logic/placement/requirement.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <initializer_list>

namespace attune::logic::placement {
namespace {

constexpr std::size_t kMostEntries = 64;
constexpr std::size_t kLongestText = 255;
constexpr std::int64_t kMostWeight = 100;

Result<void> check_members(const json::object& from, const std::string& path,
                           std::initializer_list<std::string_view> known) {
    for (const auto& [key, ignored] : from) {
        if (std::ranges::find(known, std::string_view(key)) != known.end()) continue;
        const auto meant = closest(key, {known.begin(), known.end()});
        return invalid(join_path(path, std::string_view(key)),
                       meant.empty() ? "is not known" : fmt::format("is not known; did you mean '{}'?", meant));
    }
    return {};
}

Result<std::string> read_text(const json::value& from, const std::string& path) {
    std::string out = from.is_string() ? std::string(from.get_string()) : to_text(from);
    const bool scalar = from.is_string() || from.is_number() || from.is_bool();
    if (!scalar) return invalid(path, "expected a text, got " + excerpt(from));
    if (out.size() > kLongestText) return invalid(path, fmt::format("expected at most {} bytes", kLongestText));
    return out;
}

Result<std::string> read_key(const json::object& from, const std::string& path) {
    const auto* key = from.if_contains("key");
    if (key == nullptr || !key->is_string() || key->get_string().empty()) {
        return invalid(join_path(path, "key"), "is required: the name of a label or taint");
    }
    return read_text(*key, join_path(path, "key"));
}

template <class E>
Result<E> read_word(const json::object& from, std::string_view member, const std::string& path,
                    std::optional<E> otherwise) {
    const auto* word = from.if_contains(member);
    if (word != nullptr) return from_json<E>(*word, join_path(path, member));
    if (otherwise) return *otherwise;
    return invalid(join_path(path, member), "is required: one of " + enum_choices<E>());
}

/// Reads every entry of an array, each an object, at its path.
template <class T>
Result<std::vector<T>> read_each(const json::array& from, const std::string& path,
                                 Result<T> (*read)(const json::object&, const std::string&)) {
    if (from.size() > kMostEntries) return invalid(path, fmt::format("expected at most {} entries", kMostEntries));
    std::vector<T> out;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto at = join_path(path, i);
        if (!from[i].is_object()) return invalid(at, "expected an object, got " + excerpt(from[i]));
        TRY(auto one, read(from[i].get_object(), at));
        out.push_back(std::move(one));
    }
    return out;
}

/// The array under `name`; empty when it is absent.
Result<json::array> read_array(const json::object& from, std::string_view name, const std::string& path) {
    const auto* member = from.if_contains(name);
    if (member == nullptr || member->is_null()) return json::array{};
    return from_json<json::array>(*member, join_path(path, name));
}

Result<json::object> read_object(const json::object& from, std::string_view name, const std::string& path) {
    const auto* member = from.if_contains(name);
    if (member == nullptr || member->is_null()) return json::object{};
    return from_json<json::object>(*member, path);
}

Result<Taint> read_taint(const json::object& from, const std::string& path) {
    CHECK(check_members(from, path, {"key", "value", "effect"}));
    Taint out;
    TRY(out.key, read_key(from, path));
    if (const auto* value = from.if_contains("value"); value != nullptr && !value->is_null()) {
        TRY(out.value, read_text(*value, join_path(path, "value")));
    }
    TRY(out.effect, read_word<TaintEffect>(from, "effect", path, TaintEffect::no_schedule));
    return out;
}

Result<Toleration> read_toleration(const json::object& from, const std::string& path) {
    CHECK(check_members(from, path, {"key", "operator", "value", "effect"}));
    Toleration out;
    TRY(out.op, read_word<TolerationOperator>(from, "operator", path, TolerationOperator::equal));
    if (from.contains("key") || out.op == TolerationOperator::equal) {
        TRY(out.key, read_key(from, path));
    }
    if (const auto* value = from.if_contains("value"); value != nullptr && !value->is_null()) {
        if (out.op == TolerationOperator::exists) {
            return invalid(join_path(path, "value"), "must be absent: the operator exists takes any value");
        }
        TRY(out.value, read_text(*value, join_path(path, "value")));
    }
    if (from.contains("effect")) {
        TRY(out.effect, read_word<TaintEffect>(from, "effect", path, std::nullopt));
    }
    return out;
}

Result<LabelExpression> read_expression(const json::object& from, const std::string& path) {
    CHECK(check_members(from, path, {"key", "operator", "values"}));
    LabelExpression out;
    TRY(out.key, read_key(from, path));
    TRY(out.op, read_word<LabelOperator>(from, "operator", path, std::nullopt));
    TRY(const auto values, read_array(from, "values", path));
    const auto at = join_path(path, "values");
    const bool wants_values = out.op == LabelOperator::in || out.op == LabelOperator::not_in;
    if (wants_values && values.empty()) return invalid(at, "expected at least one value");
    if (!wants_values && !values.empty()) {
        return invalid(at, fmt::format("must be absent: the operator {} takes none", enum_name(out.op)));
    }
    if (values.size() > kMostEntries) return invalid(at, fmt::format("expected at most {} entries", kMostEntries));
    for (const auto& value : values) {
        TRY(auto text, read_text(value, join_path(at, out.values.size())));
        out.values.push_back(std::move(text));
    }
    return out;
}

Result<LabelTerm> read_term(const json::object& from, const std::string& path) {
    LabelTerm out;
    TRY(const auto labels, read_object(from, "match_labels", join_path(path, "match_labels")));
    TRY(out.labels, parse_labels(labels, join_path(path, "match_labels")));
    TRY(const auto expressions, read_array(from, "match_expressions", path));
    TRY(out.expressions, read_each(expressions, join_path(path, "match_expressions"), read_expression));
    if (out.labels.empty() && out.expressions.empty()) {
        return invalid(path, "expected match_labels or match_expressions with at least one entry");
    }
    return out;
}

Result<LabelTerm> read_plain_term(const json::object& from, const std::string& path) {
    CHECK(check_members(from, path, {"match_labels", "match_expressions"}));
    return read_term(from, path);
}

Result<LabelTerm> read_weighted_term(const json::object& from, const std::string& path) {
    CHECK(check_members(from, path, {"match_labels", "match_expressions", "weight"}));
    TRY(auto out, read_term(from, path));
    if (const auto* weight = from.if_contains("weight")) {
        TRY(out.weight, from_json<std::int64_t>(*weight, join_path(path, "weight")));
        if (out.weight < 1 || out.weight > kMostWeight) {
            return invalid(join_path(path, "weight"), fmt::format("expected 1 to {}, got {}", kMostWeight, out.weight));
        }
    }
    return out;
}

/// Errors of a constraint name its own place.
Result<VersionConstraint> read_constraint(const json::value& from, const std::string& path) {
    if (!from.is_string()) return invalid(path, "expected a version constraint, got " + excerpt(from));
    auto out = VersionConstraint::parse(std::string_view(from.get_string()));
    if (!out) out.error().field = path;
    return out;
}

} // namespace

Result<Labels> parse_labels(const json::object& from, const std::string& field) {
    if (from.size() > kMostEntries) return invalid(field, fmt::format("expected at most {} entries", kMostEntries));
    Labels out;
    for (const auto& [key, value] : from) {
        const auto at = join_path(field, std::string_view(key));
        if (key.empty() || key.size() > kLongestText) {
            return invalid(field, fmt::format("expected names of 1 to {} bytes", kLongestText));
        }
        TRY(out[std::string(key)], read_text(value, at));
    }
    return out;
}

Result<std::vector<Taint>> parse_taints(const json::array& from, const std::string& field) {
    return read_each(from, field, read_taint);
}

Result<std::vector<Toleration>> parse_tolerations(const json::array& from, const std::string& field) {
    return read_each(from, field, read_toleration);
}

Result<Affinity> parse_affinity(const json::object& from, const std::string& field) {
    CHECK(check_members(from, field, {"required", "preferred", "anti_affinity"}));
    Affinity out;
    TRY(const auto required, read_array(from, "required", field));
    TRY(out.required, read_each(required, join_path(field, "required"), read_plain_term));
    TRY(const auto preferred, read_array(from, "preferred", field));
    TRY(out.preferred, read_each(preferred, join_path(field, "preferred"), read_weighted_term));
    TRY(const auto anti, read_array(from, "anti_affinity", field));
    TRY(out.anti_affinity, read_each(anti, join_path(field, "anti_affinity"), read_plain_term));
    return out;
}

Result<std::map<std::string, VersionConstraint>> parse_runtimes(const json::object& from, const std::string& field) {
    if (from.size() > kMostEntries) return invalid(field, fmt::format("expected at most {} entries", kMostEntries));
    std::map<std::string, VersionConstraint> out;
    for (const auto& [name, constraint] : from) {
        TRY(auto one, read_constraint(constraint, join_path(field, std::string_view(name))));
        out.emplace(to_lower(name), std::move(one));
    }
    return out;
}

Result<Requirement> Requirement::parse(const json::object& stored) {
    Requirement out;
    if (const auto* runtime = stored.if_contains("runtime")) {
        TRY(out.runtime, read_text(*runtime, "runtime"));
    }
    const auto* process = stored.if_contains("process");
    out.process = process == nullptr || *process != false;
    const auto* version = stored.if_contains("version");
    TRY(out.version, read_constraint(version == nullptr ? json::value("*") : *version, "runtime_version_constraint"));
    TRY(const auto runtimes, read_object(stored, "runtimes", "required_worker_runtimes"));
    TRY(out.runtimes, parse_runtimes(runtimes, "required_worker_runtimes"));
    TRY(const auto selector, read_object(stored, "selector", "worker_selector"));
    TRY(out.selector, parse_labels(selector, "worker_selector"));
    TRY(const auto tolerations, read_array(stored, "tolerations", ""));
    TRY(out.tolerations, parse_tolerations(tolerations, "worker_tolerations"));
    TRY(const auto affinity, read_object(stored, "affinity", "worker_affinity"));
    TRY(out.affinity, parse_affinity(affinity, "worker_affinity"));
    return out;
}

} // namespace attune::logic::placement
