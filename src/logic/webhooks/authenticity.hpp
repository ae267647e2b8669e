#pragma once
#include "base/hash_algorithm.hpp"
#include "logic/webhooks/config.hpp"
#include "logic/webhooks/request.hpp"

#include <functional>

/// Whether a request comes from who knows the secret.
namespace attune::logic::webhooks {

/// What hashes, handed in: see runtime/digests.hpp.
struct Hashing {
    std::function<std::string(HashAlgorithm, std::string_view key, std::string_view bytes)> hmac;
    std::function<bool(std::string_view, std::string_view)> equal; ///< takes the same time wherever the two differ
};

/// Why the request is not believed; nothing when it is, or when the configuration asks for no secret. A signature from
/// another time is refused only when it is right otherwise.
std::optional<Refusal> refuse_stranger(const WebhookConfig& config, const WebhookRequest& request,
                                       const Hashing& hashing);

} // namespace attune::logic::webhooks
