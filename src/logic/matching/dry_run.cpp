#include "logic/matching/dry_run.hpp"

#include <map>

namespace attune::logic::matching {
namespace {

/// The value of a key; nothing, and a line that says so, when it cannot be told.
std::optional<std::string> key_of(const PaceKey& key, const EventView& event, std::string_view place, Evaluation& out) {
    auto value = key.of(event);
    if (value) return *std::move(value);
    fail_key(place, value.error(), out);
    return std::nullopt;
}

void debounce(const Debounce& by, std::span<const EventView> events, std::vector<Evaluation>& lines) {
    std::map<std::string, std::vector<std::size_t>> keys;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (!lines[i].matched) continue;
        if (const auto key = key_of(by.key, events[i], "debounce", lines[i])) keys[*key].push_back(i);
    }
    for (const auto& [key, of_key] : keys) {
        std::vector<WaitingEvent> waiting;
        for (const auto i : of_key) waiting.push_back({events[i].id, events[i].created, events[i].created + by.wait});
        const auto found = followers(waiting);
        for (std::size_t n = 0; n < of_key.size(); ++n) {
            auto& line = lines[of_key[n]];
            line.pacing = found[n] ? text_of_follower(*found[n], key) : text_of_silence(by.wait, key);
            if (found[n]) line.outcome = EvaluationOutcome::superseded;
        }
    }
}

void throttle(const Throttle& by, Duration wait, std::span<const EventView> events, std::vector<Evaluation>& lines) {
    std::map<std::string, std::vector<Timestamp>> runs;
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto& line = lines[i];
        if (line.outcome != EvaluationOutcome::matched) continue;
        const auto key = key_of(by.key, events[i], "throttle", line);
        if (!key || by.runs.admit(events[i].created + wait, runs[*key])) continue;
        line.outcome = EvaluationOutcome::throttled;
        line.pacing = text_of_refusal(by.runs, runs[*key], *key);
    }
}

} // namespace

void evaluate(const Conditions& conditions, const EventView& event, Evaluation& out) {
    auto verdict = conditions.evaluate(event);
    out.matched = verdict.matched;
    out.reason = std::move(verdict.reason);
    out.outcome = verdict.matched ? EvaluationOutcome::matched
                  : verdict.error ? EvaluationOutcome::failed
                                  : EvaluationOutcome::unmatched;
    if (!verdict.condition.empty()) out.condition = std::move(verdict.condition);
    if (!verdict.seen.empty()) out.seen = std::move(verdict.seen);
}

void fail_key(std::string_view place, const Error& error, Evaluation& out) {
    out.matched = false;
    out.outcome = EvaluationOutcome::failed;
    out.condition = fmt::format("conditions.{}.key", place);
    out.reason = fmt::format("{}: {}", *out.condition, error.message);
}

std::vector<Evaluation> dry_run(const Conditions& conditions, std::span<const EventView> events) {
    std::vector<Evaluation> lines(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) evaluate(conditions, events[i], lines[i]);
    const auto& wait = conditions.debounce();
    if (wait) debounce(*wait, events, lines);
    if (conditions.throttle()) throttle(*conditions.throttle(), wait ? wait->wait : Duration{}, events, lines);
    return lines;
}

} // namespace attune::logic::matching
