#pragma once
#include "adapters/rabbit_bus/interrupt.hpp"
#include "adapters/rabbit_bus/outgoing.hpp"
#include "adapters/rabbit_bus/rabbit_address.hpp"

#include <memory>
#include <variant>

namespace attune::rabbit {

/// A message on our queue; `body` is empty and `too_long` set beyond 64 KiB.
struct Delivery {
    std::uint64_t tag = 0;
    std::string routing_key;
    std::string body;
    bool too_long = false;
};
/// The broker's answer to what was published.
struct Confirmation {
    std::uint64_t tag = 0;
    bool multiple = false;
    bool accepted = false;
};
/// The broker takes nothing more for now (an alarm), or does again.
struct Blocked {
    bool is_blocked = false;
    std::string reason;
};
struct NothingYet {};
using Happening = std::variant<NothingYet, Delivery, Confirmation, Blocked>;

/// One connection to RabbitMQ by librabbitmq: logged in, with the exchanges declared, publisher confirms, and a queue
/// of its own that goes with it. For one thread. Every error ends the connection: open another. Every call is bounded,
/// by the connection timeout or by two heartbeats; Interrupt ends it at once (but for the DNS look-up).
class Connection {
public:
    virtual ~Connection() = default;

    /// Errors: `unavailable`, with the address and without the password. `name` is shown by the broker's tools.
    static Result<std::unique_ptr<Connection>> open(const Address& address, const std::string& name,
                                                    Interrupt& interrupt);

    /// Logs in, and looks whether the exchange of the doorbells is there, without making anything. Errors: as open().
    static Result<bool> look(const Address& address, Interrupt& interrupt);

    /// From now on rings of the topic come to our queue.
    virtual Result<void> bind(Topic topic) = 0;
    /// The messages are numbered from 1: these are the tags of their confirmations.
    virtual Result<void> publish(const Outgoing& message) = 0;
    /// Never waits. Has to be called at least every half heartbeat.
    virtual Result<Happening> next() = 0;
    /// All deliveries up to this one are done with.
    virtual Result<void> acknowledge(std::uint64_t tag) = 0;
    /// Says goodbye, within a second.
    virtual void close() = 0;
    /// To wait for: readable when something may have happened.
    virtual int socket() const = 0;
};

} // namespace attune::rabbit
