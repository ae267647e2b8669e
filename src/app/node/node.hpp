#pragma once
#include "app/roles.hpp"

#include <memory>

namespace attune::app {

/// One running process of some roles: adapters, loops and services, built in order and stopped in reverse.
class Node {
public:
    /// Opens the database, makes what the roles need and starts them. Errors name the setting at fault and what to do.
    static Result<std::unique_ptr<Node>> start(const Settings& settings, const Roles& roles);

    virtual ~Node() = default;

    /// Where it listens: for the API, or without that role for health checks.
    virtual std::string url() const = 0;
    /// Why it ended itself; empty while it did not. It has sent SIGTERM to the process then.
    virtual std::string failure() const = 0;

    /// Stops in order, bounded by the settings: timers, matching, worker (with its grace period), API, database.
    virtual void stop() = 0;
    /// While stop() runs, from another thread: what runs is ended now, without the rest of its grace period.
    virtual void hurry() = 0;
};

} // namespace attune::app
