#pragma once
#include "logic/webhooks/config.hpp"

#include <span>

namespace attune::logic::webhooks {

/// How a signature is made and written.
enum class SignatureScheme : std::uint8_t {
    plain,  ///< "<algorithm>=<hex>" or "<hex>", of the body
    stripe, ///< "t=<time>,v1=<hex>,…", of "<time>.<body>"
    slack,  ///< "v0=<hex>", of "v0:<time>:<body>", with the time in a header of its own
};

/// What requests of a provider look like.
struct Preset {
    Provider provider;
    SignatureScheme scheme;
    std::span<const std::string_view> signature_headers; ///< the first one that is there has the signature
    AuthScheme auth;
    std::string_view token_header;
    std::span<const std::string_view> delivery_headers; ///< the first one that is there has the delivery's id
    std::string_view delivery_member;                   ///< of the body that has it otherwise; may be none
    std::string_view kind_header;                       ///< that says what happened; may be none
    std::string_view kind_member;                       ///< of the body that says it otherwise; may be none
    bool form_has_payload;                              ///< of a form, the field `payload` is the body as JSON
};

const Preset& preset_of(Provider provider);

/// The headers in which the signature is looked for.
std::vector<std::string_view> signature_headers(const WebhookConfig& config, const Hmac& hmac);
AuthScheme scheme_of(const WebhookConfig& config, const Auth& auth);
std::string_view token_header(const WebhookConfig& config, const Auth& auth);
bool signs_its_time(Provider provider);

} // namespace attune::logic::webhooks
