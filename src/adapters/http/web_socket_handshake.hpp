#pragma once
#include "adapters/http/request_reader.hpp"

namespace attune::http {

/// The handshake of a client that asks for a WebSocket (RFC 6455, section 4.2), checked.
struct Upgrade {
    std::string accept; ///< what proves that its key was read
    std::optional<Refusal> refusal = {};
};
/// Nothing for any other request.
std::optional<Upgrade> upgrade_of(const api::RawRequest& request, bool is_http_1_1);

/// The whole answer that accepts it, with the subprotocol when there is one.
std::string handshake_answer(const Upgrade& upgrade, std::string_view subprotocol);

} // namespace attune::http
