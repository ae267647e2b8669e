#pragma once
#include "adapters/postgres/connection.hpp"
#include "runtime/metrics.hpp"

#include <random>

namespace attune::postgres {

/// A connection that comes back: opened when it is first asked for, and again after it was lost, for ever, with pauses
/// between tries that grow to 5 s. Used from one thread.
class Link {
public:
    Link(Connection::Options options, Metrics& metrics)
        : options_(std::move(options)), opened_(metrics.counter(Metric::database_connections)),
          failures_(metrics.counter(Metric::database_connection_failures)), random_(std::random_device{}()) {}

    /// The connection. Errors: `unavailable`, at once while a pause lasts: what waits is told, and asks again later.
    Result<Connection*> get();

    /// A connection with a transaction just opened by `begin`; one that turned out to be dead is replaced once.
    Result<Connection*> begin(const char* begin);

    /// Sleeps for a random part of `most`, so that two that were in each other's way do not meet again.
    void stagger(Duration most);

private:
    using Instant = std::chrono::steady_clock::time_point;
    Connection::Options options_;
    Counter& opened_;
    Counter& failures_;
    std::unique_ptr<Connection> connection_;
    Duration pause_{};
    Instant next_try_{};
    std::string reason_;
    std::minstd_rand random_; // of pauses only: nothing that is recorded depends on it
};

} // namespace attune::postgres
