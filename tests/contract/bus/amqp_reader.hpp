#pragma once
#include <amqp.h>
#include <chrono>
#include <optional>
#include <string>

namespace attune::test {

/// A program outside: declares a queue on the broker of the tests, binds it, reads it. Not our own code: librabbitmq.
class AmqpReader {
public:
    struct Message {
        std::string routing_key;
        std::string body;
        std::string content_type;
        int delivery_mode = 0;
    };
    /// The queue goes with this object.
    AmqpReader(const char* exchange, const char* routing_key);
    ~AmqpReader();
    AmqpReader(const AmqpReader&) = delete;
    AmqpReader& operator=(const AmqpReader&) = delete;

    /// The next message; nothing after that time.
    std::optional<Message> read(std::chrono::microseconds longest);
    void publish(const char* exchange, const char* routing_key, const std::string& body);

private:
    amqp_connection_state_t state_;
};

} // namespace attune::test
