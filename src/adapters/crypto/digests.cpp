#include "adapters/crypto/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace attune::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

const EVP_MD* algorithm_of(HashAlgorithm algorithm) {
    switch (algorithm) {
    case HashAlgorithm::sha1: return EVP_sha1();
    case HashAlgorithm::sha256: return EVP_sha256();
    case HashAlgorithm::sha512: return EVP_sha512();
    }
    return EVP_sha256();
}

class OpenSslDigests final : public Digests {
public:
    std::string sha256(std::string_view bytes) const override {
        std::string out(EVP_MAX_MD_SIZE, '\0');
        unsigned size = 0;
        ATTUNE_ASSERT(EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &size, EVP_sha256(), nullptr) == 1);
        out.resize(size);
        return out;
    }

    std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view bytes) const override {
        std::string out(EVP_MAX_MD_SIZE, '\0');
        unsigned size = 0;
        const auto* made = HMAC(algorithm_of(algorithm), key.data(), static_cast<int>(key.size()), bytes_of(bytes),
                                bytes.size(), bytes_of(out), &size);
        ATTUNE_ASSERT(made != nullptr);
        out.resize(size);
        return out;
    }

    bool equal(std::string_view a, std::string_view b) const override {
        return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
    }
};

} // namespace

std::unique_ptr<Digests> make_digests() {
    return std::make_unique<OpenSslDigests>();
}

} // namespace attune::crypto
