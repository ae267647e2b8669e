#include "domain/evaluation.hpp"

namespace attune {

ATTUNE_FIELDS(Evaluation, rule, rule_ref, matched, outcome, reason, condition, seen, pacing, overlap, due,
              superseded_by, enforcement, execution, unresolved);
ATTUNE_ROW(DebouncedMatch, "debounced_match", event, rule, key, created, due);
ATTUNE_ROW(ThrottledKey, "throttled_key", rule, key, runs, expires);

namespace {

/// A line without an outcome was written by a version that knew two of them.
Evaluation read_line(const json::value& line) {
    constexpr DecodeOptions kLenient{DecodeOptions::Unknown::ignore, DecodeOptions::Missing::defaults};
    auto out = from_json<Evaluation>(line, {}, kLenient).value_or(Evaluation{});
    if (find_member(line, "outcome") == nullptr && out.matched) out.outcome = EvaluationOutcome::matched;
    return out;
}

/// The index of the rule's line among those of the decision.
std::optional<std::size_t> index_of(const json::value& decision, RuleId rule) {
    const auto* lines = decision.if_array();
    if (lines == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < lines->size(); ++i) {
        const auto* id = find_member((*lines)[i], "rule");
        if (id != nullptr && *id == rule.value) return i;
    }
    return std::nullopt;
}

} // namespace

json::object line_of(const Evaluation& evaluation) {
    json::object out;
    for (const auto& field : structure_of<Evaluation>().fields) {
        const auto* value = field.of(&evaluation);
        if (field.type->is_optional() && field.type->optional->content(value) == nullptr) continue;
        out.emplace(field.name, encode_json(*field.type, value));
    }
    return out;
}

std::vector<Evaluation> evaluations_of(const std::optional<json::value>& decision) {
    std::vector<Evaluation> out;
    const auto* lines = decision ? decision->if_array() : nullptr;
    if (lines == nullptr) return out;
    out.reserve(lines->size());
    for (const auto& line : *lines) out.push_back(read_line(line));
    return out;
}

void amend_line(json::value& decision, RuleId rule, const std::function<void(Evaluation&)>& change) {
    const auto at = index_of(decision, rule);
    if (!at) return;
    auto& line = decision.get_array()[*at];
    auto evaluation = read_line(line);
    change(evaluation);
    line = line_of(evaluation);
}

std::optional<Evaluation> find_line(const json::value& decision, RuleId rule) {
    const auto at = index_of(decision, rule);
    if (!at) return std::nullopt;
    return read_line(decision.get_array()[*at]);
}

} // namespace attune
