#include "logic/matching/condition_tree.hpp"

#include "base/text.hpp"
#include "logic/matching/event_scope.hpp"

namespace attune::logic::matching {
namespace {

using Kind = ConditionNode::Kind;

constexpr std::size_t kShownText = 200;   // bytes of an expression in a reason
constexpr std::size_t kShownChildren = 3; // of an `any` that does not hold

std::string shown(std::string_view text) {
    if (text.size() <= kShownText) return std::string(text);
    return fmt::format("{}...", text.substr(0, utf8_cut(text, kShownText)));
}

Truth to_truth(bool holds) {
    return holds ? Truth::yes : Truth::no;
}

Finding look_at_all(const ConditionNode& node, const EventView& event) {
    for (const auto& child : node.children) {
        auto finding = look_at(child, event);
        if (finding.truth != Truth::yes || node.children.size() == 1) return finding;
    }
    return {Truth::yes, &node};
}

Finding look_at_any(const ConditionNode& node, const EventView& event) {
    Finding failed{Truth::no, &node};
    for (const auto& child : node.children) {
        auto finding = look_at(child, event);
        if (finding.truth == Truth::yes || node.children.size() == 1) return finding;
        if (finding.truth == Truth::error && failed.truth == Truth::no) failed = std::move(finding);
    }
    return failed;
}

Finding look_at_negation(const ConditionNode& node, const EventView& event) {
    auto finding = look_at(node.children.front(), event);
    if (finding.truth == Truth::error) return finding;
    return {to_truth(finding.truth == Truth::no), &node};
}

Finding look_at_expression(const ConditionNode& node, const EventView& event) {
    const EventScope scope(event);
    auto truth = node.expression->test(scope.scope());
    if (truth) return {to_truth(*truth), &node};
    return {Truth::error, &node, std::move(truth.error().message)};
}

std::string explain_any(const ConditionNode& node, const EventView& event) {
    std::string out = "none holds";
    for (std::size_t i = 0; i < node.children.size() && i < kShownChildren; ++i) {
        out += i == 0 ? ": " : "; ";
        out += shown(explain(look_at(node.children[i], event), event));
    }
    if (node.children.size() > kShownChildren) out += fmt::format("; {} more", node.children.size() - kShownChildren);
    return out;
}

std::string explain_comparison(const ConditionNode& node, bool holds, const EventView& event) {
    if (holds) return node.comparison->text();
    return node.comparison->text_of_failure(node.comparison->find_in(event.payload));
}

} // namespace

Finding look_at(const ConditionNode& node, const EventView& event) {
    switch (node.kind) {
    case Kind::all: return look_at_all(node, event);
    case Kind::any: return look_at_any(node, event);
    case Kind::negation: return look_at_negation(node, event);
    case Kind::comparison: return {to_truth(node.comparison->holds(node.comparison->find_in(event.payload))), &node};
    case Kind::expression: return look_at_expression(node, event);
    case Kind::window: return {to_truth(node.window->contains(event.created)), &node};
    }
    return {Truth::error, &node};
}

std::string explain(const Finding& finding, const EventView& event) {
    const auto& node = *finding.at;
    const bool holds = finding.truth == Truth::yes;
    switch (node.kind) {
    case Kind::all: return fmt::format("all {} conditions hold", node.children.size());
    case Kind::any: return explain_any(node, event);
    case Kind::negation: {
        const auto inner = explain(look_at(node.children.front(), event), event);
        return holds ? inner : fmt::format("expected not: {}", inner);
    }
    case Kind::comparison: return explain_comparison(node, holds, event);
    case Kind::expression:
        if (finding.truth == Truth::error) return fmt::format("expression failed: {}", finding.error);
        return fmt::format("expression is {}: {}", holds, shown(node.expression->text()));
    case Kind::window:
        return fmt::format("{} is {} {}", node.window->clock_at(event.created), holds ? "within" : "outside",
                           node.window->text());
    }
    return {};
}

std::string value_seen(const Finding& finding, const EventView& event) {
    if (finding.at == nullptr || finding.at->kind != Kind::comparison) return {};
    const auto* actual = finding.at->comparison->find_in(event.payload);
    return actual == nullptr ? std::string() : excerpt(*actual);
}

} // namespace attune::logic::matching
