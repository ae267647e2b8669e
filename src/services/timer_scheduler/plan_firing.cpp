#include "services/timer_scheduler/plan_firing.hpp"

#include "domain/trigger.hpp"
#include "flow/timer_events.hpp"
#include "flow/timer_rows.hpp"

namespace attune::services {
namespace {

namespace schedule = logic::schedule;

constexpr Duration kLate = 1s; ///< a firing later than this is counted as late

schedule::Decision decide(const Timer& timer, const schedule::Schedule& compiled, Timestamp now) {
    const auto state = flow::state_of(timer);
    if (timer.resumed_at && *timer.resumed_at > state.cursor) {
        auto decision = schedule::decide_resume(compiled, state, std::min(*timer.resumed_at, now));
        if (!decision.empty()) return decision;
    }
    return schedule::decide(compiled, state, now);
}

} // namespace

flow::Firing plan_firing(const Timer& timer, const schedule::Schedule& compiled, Timestamp now) {
    const auto decision = decide(timer, compiled, now);
    flow::Firing out;
    out.timer = timer.id;
    out.known = timer.cursor;
    out.revision = timer.revision;
    out.cursor = decision.cursor;
    auto sequence = timer.fired;
    for (const auto& firing : decision.fire) {
        out.events.push_back(flow::event_of(timer, compiled, firing, ++sequence, now));
        if (now - firing.nominal > kLate) ++out.late;
        if (firing.reason == schedule::FiringReason::normal)
            out.in_time.push_back(schedule::fire_time(compiled, flow::state_of(timer), firing.nominal));
    }
    for (const auto& range : decision.skipped) {
        out.skips.push_back({timer.id, range.from, range.to, range.count, range.reason, now});
        out.passed.of(range.reason) += range.count;
    }
    auto after = timer;
    after.cursor = decision.cursor;
    after.fired += static_cast<std::int64_t>(decision.fire.size());
    if (!schedule::next_due(compiled, flow::state_of(after)))
        out.note = "its schedule has ended: it will not fire again";
    return out;
}

} // namespace attune::services
