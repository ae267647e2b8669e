#pragma once
#include "base/enums.hpp"
#include "runtime/signal.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune {

/// What a doorbell is about. A message carries ids and says "look now"; the database is the truth, so losing, doubling,
/// delaying or reordering messages changes latency and nothing else.
enum class Topic : std::uint8_t {
    timers,       ///< timers were armed, changed or disarmed (ids: none)
    definitions,  ///< a rule, trigger, action, runtime or pack changed (ids: none)
    events,       ///< events were recorded (event ids)
    enforcements, ///< events were decided (event ids)
    requested,    ///< executions wait for the execution scheduler (execution ids)
    scheduled,    ///< executions can be claimed by a worker (ids: none)
    cancelling,   ///< running executions are to be cancelled (execution ids)
    executions,   ///< executions changed their state (execution ids)
};
ATTUNE_ENUM(Topic, timers, definitions, events, enforcements, requested, scheduled, cancelling, executions)

/// Ends its subscription when destroyed. Belongs to the loop of its signal.
class Subscription {
public:
    virtual ~Subscription() = default;
    /// The ids rung since the last call, oldest first, possibly repeated. `missed`: more than the bound were waiting
    /// and some were dropped, so re-read a window.
    struct Rung {
        std::vector<std::int64_t> ids;
        bool missed = false;
    };
    virtual Rung take() = 0;
};

/// What passed over a bus since it was made, for metrics.
struct BusTraffic {
    std::uint64_t sent = 0;        ///< rings of this process
    std::uint64_t received = 0;    ///< rings of other processes
    std::uint64_t dropped = 0;     ///< that too many others kept from being sent, or that the broker refused
    std::uint64_t connections = 0; ///< made to a broker
};

/// One doorbell per topic.
class Bus {
public:
    virtual ~Bus() = default;
    /// Never fails and never waits. Thread-safe.
    virtual void ring(Topic topic, std::span<const std::int64_t> ids = {}) = 0;
    /// `signal` is set on its loop after each ring (rings are merged). Keep the subscription no longer than the signal.
    virtual std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) = 0;
    /// Whether messages flow at present; while they do not, consumers sweep more often.
    virtual bool is_up() const = 0;
    /// Why they do not, for people; nothing while all is well.
    virtual std::optional<std::string> trouble() const { return std::nullopt; }
    /// From any thread.
    virtual BusTraffic traffic() const { return {}; }
};

} // namespace attune
