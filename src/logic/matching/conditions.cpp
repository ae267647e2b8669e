#include "logic/matching/conditions.hpp"

#include "logic/matching/compile_conditions.hpp"

namespace attune::logic::matching {
namespace {

constexpr std::string_view kPath = "conditions";

bool has_group(const json::object& object) {
    return object.contains("all") || object.contains("any") || object.contains("not") || object.contains("time_window");
}

} // namespace

Result<Conditions> Conditions::compile_object(const json::object& object) {
    Conditions out;
    out.asks_for_payload_ = !has_group(object);
    TRY(auto root, matching::compile_object(object, std::string(kPath)));
    if (root) out.root_ = std::make_shared<const ConditionNode>(*std::move(root));
    if (const auto* throttle = object.if_contains("throttle")) {
        TRY(out.throttle_, Throttle::compile(*throttle, join_path(kPath, "throttle")));
    }
    if (const auto* debounce = object.if_contains("debounce")) {
        TRY(out.debounce_, Debounce::compile(*debounce, join_path(kPath, "debounce")));
    }
    return out;
}

Result<Conditions> Conditions::compile(const json::value& conditions) {
    if (conditions.is_null()) return Conditions();
    if (const auto* object = conditions.if_object()) return compile_object(*object);
    const auto* list = conditions.if_array();
    if (list == nullptr) {
        return invalid(std::string(kPath),
                       fmt::format("expected a list of {{field, operator, value}}, or an object with the string "
                                   "'expression', or with all, any or not, got {}",
                                   excerpt(conditions)));
    }
    auto compiled = compile_list(*list, std::string(kPath));
    if (compiled.defect) return *std::move(compiled.defect);
    Conditions out;
    if (!list->empty()) out.root_ = std::make_shared<const ConditionNode>(std::move(compiled.node));
    return out;
}

Conditions Conditions::compile_stored(const json::value& conditions) {
    auto compiled = compile(conditions);
    if (compiled) return *std::move(compiled);
    Conditions out;
    out.defect_ = compiled.error().text();
    if (const auto* list = conditions.if_array())
        out.root_ = std::make_shared<const ConditionNode>(compile_list(*list, std::string(kPath)).node);
    return out;
}

Verdict Conditions::evaluate(const EventView& event) const {
    if (asks_for_payload_ && !event.has_payload()) {
        return {true, "the event has no payload, conditions are not applied"};
    }
    if (always()) return {true, "no conditions"};
    Finding finding;
    if (root_ != nullptr) finding = look_at(*root_, event);
    if (finding.truth == Truth::yes && !defect_.empty()) return {.reason = defect_, .error = true};
    return to_verdict(finding, event);
}

/// The place of the condition is left out where there is but one.
Verdict Conditions::to_verdict(const Finding& finding, const EventView& event) const {
    const bool matched = finding.truth == Truth::yes;
    const auto& node = *finding.at;
    auto text = explain(finding, event);
    const bool is_placed = node.kind != ConditionNode::Kind::all && root_->kind != ConditionNode::Kind::expression;
    Verdict out{.matched = matched, .reason = is_placed ? fmt::format("{}: {}", node.path, text) : std::move(text)};
    if (matched) return out;
    out.error = finding.truth == Truth::error;
    out.condition = node.path;
    out.seen = value_seen(finding, event);
    return out;
}

} // namespace attune::logic::matching
