#include "api/streams/hops.hpp"

#include "base/text.hpp"
#include "domain/execution.hpp"

#include <algorithm>

namespace attune::api {

namespace {

constexpr std::size_t kLongestSummary = 200;

/// A member of an explanation, null when it is missing.
json::value member(const json::value& from, std::string_view key) {
    const auto* found = find_member(from, key);
    return found != nullptr ? *found : json::value(nullptr);
}

/// The first line with anything in it.
std::optional<std::string> first_line(std::string_view text) {
    for (const auto line : split(text, '\n')) {
        const auto trimmed = trim(line);
        if (!trimmed.empty()) return std::string(trimmed.substr(0, utf8_cut(trimmed, kLongestSummary)));
    }
    return std::nullopt;
}

json::value summary_of(const std::optional<json::value>& result) {
    if (!result) return nullptr;
    for (const auto* key : {"error", "stdout"}) {
        const auto* text = find_member(*result, key);
        if (text == nullptr || !text->is_string()) continue;
        if (auto line = first_line(text->get_string())) return json::value(*line);
    }
    return nullptr;
}

/// When the execution came into its state.
Timestamp since(const ExecutionRow& execution) {
    if (is_final(execution.status)) return execution.finished_at.value_or(execution.updated);
    if (execution.status == ExecutionStatus::running) return execution.started_at.value_or(execution.updated);
    return execution.updated;
}

} // namespace

json::object event_hop(const EventRow& event) {
    std::optional<double> lateness;
    if (event.nominal) lateness = to_ms(event.created - *event.nominal);
    return {{"hop", "event"},
            {"event", event.id.value},
            {"trigger_ref", event.trigger_ref},
            {"nominal", to_json(event.nominal)},
            {"at", to_json(event.created)},
            {"lateness_ms", to_json(lateness)},
            {"source", event.timer ? "timer" : "api"}};
}

json::object decision_hop(const EventRow& event) {
    json::array matched;
    json::array unmatched;
    json::value reason = nullptr;
    if (event.decision && event.decision->is_array()) {
        for (const auto& line : event.decision->get_array()) {
            if (!member(line, "enforcement").is_null()) {
                matched.push_back(json::object{{"rule_ref", member(line, "rule_ref")},
                                               {"enforcement", member(line, "enforcement")},
                                               {"execution", member(line, "execution")}});
            } else {
                // A match that came to nothing is explained by what held it back.
                const auto pacing = member(line, "pacing");
                unmatched.push_back(json::object{{"rule_ref", member(line, "rule_ref")},
                                                 {"reason", pacing.is_null() ? member(line, "reason") : pacing}});
            }
        }
    } else if (event.decision) {
        reason = member(*event.decision, "reason");
    }
    const auto at = event.decided_at.value_or(event.created);
    return {{"hop", "decision"},
            {"event", event.id.value},
            {"at", to_json(at)},
            {"matched", std::move(matched)},
            {"unmatched", std::move(unmatched)},
            {"reason", std::move(reason)},
            {"latency_ms", to_ms(at - event.created)}};
}

json::object execution_hop(const ExecutionRow& execution) {
    const auto at = since(execution);
    std::optional<double> took;
    if (execution.started_at && execution.finished_at) took = to_ms(*execution.finished_at - *execution.started_at);
    return {{"hop", "execution"},
            {"execution", execution.id.value},
            {"event", to_json(execution.event)},
            {"enforcement", to_json(execution.enforcement)},
            {"action_ref", execution.action_ref},
            {"rule_ref", to_json(execution.rule_ref)},
            {"status", enum_name(execution.status)},
            {"at", to_json(at)},
            {"latency_ms", to_ms(at - execution.created)},
            {"duration_ms", to_json(took)},
            {"summary", summary_of(execution.result)}};
}

json::object execution_payload(const ExecutionRow& execution) {
    return {{"entity_type", "execution"},
            {"entity_id", execution.id.value},
            {"id", execution.id.value},
            {"status", enum_name(execution.status)},
            {"action_id", to_json(execution.action)},
            {"action_ref", execution.action_ref},
            {"enforcement", to_json(execution.enforcement)},
            {"rule_ref", to_json(execution.rule_ref)},
            {"trigger_ref", to_json(execution.trigger_ref)},
            {"parent", to_json(execution.parent)},
            {"started_at", to_json(execution.started_at)},
            {"created", to_json(execution.created)},
            {"updated", to_json(execution.updated)}};
}

} // namespace attune::api
