#include "app/doctor/checks.hpp"
#include "domain/worker.hpp"
#include "flow/file_watches.hpp"
#include "flow/timers.hpp"
#include "flow/workers.hpp"

namespace attune::app::doctor {
namespace {

constexpr std::int64_t kTimersShown = 10;
constexpr std::int64_t kWatchesShown = 10;

/// Whether its lease was renewed lately. Both clocks are other machines' own: leases are judged with more care by the
/// executor, this is for people.
bool is_live(const Worker& worker, const Settings& settings, Timestamp now) {
    return worker.status != WorkerStatus::inactive && now - worker.last_heartbeat < settings.worker.lease * 3;
}

} // namespace

Result<void> look_at_workers(Findings& out, Session& session, const Settings& settings, Timestamp now) {
    TRY(const auto workers, flow::list_workers(session));
    std::vector<std::string> live;
    std::size_t cordoned = 0;
    for (const auto& worker : workers) {
        if (!is_live(worker, settings, now)) continue;
        live.push_back(worker.name);
        if (!worker.cordoned) continue;
        ++cordoned;
        out.warn("workers", fmt::format("the worker {} is cordoned: it takes nothing new", worker.name),
                 fmt::format("attune worker uncordon {}, when it may work again", worker.name));
    }
    if (live.empty()) {
        out.warn("workers", "no worker is live: executions wait", "start a server with the role worker");
    } else if (live.size() == cordoned) {
        out.fail("workers", "every live worker is cordoned: executions wait", "uncordon one, or start another");
    } else {
        out.ok("workers", fmt::format("{} of {} known are live", live.size(), workers.size()));
    }
    return {};
}

Result<void> look_at_timers(Findings& out, Session& session) {
    TRY(const auto unarmed, flow::unarmed_timers(session, kTimersShown));
    for (const auto& one : unarmed.first) {
        out.fail("timers", fmt::format("the timer of {} is to fire and cannot: {}", one.ref, one.reason),
                 fmt::format("correct its schedule: attune timer show {}", one.id.value));
    }
    if (unarmed.count > kTimersShown) {
        out.fail("timers", fmt::format("{} more cannot fire", unarmed.count - kTimersShown),
                 "attune timer list --state unarmed");
    }
    if (unarmed.count > 0) return {};
    TRY(const auto armed, flow::count_armed_timers(session));
    out.ok("timers", fmt::format("{} are armed, and each of them can fire", armed));
    return {};
}

Result<void> look_at_file_watches(Findings& out, Session& session) {
    TRY(const auto troubled, flow::troubled_file_watches(session, kWatchesShown));
    for (const auto& one : troubled) {
        const auto where = one.host.empty() ? std::string{} : fmt::format(" on {}", one.host);
        out.warn("files",
                 fmt::format("the files of {} are not watched in full{}: {}", one.rule_ref, where, one.trouble),
                 fmt::format("what is amiss is looked at again every minute; attune rule show {}", one.rule_ref));
    }
    if (!troubled.empty()) return {};
    TRY(const auto watches, flow::armed_file_watches(session));
    if (!watches.empty()) out.ok("files", fmt::format("the files of {} rules are watched", watches.size()));
    return {};
}

} // namespace attune::app::doctor
