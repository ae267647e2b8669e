#include "logic/matching/comparison.hpp"

#include "logic/expression/value.hpp"
#include "logic/matching/path.hpp"

#include <algorithm>

namespace attune::logic::matching {
namespace {

constexpr std::string_view kPayload = "payload.";

Result<const json::value*> required(const json::value& item, const std::string& path, std::string_view name) {
    const auto* member = find_member(item, name);
    if (member == nullptr) return invalid(join_path(path, name), "is required");
    return member;
}

Result<std::string> required_text(const json::value& item, const std::string& path, std::string_view name) {
    TRY(const auto* member, required(item, path, name));
    if (!member->is_string() || member->get_string().empty()) {
        return invalid(join_path(path, name),
                       fmt::format("expected a string that is not empty, got {}", excerpt(*member)));
    }
    return std::string(member->get_string());
}

Result<Operator> required_operator(const json::value& item, const std::string& path) {
    TRY(const auto name, required_text(item, path, "operator"));
    if (const auto op = parse_enum<Operator>(name)) return *op;
    return invalid(join_path(path, "operator"),
                   fmt::format("expected {}, got {}", enum_choices<Operator>(), excerpt(json::value(name))));
}

Result<void> refuse_others(const json::value& item, const std::string& path) {
    for (const auto& member : item.get_object()) {
        const std::string_view key = member.key();
        if (key != "field" && key != "operator" && key != "value")
            return invalid(join_path(path, key), "is not known here; expected field, operator and value");
    }
    return {};
}

bool is_ordered(const json::value& value) {
    return value.is_number() || value.is_string();
}

bool are_limits(const json::value& value) {
    const auto* list = value.if_array();
    return list != nullptr && list->size() == 2 && is_ordered((*list)[0]) &&
           expression::compare((*list)[0], (*list)[1]).has_value();
}

/// What the operator expects of its value; empty when this is it.
std::string_view expected_of_value(Operator op, const json::value& value) {
    const bool is_text = value.is_string();
    switch (op) {
    case Operator::equals:
    case Operator::not_equals:
    case Operator::contains: return {};
    case Operator::in: {
        const auto* list = value.if_array();
        return list != nullptr && list->size() <= Comparison::kMaxChoices ? "" : "a list of at most 256 values";
    }
    case Operator::exists: return value.is_bool() ? "" : "true or false";
    case Operator::matches:
    case Operator::starts_with:
    case Operator::ends_with: return is_text ? "" : "a string";
    case Operator::greater_than:
    case Operator::less_than: return is_ordered(value) ? "" : "a number or a string";
    case Operator::between:
        return are_limits(value) ? "" : "[least, greatest] of two numbers or two strings, such as [1, 5]";
    }
    return {};
}

bool contains(const json::value& actual, const json::value& wanted, Place place) {
    if (const auto* list = actual.if_array(); list != nullptr && place == Place::group) {
        return std::any_of(list->begin(), list->end(), [&](auto& item) { return expression::equal(item, wanted); });
    }
    return actual.is_string() && wanted.is_string() &&
           expression::find_text(actual.get_string(), wanted.get_string()) != std::string_view::npos;
}

bool is_among(const json::value& actual, const json::value& choices) {
    const auto& list = choices.get_array();
    return std::any_of(list.begin(), list.end(), [&](auto& choice) { return expression::equal(actual, choice); });
}

bool is_between(const json::value& actual, const json::value& limits) {
    const auto least = expression::compare(actual, limits.get_array()[0]);
    const auto greatest = expression::compare(actual, limits.get_array()[1]);
    return least && greatest && *least >= 0 && *greatest <= 0;
}

std::string_view text_in(const json::value& value) {
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

} // namespace

Result<Comparison> Comparison::compile(const json::value& item, const std::string& path, Place place) {
    if (!item.is_object())
        return invalid(path, fmt::format("expected an object with field, operator and value, got {}", excerpt(item)));
    Comparison out;
    TRY(out.field, required_text(item, path, "field"));
    TRY(out.op, required_operator(item, path));
    out.place = place;
    if (place == Place::group) CHECK(refuse_others(item, path));
    if (out.op == Operator::exists && find_member(item, "value") == nullptr) {
        out.value = true;
        return out;
    }
    TRY(const auto* value, required(item, path, "value"));
    out.value = *value;
    if (const auto expected = expected_of_value(out.op, out.value); !expected.empty())
        return invalid(join_path(path, "value"), fmt::format("expected {}, got {}", expected, excerpt(out.value)));
    if (out.op == Operator::matches) {
        auto pattern = expression::Regex::compile(out.value.get_string());
        if (!pattern) return invalid(join_path(path, "value"), pattern.error().message);
        out.pattern = *std::move(pattern);
    }
    return out;
}

const json::value* Comparison::find_in(const json::value* payload) const {
    if (payload == nullptr) return nullptr;
    if (const auto* found = walk(*payload, field)) return found;
    const std::string_view path = field;
    return path.starts_with(kPayload) ? walk(*payload, path.substr(kPayload.size())) : nullptr;
}

bool Comparison::holds(const json::value* actual) const {
    if (op == Operator::exists) return (actual != nullptr) == value.get_bool();
    if (actual == nullptr) return false;
    switch (op) {
    case Operator::equals: return expression::equal(*actual, value);
    case Operator::not_equals: return !expression::equal(*actual, value);
    case Operator::contains: return contains(*actual, value, place);
    case Operator::in: return is_among(*actual, value);
    case Operator::exists: break;
    case Operator::matches: return actual->is_string() && pattern->found_in(actual->get_string());
    case Operator::greater_than: return expression::compare(*actual, value).value_or(std::strong_ordering::less) > 0;
    case Operator::less_than: return expression::compare(*actual, value).value_or(std::strong_ordering::greater) < 0;
    case Operator::starts_with: return actual->is_string() && text_in(*actual).starts_with(text_in(value));
    case Operator::ends_with: return actual->is_string() && text_in(*actual).ends_with(text_in(value));
    case Operator::between: return is_between(*actual, value);
    }
    return false;
}

namespace {

/// "payload.value", however the field was written.
std::string shown_field(std::string_view field) {
    return field.starts_with(kPayload) ? std::string(field) : join_path("payload", field);
}

/// The value that is compared to, where there is room for all of it.
std::string shown_value(const Comparison& of) {
    constexpr std::size_t kShownBytes = 60;
    if (of.op != Operator::in && of.op != Operator::between) return excerpt(of.value);
    auto text = to_text(of.value);
    return text.size() <= kShownBytes ? text : fmt::format("one of {} values", of.value.get_array().size());
}

} // namespace

std::string Comparison::text() const {
    if (op == Operator::exists) {
        return fmt::format("{} {}", shown_field(field), value.get_bool() ? "exists" : "does not exist");
    }
    return fmt::format("{} {} {}", shown_field(field), enum_name(op), shown_value(*this));
}

std::string Comparison::text_of_failure(const json::value* actual) const {
    if (actual == nullptr) return fmt::format("{} does not exist", shown_field(field));
    if (op == Operator::exists) return fmt::format("{} exists: it is {}", shown_field(field), excerpt(*actual));
    return fmt::format("{} is {}, expected {} {}", shown_field(field), excerpt(*actual), enum_name(op),
                       shown_value(*this));
}

} // namespace attune::logic::matching
