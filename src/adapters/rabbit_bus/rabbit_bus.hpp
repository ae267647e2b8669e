#pragma once
#include "base/result.hpp"
#include "runtime/announcements.hpp"
#include "runtime/bus.hpp"
#include "runtime/random.hpp"

#include <memory>
#include <string>

namespace attune::rabbit {

struct Options {
    std::string url;                ///< amqp:// or amqps://, see parse_address
    std::string name = "attune";    ///< of the connection, for the broker's tools
    std::size_t queue_limit = 4096; ///< ids that wait for a subscriber, or for the broker, per topic
};

/// What did not go its usual way, since the start.
struct Counts {
    std::uint64_t connections = 0;           ///< made
    std::uint64_t received = 0;              ///< rings of other processes
    std::uint64_t dropped_ids = 0;           ///< rung while too many waited for the broker; the receiver is told
    std::uint64_t dropped_announcements = 0; ///< likewise; nobody is told
    std::uint64_t refused = 0;               ///< messages that the broker did not take
    std::uint64_t garbage = 0;               ///< messages on our queue that are no rings
};

/// The bus between the processes of a cluster, on RabbitMQ, and its public messages. Subscribers in this process are
/// rung directly, whatever the broker does. One thread of its own connects, for ever, and alone talks to the broker.
/// When the connection is lost, or there again, every subscriber is told that rings may have been lost. Thread-safe.
/// Its end takes at most 4 s, or the connection timeout while it connects; what waits is sent within the first second.
class RabbitBus : public Bus, public Announcements {
public:
    /// Whether a connection stands, and the broker answers on it within 2 s.
    bool is_up() const override = 0;
    virtual Counts counts() const = 0;
};

/// Does not wait for a connection. Errors: `invalid`, when the URL cannot be read.
Result<std::unique_ptr<RabbitBus>> make_rabbit_bus(const Options& options, Random& random);

} // namespace attune::rabbit
