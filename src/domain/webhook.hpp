#pragma once
#include "base/reflect.hpp"

namespace attune {

using WebhookHitId = Id<struct WebhookHitTag>;

/// What became of a request to a trigger's webhook, in the order in which it is found out.
enum class WebhookVerdict {
    accepted,          ///< an event was recorded
    repeated,          ///< a delivery that came before: answered with the event of that
    challenged,        ///< the provider asked whether somebody is there
    unsupported_type,  ///< a media type that is not understood
    bad_body,          ///< a body, or a header, that cannot be read
    disabled,          ///< the webhook is not enabled
    too_large,         ///< the body is longer than the webhook allows
    address_refused,   ///< the client's address is not among the allowed ones
    rate_limited,      ///< the address has made too many requests
    unauthorized,      ///< the token or the password is missing or wrong
    signature_missing, ///< there is no signature
    signature_wrong,   ///< the signature is not that of this body with this secret
    signature_expired, ///< the signature is right, and from another time
};
ATTUNE_ENUM(WebhookVerdict, accepted, repeated, challenged, unsupported_type, bad_body, disabled, too_large,
            address_refused, rate_limited, unauthorized, signature_missing, signature_wrong, signature_expired)

/// One request to a trigger's webhook, in its log. Requests that the rate limit refuses, one after another from one
/// address, are one row.
struct WebhookHit {
    WebhookHitId id;
    TriggerId trigger;
    std::optional<std::string> address; ///< the client's
    std::optional<std::string> user_agent;
    WebhookVerdict verdict = WebhookVerdict::accepted;
    std::int64_t status = 200;           ///< of HTTP; 413 where the contract's answer to a long body is 400
    std::optional<std::string> message;  ///< why it was refused
    std::optional<std::string> delivery; ///< the sender's id of it
    std::optional<EventId> event;
    std::int64_t bytes = 0; ///< of the body
    std::int64_t count = 1; ///< requests in this row
    bool rated = false;     ///< a rate limit was asked about it
    Timestamp created;
    Timestamp updated; ///< the last request of this row
};
ATTUNE_STRUCT(WebhookHit);

} // namespace attune
