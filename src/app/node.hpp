#pragma once
#include "app/settings.hpp"

#include <memory>

namespace attune::app {

/// One running server: adapters, loops and services, built in order and stopped in reverse.
class Node {
public:
    /// Opens the database, loads the core pack, makes the first administrator and starts serving. Errors name the
    /// setting at fault and what to do.
    static Result<std::unique_ptr<Node>> start(const Settings& settings);

    virtual ~Node() = default;

    /// Where the API listens.
    virtual std::string url() const = 0;
    /// Where the first administrator's generated password is; empty when there is none.
    virtual std::string password_file() const = 0;

    /// Stops in order, bounded by the settings: timers, matching, worker (with its grace period), API, database.
    virtual void stop() = 0;
    /// While stop() runs, from another thread: what runs is ended now, without the rest of its grace period.
    virtual void hurry() = 0;
};

} // namespace attune::app
