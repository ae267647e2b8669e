#pragma once
#include "base/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace attune::app::cli {

/// Turns the hops of the flow (GET /api/v1/flow/stream) into lines for people, as they come: one line a hop with its
/// latency, and for the last hop of a chain the whole chain in one line:
///
///     core.timer_10s fired (+0.3 ms) → event 12 → rule core.timer_echo_10s → execution 12 → completed in 4 ms: Hello!
///
/// Remembers a bounded number of chains. Hops that it has not seen the beginning of are rendered with what they say.
class FlowRenderer {
public:
    /// The lines (without newlines) that this hop adds; none for what is no hop.
    std::vector<std::string> render(const json::value& hop);

    /// How many executions have come to an end so far.
    std::uint64_t finished() const { return finished_; }

private:
    struct Firing {
        std::string text; ///< "core.timer_10s fired (+0.3 ms)"
    };
    static constexpr std::size_t kMostEvents = 10'000;

    std::vector<std::string> render_event(const json::value& hop);
    std::vector<std::string> render_decision(const json::value& hop) const;
    std::vector<std::string> render_execution(const json::value& hop);
    std::string chain(const json::value& hop) const;

    std::map<std::int64_t, Firing> events_;
    std::uint64_t finished_ = 0;
};

/// "0.3 ms", "42 ms", "12.5 s".
std::string render_ms(double ms);

} // namespace attune::app::cli
