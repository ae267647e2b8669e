#include "app/cli/flow_renderer.hpp"

#include "app/cli/table.hpp"
#include "domain/execution.hpp"

#include <cmath>
#include <fmt/core.h>
#include <limits>

namespace attune::app::cli {
namespace {

constexpr std::size_t kLongestText = 500;

/// A text of the hop, harmless for a terminal; empty when it is missing.
std::string text_of(const json::value& hop, std::string_view member) {
    const auto* found = find_member(hop, member);
    return found != nullptr && found->is_string() ? fit(found->get_string(), kLongestText) : std::string{};
}

std::optional<double> number_of(const json::value& hop, std::string_view member) {
    const auto* found = find_member(hop, member);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
}

std::int64_t id_of(const json::value& hop, std::string_view member) {
    const auto* found = find_member(hop, member);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

/// " (+0.3 ms)", or nothing.
std::string latency(const json::value& hop, std::string_view member) {
    const auto ms = number_of(hop, member);
    return ms ? fmt::format(" (+{})", render_ms(*ms)) : std::string{};
}

json::array items_of(const json::value& hop, std::string_view member) {
    const auto* found = find_member(hop, member);
    return found != nullptr && found->is_array() ? found->get_array() : json::array{};
}

/// " → execution 12", or nothing when there is none.
std::string link(const json::value& from, std::string_view member, std::string_view word) {
    const auto id = id_of(from, member);
    return id == 0 ? std::string{} : fmt::format(" → {} {}", word, id);
}

bool is_final_status(const std::string& status) {
    const auto known = parse_enum<ExecutionStatus>(status);
    return known && is_final(*known);
}

} // namespace

std::string render_ms(double ms) {
    if (ms < 0) return "-" + render_ms(-ms);
    if (ms >= 10'000) return fmt::format("{:.1f} s", ms / 1000);
    if (ms >= 9.95) return fmt::format("{:.0f} ms", ms);
    const auto tenths = std::round(ms * 10) / 10;
    return tenths == std::floor(tenths) ? fmt::format("{:.0f} ms", tenths) : fmt::format("{:.1f} ms", tenths);
}

std::vector<std::string> FlowRenderer::render(const json::value& hop) {
    const auto kind = text_of(hop, "hop");
    if (kind == "event") return render_event(hop);
    if (kind == "decision") return render_decision(hop);
    if (kind == "execution") return render_execution(hop);
    return {};
}

std::vector<std::string> FlowRenderer::render_event(const json::value& hop) {
    const auto id = id_of(hop, "event");
    auto firing = fmt::format("{} fired{}", text_of(hop, "trigger_ref"), latency(hop, "lateness_ms"));
    auto line = fmt::format("{} → event {}", firing, id);
    events_[id] = {std::move(firing)};
    if (events_.size() > kMostEvents) events_.erase(events_.begin());
    return {std::move(line)};
}

std::vector<std::string> FlowRenderer::render_decision(const json::value& hop) const {
    std::vector<std::string> lines;
    const auto event = id_of(hop, "event");
    for (const auto& match : items_of(hop, "matched")) {
        lines.push_back(fmt::format("event {} → rule {}{}{}{}", event, text_of(match, "rule_ref"),
                                    link(match, "enforcement", "enforcement"), link(match, "execution", "execution"),
                                    latency(hop, "latency_ms")));
    }
    for (const auto& miss : items_of(hop, "unmatched")) {
        lines.push_back(fmt::format("event {}: rule {} does not match: {}", event, text_of(miss, "rule_ref"),
                                    text_of(miss, "reason")));
    }
    if (const auto reason = text_of(hop, "reason"); !reason.empty()) {
        lines.push_back(fmt::format("event {}: {}{}", event, reason, latency(hop, "latency_ms")));
    }
    return lines;
}

std::vector<std::string> FlowRenderer::render_execution(const json::value& hop) {
    const auto status = text_of(hop, "status");
    if (!is_final_status(status)) {
        return {fmt::format("execution {} of {} is {}{}", id_of(hop, "execution"), text_of(hop, "action_ref"), status,
                            latency(hop, "latency_ms"))};
    }
    ++finished_;
    auto line = fmt::format("{} → {}", chain(hop), status);
    if (const auto took = number_of(hop, "duration_ms")) line += " in " + render_ms(*took);
    if (const auto summary = text_of(hop, "summary"); !summary.empty()) line += ": " + summary;
    return {std::move(line)};
}

/// "trigger fired (+0.3 ms) → event 12 → rule r → execution 12", as far as it is known.
std::string FlowRenderer::chain(const json::value& hop) const {
    const auto event = id_of(hop, "event");
    const auto rule = text_of(hop, "rule_ref");
    const auto known = events_.find(event);
    std::string out;
    if (known != events_.end()) out = known->second.text + " → ";
    if (event != 0) out += fmt::format("event {} → ", event);
    if (!rule.empty()) out += fmt::format("rule {} → ", rule);
    if (event == 0) out += fmt::format("action {} → ", text_of(hop, "action_ref"));
    return out + fmt::format("execution {}", id_of(hop, "execution"));
}

} // namespace attune::app::cli
