#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <cstdint>
#include <string>

namespace attune::rabbit {

/// Where the broker is, and how to get in.
struct Address {
    std::string host;
    std::uint16_t port = 5672;
    std::string user = "guest";
    std::string password = "guest";
    std::string vhost = "/";
    std::chrono::seconds heartbeat = 10s;
    Duration connection_timeout = 5s;
    bool tls = false;
    bool verify = true; ///< the broker's certificate, by the CA and by its host name
    std::string cacertfile = "/etc/ssl/certs/ca-certificates.crt";
    std::string certfile; ///< ours; empty = none
    std::string keyfile;

    /// "host:port", for people.
    std::string shown() const;
};

/// Reads "amqp[s]://user:password@host:port/vhost?heartbeat=10&connection_timeout=5000" and, for amqps, `cacertfile`,
/// `certfile`, `keyfile` and `verify` (verify_peer, verify_none). Seconds and milliseconds, as other clients have them.
/// Errors: `invalid`, without any part of the URL that may be secret.
Result<Address> parse_address(const std::string& url);

} // namespace attune::rabbit
