#include "adapters/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <openssl/evp.h>

// AES-256-GCM. A sealed text is base64(nonce, ciphertext, tag); the key is the SHA-256 of the configured secret.
namespace attune::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kLeastSecret = 16;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
int size_of(std::string_view text) {
    return static_cast<int>(text.size());
}

std::string base64_decode(std::string_view text) {
    std::string out(text.size() / 4 * 3 + 3, '\0');
    const int size = EVP_DecodeBlock(bytes_of(out), bytes_of(text), size_of(text));
    if (size < 0) return {};
    const auto padding = static_cast<std::size_t>(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context make_context() {
    Context out(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    ATTUNE_ASSERT(out != nullptr);
    return out;
}

struct Key {
    std::string bytes;
    std::string fingerprint;
};

Key key_of(std::string_view secret) {
    const auto digests = make_digests();
    Key out;
    out.bytes = digests->sha256(secret);
    out.fingerprint = hex_encode(digests->hmac(HashAlgorithm::sha256, out.bytes, "fingerprint of the encryption key"));
    return out;
}

std::optional<std::string> open_with(const Key& key, std::string_view sealed, std::string_view place) {
    const auto nonce = sealed.substr(0, kNonceBytes);
    const auto text = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    const auto context = make_context();
    std::string out(text.size() + 1, '\0');
    int size = 0;
    const bool fed =
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key.bytes)),
                           bytes_of(nonce)) == 1 &&
        (place.empty() || EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(place), size_of(place)) == 1) &&
        EVP_DecryptUpdate(context.get(), bytes_of(out), &size, bytes_of(text), size_of(text)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1;
    int rest = 0;
    // Here the tag is compared: whatever was changed, nothing comes out.
    if (!fed || EVP_DecryptFinal_ex(context.get(), bytes_of(out) + size, &rest) != 1) return std::nullopt;
    out.resize(text.size());
    return out;
}

class AesVault final : public Vault {
public:
    AesVault(std::vector<Key> keys, Random& random) : keys_(std::move(keys)), random_(random) {}

    std::string seal(std::string_view text, std::string_view place) const override {
        const auto nonce = random_.bytes(kNonceBytes);
        const auto context = make_context();
        std::string out(text.size() + 1, '\0');
        std::string tag(kTagBytes, '\0');
        int size = 0;
        int rest = 0;
        const bool sealed =
            EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                               bytes_of(std::string_view(keys_.front().bytes)),
                               bytes_of(std::string_view(nonce))) == 1 &&
            (place.empty() || EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(place), size_of(place)) == 1) &&
            EVP_EncryptUpdate(context.get(), bytes_of(out), &size, bytes_of(text), size_of(text)) == 1 &&
            EVP_EncryptFinal_ex(context.get(), bytes_of(out) + size, &rest) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1;
        ATTUNE_ASSERT(sealed);
        out.resize(text.size());
        return base64_encode(nonce + out + tag);
    }

    Result<std::string> open(std::string_view sealed, std::string_view place) const override {
        const auto bytes = base64_decode(sealed);
        if (bytes.size() >= kNonceBytes + kTagBytes) {
            for (const auto& key : keys_) {
                if (auto text = open_with(key, bytes, place)) return *std::move(text);
            }
        }
        return Error{Errc::internal, "the stored secret cannot be opened: it was sealed with another "
                                     "security.encryption_key, or was changed in the database"};
    }

    const std::string& fingerprint() const override { return keys_.front().fingerprint; }

    bool knows(std::string_view fingerprint) const override {
        return std::ranges::find(keys_, fingerprint, &Key::fingerprint) != keys_.end();
    }

private:
    std::vector<Key> keys_; ///< the first one seals
    Random& random_;
};

} // namespace

Result<std::unique_ptr<Vault>> make_vault(const std::string& secret, const std::vector<std::string>& previous,
                                          Random& random) {
    const auto too_short = [](const std::string& text) { return text.size() < kLeastSecret; };
    if (too_short(secret)) {
        return invalid("security.encryption_key", fmt::format("expected at least {} characters", kLeastSecret));
    }
    if (std::ranges::any_of(previous, too_short)) {
        return invalid("security.previous_encryption_keys",
                       fmt::format("expected at least {} characters in each key", kLeastSecret));
    }
    std::vector<Key> keys{key_of(secret)};
    for (const auto& one : previous) keys.push_back(key_of(one));
    return std::unique_ptr<Vault>(std::make_unique<AesVault>(std::move(keys), random));
}

} // namespace attune::crypto
