#pragma once
#include "base/text.hpp"
#include "logic/webhooks/authenticity.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace attune::logic::webhooks {

/// Real hashes, so that what providers publish can be checked.
inline Hashing real_hashing() {
    return {[](HashAlgorithm algorithm, std::string_view key, std::string_view bytes) {
                const auto* how = algorithm == HashAlgorithm::sha1     ? EVP_sha1()
                                  : algorithm == HashAlgorithm::sha256 ? EVP_sha256()
                                                                       : EVP_sha512();
                std::string out(EVP_MAX_MD_SIZE, '\0');
                unsigned size = 0;
                HMAC(how, key.data(), static_cast<int>(key.size()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<unsigned char*>(out.data()), &size);
                out.resize(size);
                return out;
            },
            [](std::string_view a, std::string_view b) {
                return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
            }};
}

/// A request that owns what it refers to.
struct Sent {
    std::vector<HeaderField> headers;
    std::string body;
    std::string address = "192.0.2.7";
    Timestamp now = parse_timestamp("2026-01-01T00:00:00Z").value();

    WebhookRequest request() const { return {headers, body, address, now}; }
};

inline WebhookConfig config_of(std::string_view text) {
    return parse_config(parse_json(text).value().as_object()).value();
}

} // namespace attune::logic::webhooks
