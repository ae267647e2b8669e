#pragma once
#include "base/enums.hpp"
#include "base/json.hpp"
#include "runtime/bus.hpp"
#include "runtime/loop_watch.hpp"
#include "runtime/metrics.hpp"
#include "runtime/service_group.hpp"
#include "storage/database.hpp"

#include <functional>

namespace attune::api {

/// How a part of a process is. Only `failed` makes the process unready; `degraded` is for people.
enum class PartStatus : std::uint8_t { ok, degraded, failed };
ATTUNE_ENUM(PartStatus, ok, degraded, failed)

struct PartState {
    std::string part; ///< "timers"
    PartStatus status = PartStatus::ok;
    std::optional<std::string> reason = {}; ///< when it is not ok
};
ATTUNE_STRUCT(PartState);

/// Who may read the metrics.
enum class MetricsAccess : std::uint8_t { nobody, with_grant, everybody };

/// What is asked about the health and the numbers of a process; all of it outlives the routes. The functions are called
/// on the HTTP loop.
struct ProcessProbe {
    Database& db;
    Bus& bus;
    Clock& clock;
    ServiceGroup& group; ///< of the HTTP loop
    LoopWatch& loops;
    Metrics& metrics;
    MetricsAccess metrics_access = MetricsAccess::with_grant;
    std::string version = {};
    std::function<std::size_t()> armed_timers = {};               ///< none: no timers run in this process
    std::function<bool()> is_stopping = {};                       ///< thread-safe; none: it is not
    std::function<std::optional<Timestamp>()> timers_proved = {}; ///< none: no timers run in this process
    std::function<json::object()> message_queue = {};             ///< its state; none: there is no message queue
    /// What the roles of the process say about themselves.
    std::function<std::vector<PartState>()> parts = {};
};

} // namespace attune::api
