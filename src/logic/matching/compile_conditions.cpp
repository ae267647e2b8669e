#include "logic/matching/compile_conditions.hpp"

#include "logic/matching/event_scope.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace attune::logic::matching {
namespace {

using Kind = ConditionNode::Kind;

constexpr std::array<std::string_view, 5> kGroups{"all", "any", "not", "time_window", "expression"};
constexpr std::array<std::string_view, 2> kPaces{"throttle", "debounce"};
constexpr std::string_view kExpected = "all, any, not, time_window or expression";

bool is_one_of(std::string_view key, std::span<const std::string_view> names) {
    return std::find(names.begin(), names.end(), key) != names.end();
}

class Compiler {
public:
    /// One condition inside a group.
    Result<ConditionNode> condition(const json::value& value, const std::string& path, std::size_t depth) {
        const auto* object = value.if_object();
        if (object == nullptr) {
            return invalid(path, fmt::format("expected an object with field, operator and value, or with {}, got {}",
                                             kExpected, excerpt(value)));
        }
        if (object->contains("field") || object->contains("operator")) {
            CHECK(count(path));
            TRY(auto comparison, Comparison::compile(value, path, Place::group));
            return ConditionNode{.kind = Kind::comparison, .path = path, .comparison = std::move(comparison)};
        }
        for (const auto& member : *object) CHECK(expect_known(member.key(), path));
        TRY(auto node, members(*object, path, depth));
        if (!node) return invalid(path, fmt::format("expected field, operator and value, or {}", kExpected));
        return *std::move(node);
    }

    /// What of the groups is there; all of it must hold.
    Result<std::optional<ConditionNode>> members(const json::object& object, const std::string& path,
                                                 std::size_t depth) {
        if (depth > ConditionBounds::kMostNesting)
            return invalid(path, fmt::format("expected at most {} levels", ConditionBounds::kMostNesting));
        ConditionNode both{.kind = Kind::all, .path = path};
        for (const auto& [key, value] : object) {
            if (!is_one_of(key, kGroups)) continue;
            CHECK(count(path));
            TRY(auto child, member(key, value, join_path(path, key), depth));
            both.children.push_back(std::move(child));
        }
        if (both.children.empty()) return std::optional<ConditionNode>();
        if (both.children.size() == 1) return std::optional(std::move(both.children.front()));
        return std::optional(std::move(both));
    }

private:
    Result<ConditionNode> member(std::string_view key, const json::value& value, const std::string& path,
                                 std::size_t depth) {
        if (key == "all") return group(Kind::all, value, path, depth);
        if (key == "any") return group(Kind::any, value, path, depth);
        ConditionNode node{.path = path};
        if (key == "not") {
            node.kind = Kind::negation;
            TRY(auto child, condition(value, path, depth + 1));
            node.children.push_back(std::move(child));
        } else if (key == "time_window") {
            node.kind = Kind::window;
            TRY(node.window, TimeWindow::compile(value, path));
        } else {
            node.kind = Kind::expression;
            TRY(node.expression, parse_event_expression(value, path));
        }
        return node;
    }

    Result<ConditionNode> group(Kind kind, const json::value& value, const std::string& path, std::size_t depth) {
        const auto* list = value.if_array();
        if (list == nullptr || list->empty())
            return invalid(path, fmt::format("expected a list of at least one condition, got {}", excerpt(value)));
        ConditionNode node{.kind = kind, .path = path};
        for (const auto& item : *list) {
            TRY(auto child, condition(item, join_path(path, node.children.size()), depth + 1));
            node.children.push_back(std::move(child));
        }
        return node;
    }

    Result<void> count(const std::string& path) {
        if (++count_ <= ConditionBounds::kMostConditions) return {};
        return invalid(path, fmt::format("expected at most {} conditions", ConditionBounds::kMostConditions));
    }

    static Result<void> expect_known(std::string_view key, const std::string& path) {
        if (is_one_of(key, kGroups)) return {};
        return invalid(join_path(path, key), is_one_of(key, kPaces)
                                                 ? "is allowed at the top of the conditions only"
                                                 : fmt::format("is not known here; expected {}", kExpected));
    }

    std::size_t count_ = 0;
};

} // namespace

Result<std::optional<ConditionNode>> compile_object(const json::object& object, const std::string& path) {
    const auto* expression = object.if_contains("expression");
    const bool is_open = expression != nullptr && expression->is_string();
    for (const auto& member : object) {
        const std::string_view key = member.key();
        if (is_open || is_one_of(key, kGroups) || is_one_of(key, kPaces)) continue;
        return invalid(join_path(path, key),
                       "is not known here; expected a list of {field, operator, value}, or an object with the string "
                       "'expression', or with all, any, not, time_window, throttle or debounce");
    }
    return Compiler().members(object, path, 1);
}

CompiledList compile_list(const json::array& list, const std::string& path) {
    CompiledList out{ConditionNode{.kind = Kind::all, .path = path}, {}};
    if (list.size() > ConditionBounds::kMostConditions) {
        out.defect = invalid(
            path, fmt::format("expected at most {} items, got {}", ConditionBounds::kMostConditions, list.size()));
        return out;
    }
    for (const auto& item : list) {
        auto at = join_path(path, out.node.children.size());
        auto comparison = Comparison::compile(item, at, Place::list);
        if (!comparison) {
            out.defect = std::move(comparison.error());
            return out;
        }
        out.node.children.push_back(
            {.kind = Kind::comparison, .path = std::move(at), .comparison = *std::move(comparison)});
    }
    return out;
}

} // namespace attune::logic::matching
