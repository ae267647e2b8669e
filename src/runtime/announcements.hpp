#pragma once
#include "base/json.hpp"
#include "base/timestamp.hpp"

#include <string>

namespace attune {

/// A message to programs outside: users' sensor processes and tools (docs/architecture/messages.md).
struct Announcement {
    std::string exchange;
    std::string routing_key; ///< "rule.created"
    std::string type;        ///< "RuleCreated"
    json::object payload;
    Timestamp at;
};

/// Tells programs outside what happened, after its commit. A message may be lost (with a crash, or a long outage of the
/// message queue) or come twice: who needs certainty reads the API.
class Announcements {
public:
    virtual ~Announcements() = default;
    /// Never fails and never waits. Thread-safe. Messages arrive in the order of the calls.
    virtual void announce(Announcement announcement) = 0;
};

} // namespace attune
