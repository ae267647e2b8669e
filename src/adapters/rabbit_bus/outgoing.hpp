#pragma once
#include "runtime/announcements.hpp"
#include "runtime/bus.hpp"
#include "runtime/random.hpp"

#include <optional>
#include <string>

namespace attune::rabbit {

/// The exchange of the doorbells between our own processes; the topic is the routing key.
inline constexpr const char* kDoorbells = "attune.doorbells";

/// A message on its way to the broker.
struct Outgoing {
    std::string exchange;
    std::string routing_key;
    std::string body;        ///< JSON
    bool persistent = false; ///< kept over a restart of the broker, in queues that are
};

/// What one process rings in another.
struct Ring {
    Topic topic;
    std::string from; ///< the process that rang
    std::vector<std::int64_t> ids;
    bool missed = false; ///< there was more than this message says
};

Outgoing encode_ring(const Ring& ring);

/// Reads what came with a routing key. Nothing when it is no ring of ours: other topics, bad JSON, wrong types.
std::optional<Ring> decode_ring(std::string_view routing_key, std::string_view body);

/// In the envelope that all public messages have.
Outgoing encode_announcement(const Announcement& announcement, Random& random);

} // namespace attune::rabbit
