// The Checker's assertions on numbers, strings, lists and objects.
#include "logic/expression/value.hpp"
#include "logic/schema/checker.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace attune::logic::schema {
namespace {

using expression::compare_numbers;

/// Exact for integers; for fractions within the error of their own representation (0.3 is a multiple of 0.1).
bool is_multiple(const json::value& value, const json::value& of) {
    const auto number = expression::as_integer(value);
    const auto step = expression::as_integer(of);
    if (number && step) return *number % *step == 0;
    const double divisor = of.to_number<double>();
    const double quotient = value.to_number<double>() / divisor;
    if (!std::isfinite(quotient)) return std::fmod(value.to_number<double>(), divisor) == 0.0;
    return std::abs(quotient - std::round(quotient)) <= std::clamp(1e-12 * std::abs(quotient), 1e-12, 0.01);
}

} // namespace

bool Checker::check_number(const NumberRules& rules, const json::value& value, const Location* at) {
    bool ok = true;
    const auto require = [&](const std::optional<json::value>& bound, std::string_view what, auto holds) {
        if (bound && !holds(*bound))
            ok = fail(at, [&] { return fmt::format("expected {} {}, got {}", what, excerpt(*bound), excerpt(value)); });
    };
    require(rules.minimum, "at least", [&](const json::value& b) { return compare_numbers(value, b) >= 0; });
    require(rules.maximum, "at most", [&](const json::value& b) { return compare_numbers(value, b) <= 0; });
    require(rules.exclusive_minimum, "more than", [&](const json::value& b) { return compare_numbers(value, b) > 0; });
    require(rules.exclusive_maximum, "less than", [&](const json::value& b) { return compare_numbers(value, b) < 0; });
    require(rules.multiple_of, "a multiple of", [&](const json::value& b) { return is_multiple(value, b); });
    return ok;
}

bool Checker::check_size(std::uint64_t size, const Limit& least, const Limit& most, std::string_view unit,
                         const Location* at) {
    if (least && size < *least)
        return fail(at, [&] { return fmt::format("expected at least {} {}, got {}", *least, unit, size); });
    if (most && size > *most)
        return fail(at, [&] { return fmt::format("expected at most {} {}, got {}", *most, unit, size); });
    return true;
}

bool Checker::check_string(const StringRules& rules, std::string_view value, const Location* at) {
    bool ok = true;
    if (rules.min_length || rules.max_length) {
        ok = check_size(expression::count_code_points(value), rules.min_length, rules.max_length, "characters", at);
    }
    const auto shown = [&] { return excerpt(json::value(json::string(value))); };
    if (go_on(ok) && rules.pattern && !rules.pattern->regex.found_in(value)) {
        ok = fail(at, [&] {
            return fmt::format("expected text that matches the pattern {}, got {}", rules.pattern->text, shown());
        });
    }
    if (go_on(ok) && rules.format != nullptr && !rules.format(value)) {
        ok =
            fail(at, [&] { return fmt::format("expected text of the format {}, got {}", rules.format_name, shown()); });
    }
    return ok;
}

bool Checker::check_array(const ArrayRules& rules, const json::array& value, const Location* at) {
    bool ok = check_size(value.size(), rules.min_items, rules.max_items, "items", at);
    for (std::size_t i = 0; i < value.size() && go_on(ok) && !exhausted_; ++i) {
        const auto rule = i < rules.first.size() ? MaybeNode{rules.first[i]} : rules.others;
        const Location here{at, {}, i};
        if (rule) ok = check(*rule, value[i], &here) && ok;
    }
    if (go_on(ok) && rules.unique) ok = check_unique(value, at) && ok;
    if (go_on(ok) && rules.contains) ok = check_contains(rules, value, at) && ok;
    return ok;
}

bool Checker::check_unique(const json::array& value, const Location* at) {
    std::unordered_multimap<std::size_t, std::size_t> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto [first, last] = seen.equal_range(expression::hash_of(value[i]));
        for (auto other = first; other != last; ++other) {
            if (!spend(1)) return false;
            if (!expression::equal(value[other->second], value[i])) continue;
            return fail(at, [&] {
                return fmt::format("expected different items, but [{}] and [{}] are equal", other->second, i);
            });
        }
        seen.emplace(expression::hash_of(value[i]), i);
    }
    return true;
}

bool Checker::check_contains(const ArrayRules& rules, const json::array& value, const Location* at) {
    std::uint64_t found = 0;
    for (const auto& item : value) {
        if (fits(*rules.contains, item)) ++found;
    }
    return check_size(found, rules.min_contains.value_or(1), rules.max_contains,
                      "items of the kind that must be contained", at);
}

bool Checker::check_object(const ObjectRules& rules, const json::value& value, const Location* at) {
    const auto& object = value.get_object();
    bool ok = check_size(object.size(), rules.min_properties, rules.max_properties, "properties", at);
    ok = check_required(rules.required, object, at) && ok;
    for (const auto& member : object) {
        if (!go_on(ok) || exhausted_) return false;
        ok = check_member(rules, member, at) && ok;
        if (rules.names) ok = check_name(rules, member.key(), at) && ok;
    }
    return (!go_on(ok) || check_dependencies(rules, value, at)) && ok;
}

bool Checker::check_member(const ObjectRules& rules, const json::key_value_pair& member, const Location* at) {
    const std::string_view name = member.key();
    const Location here{at, name, 0};
    bool known = false;
    bool ok = true;
    if (const auto property = rules.properties.find(name); property != rules.properties.end()) {
        known = true;
        ok = check(property->second, member.value(), &here);
    }
    for (const auto& [pattern, id] : rules.patterns) {
        if (!spend(1)) return false;
        if (!pattern.regex.found_in(name)) continue;
        known = true;
        ok = check(id, member.value(), &here) && ok;
    }
    if (known || !rules.additional) return ok;
    if (schema_.nodes[*rules.additional].fixed == false) return fail(&here, [] { return std::string("is not known"); });
    return check(*rules.additional, member.value(), &here);
}

bool Checker::check_name(const ObjectRules& rules, std::string_view name, const Location* at) {
    const Location here{at, name, 0};
    return fits(*rules.names, json::value(json::string(name))) ||
           fail(&here, [] { return std::string("is not an allowed name"); });
}

bool Checker::check_required(const std::vector<std::string>& names, const json::object& value, const Location* at) {
    bool ok = true;
    for (const auto& name : names) {
        if (value.if_contains(name) != nullptr) continue;
        const Location missing{at, name, 0};
        ok = fail(&missing, [] { return std::string("is required"); });
    }
    return ok;
}

bool Checker::check_dependencies(const ObjectRules& rules, const json::value& value, const Location* at) {
    const auto& object = value.get_object();
    bool ok = true;
    for (const auto& dependency : rules.dependencies) {
        if (object.if_contains(dependency.name) == nullptr) continue;
        ok = check_required(dependency.required, object, at) && ok;
        if (dependency.schema) ok = check(*dependency.schema, value, at) && ok;
    }
    return ok;
}

} // namespace attune::logic::schema
