#include "logic/matching/conditions.hpp"

#include "base/text.hpp"
#include "logic/expression/value.hpp"
#include "logic/matching/path.hpp"

namespace attune::logic::matching {
namespace {

constexpr std::size_t kShownText = 200; // bytes of an expression in a reason

std::string shown(std::string_view text) {
    if (text.size() <= kShownText) return std::string(text);
    return fmt::format("{}...", text.substr(0, utf8_cut(text, kShownText)));
}

/// Without the outer {{ }}, if there is one.
std::string_view strip_braces(std::string_view text) {
    text = trim(text);
    if (text.size() >= 4 && text.starts_with("{{") && text.ends_with("}}")) text = text.substr(2, text.size() - 4);
    return trim(text);
}

Result<expression::Expression> parse_expression(const json::value& text) {
    auto parsed = expression::Expression::parse(strip_braces(text.get_string()));
    if (!parsed) parsed.error().field = "conditions.expression";
    return parsed;
}

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

Result<Condition> compile_item(const json::value& item, const std::string& path) {
    if (!item.is_object())
        return invalid(path, fmt::format("expected an object with field, operator and value, got {}", excerpt(item)));
    TRY(auto field, required_text(item, path, "field"));
    TRY(const auto name, required_text(item, path, "operator"));
    TRY(const auto* value, required(item, path, "value"));
    const auto op = parse_enum<Operator>(name);
    if (!op) {
        return invalid(join_path(path, "operator"), fmt::format("expected {}, got {}", enum_choices<Operator>(),
                                                                excerpt(json::value(json::string(name)))));
    }
    return Condition{std::move(field), *op, *value};
}

const json::value* find_field(const json::value& payload, std::string_view field) {
    if (const auto* found = walk(payload, field)) return found;
    constexpr std::string_view kPrefix = "payload.";
    return field.starts_with(kPrefix) ? walk(payload, field.substr(kPrefix.size())) : nullptr;
}

/// "payload.value", however the field was written.
std::string payload_path(std::string_view field) {
    return field.starts_with("payload.") ? std::string(field) : join_path("payload", field);
}

bool holds(const Condition& condition, const json::value& actual) {
    switch (condition.op) {
    case Operator::equals: return expression::equal(actual, condition.value);
    case Operator::not_equals: return !expression::equal(actual, condition.value);
    case Operator::contains:
        return actual.is_string() && condition.value.is_string() &&
               expression::find_text(actual.get_string(), condition.value.get_string()) != std::string_view::npos;
    }
    return false;
}

/// Empty when the item holds.
std::string why_not(const Condition& condition, const json::value& payload) {
    const auto* actual = find_field(payload, condition.field);
    if (actual == nullptr) return fmt::format("{} does not exist", payload_path(condition.field));
    if (holds(condition, *actual)) return {};
    return fmt::format("{} is {}, expected {} {}", payload_path(condition.field), excerpt(*actual),
                       enum_name(condition.op), excerpt(condition.value));
}

} // namespace

Result<Conditions> Conditions::compile(const json::value& conditions) {
    Conditions out;
    if (const auto* list = conditions.if_array()) {
        if (list->size() > kMaxItems)
            return invalid("conditions", fmt::format("expected at most {} items, got {}", kMaxItems, list->size()));
        for (const auto& item : *list) {
            TRY(auto compiled, compile_item(item, join_path("conditions", out.items_.size())));
            out.items_.push_back(std::move(compiled));
        }
        return out;
    }
    if (conditions.is_null()) return out;
    if (const auto* object = conditions.if_object(); object != nullptr && object->empty()) return out;
    const auto* text = find_member(conditions, "expression");
    if (text == nullptr) {
        return invalid("conditions",
                       "expected a list of {field, operator, value}, or an object with the string 'expression'");
    }
    if (!text->is_string())
        return invalid("conditions.expression", fmt::format("expected a string, got {}", excerpt(*text)));
    TRY(out.expression_, parse_expression(*text));
    return out;
}

Conditions Conditions::compile_stored(const json::value& conditions) {
    auto compiled = compile(conditions);
    if (compiled) return *std::move(compiled);
    Conditions out;
    out.defect_ = compiled.error().text();
    const auto* list = conditions.if_array();
    if (list == nullptr) return out;
    for (const auto& item : *list) {
        auto one = compile_item(item, join_path("conditions", out.items_.size()));
        if (!one) break;
        out.items_.push_back(*std::move(one));
    }
    return out;
}

Verdict Conditions::evaluate(const EventView& event) const {
    if (!event.has_payload()) return {true, "the event has no payload, conditions are not applied"};
    if (always()) return {true, "no conditions"};
    if (expression_) return evaluate_expression(event);
    return evaluate_items(*event.payload);
}

Verdict Conditions::evaluate_expression(const EventView& event) const {
    const json::value id(event.id.value);
    const json::value trigger = event.trigger ? json::value(event.trigger->value) : json::value(nullptr);
    const json::value trigger_ref(json::string(event.trigger_ref));
    const json::value created(json::string(format_timestamp(event.created)));
    expression::Scope scope;
    scope.add_member("event", "id", id)
        .add_member("event", "trigger", trigger)
        .add_member("event", "trigger_ref", trigger_ref)
        .add_member("event", "payload", *event.payload)
        .add_member("event", "created", created);
    const auto truth = expression_->test(scope);
    if (!truth) return {false, fmt::format("expression failed: {}", truth.error().message)};
    return {*truth, fmt::format("expression is {}: {}", *truth, shown(expression_->text()))};
}

Verdict Conditions::evaluate_items(const json::value& payload) const {
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (auto reason = why_not(items_[i], payload); !reason.empty()) {
            return {false, fmt::format("conditions[{}]: {}", i, reason)};
        }
    }
    if (!defect_.empty()) return {false, defect_};
    if (items_.size() > 1) return {true, fmt::format("all {} conditions hold", items_.size())};
    const auto& only = items_.front();
    return {true,
            fmt::format("conditions[0]: {} {} {}", payload_path(only.field), enum_name(only.op), excerpt(only.value))};
}

} // namespace attune::logic::matching
