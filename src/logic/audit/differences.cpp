#include "logic/audit/differences.hpp"

namespace attune::logic::audit {
namespace {

constexpr std::string_view kFollows[] = {"updated", "generation"};

json::object without_what_follows(json::object from) {
    for (const auto name : kFollows) from.erase(name);
    return from;
}

/// The members of `from` that `other` has not, or has otherwise.
json::object unlike(const json::object& from, const json::object& other) {
    json::object out;
    for (const auto& [name, value] : from) {
        const auto* same = other.if_contains(name);
        if (same == nullptr || *same != value) out[name] = value;
    }
    return out;
}

/// In place of what is too long: the names of its members, and how long it was.
json::object bounded(json::object side) {
    const auto length = to_text(json::value(side)).size();
    if (length <= kMostText) return side;
    json::array names;
    for (const auto& [name, value] : side) names.emplace_back(name);
    return {{"truncated", true}, {"characters", length}, {"members", std::move(names)}};
}

std::string_view operation_of(const Sides& sides) {
    if (!sides.before) return "created";
    return sides.after ? "updated" : "deleted";
}

} // namespace

json::object describe(const Sides& sides) {
    json::object out{{"operation", json::string(operation_of(sides))}};
    const auto before = without_what_follows(sides.before.value_or(json::object{}));
    const auto after = without_what_follows(sides.after.value_or(json::object{}));
    if (sides.before) out["before"] = bounded(sides.after ? unlike(before, after) : before);
    if (sides.after) out["after"] = bounded(sides.before ? unlike(after, before) : after);
    return out;
}

} // namespace attune::logic::audit
