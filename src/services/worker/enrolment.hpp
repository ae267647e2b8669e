#pragma once
#include "domain/worker.hpp"
#include "flow/executions.hpp"
#include "logic/placement/worker_traits.hpp"
#include "services/role.hpp"

#include <atomic>

namespace attune::services {

/// What runs executions under a worker's lease.
class LeaseHolder {
public:
    virtual ~LeaseHolder() = default;
    /// What it runs now.
    virtual std::vector<ExecutionId> running_now() const = 0;
    /// The lease had lapsed and is good again: of what ran `before` it was renewed, only what is `held`, lowest id
    /// first, is still the worker's.
    virtual void on_lapsed(const std::vector<ExecutionId>& before, const std::vector<ExecutionId>& held) = 0;
    virtual void cancel(ExecutionId id) = 0;
    /// Another process has taken over the name: nothing is the worker's any more.
    virtual void on_replaced() = 0;
};

/// A worker's place in the fleet: its row, under its name and an epoch of its own, and the lease on it. Lives on the
/// worker's loop.
class Enrolment {
public:
    struct Options {
        std::string name;
        std::optional<std::string> host;
        std::string node; ///< id of the data directory
        std::string version;
        json::object more_capabilities;
        std::int64_t slots = 10; ///< processes at once
        Duration lease = 10s;    ///< renewed every third of it
        /// Called at the start, before the older epochs are settled, with the executions they had running: ends their
        /// processes.
        std::function<void(const std::vector<ExecutionId>&)> end_leftovers;
        /// Called when another process has taken over the name: this one does nothing more.
        std::function<void()> on_replaced;
    };
    Enrolment(Ports ports, Options options) : ports_(ports), options_(std::move(options)) {}

    /// Registers with a new epoch and settles what older epochs of this name left behind. Which runtimes are here is
    /// looked for afterwards: programs may be slow to tell their versions.
    task<Result<void>> enlist();

    /// Says what the worker offers from now on; whether that is something else than before.
    task<Result<bool>> offer(logic::placement::WorkerTraits traits);

    /// Renews the lease until it is cancelled, or another process takes over the name.
    task<void> renew(LeaseHolder& holder);

    /// Marks the worker inactive, at a graceful stop.
    task<Result<void>> retire();

    flow::Claimant claimant() const { return {row_.id, row_.epoch}; }
    bool is_enlisted() const { return enlisted_; }
    /// Whether a newer epoch of the name exists: take nothing more.
    bool is_replaced() const { return replaced_; }

    /// Why it may take no work; nothing while it is registered and its lease is good. From any thread.
    std::optional<std::string> trouble() const;

private:
    task<Result<void>> end_leftovers();
    json::object capabilities() const;

    Ports ports_;
    Options options_;
    Worker row_;
    logic::placement::WorkerTraits offered_;
    std::atomic<bool> enlisted_ = false;
    std::atomic<bool> replaced_ = false;
    std::atomic<Duration> renewed_ = Duration{0}; ///< the lease, monotonic
};

} // namespace attune::services
