#include "adapters/crypto/crypto.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <argon2.h>
#include <charconv>

namespace attune::crypto {
namespace {

constexpr std::uint32_t kMostMemoryKib = 256U * 1024U;
constexpr std::uint32_t kMostPasses = 16;
constexpr std::uint32_t kMostLanes = 16;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMostText = 512;

std::optional<std::uint32_t> number_after(std::string_view text, std::string_view name) {
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The cost in "$argon2id$v=19$m=19456,t=2,p=1$salt$hash"; nothing for any other text.
std::optional<Argon2Cost> cost_of(std::string_view phc) {
    const auto parts = split(phc, '$');
    if (phc.size() > kMostText || parts.size() != 6 || parts[1] != "argon2id" || parts[2] != "v=19") return {};
    const auto settings = split(parts[3], ',');
    if (settings.size() != 3) return {};
    const auto memory = number_after(settings[0], "m=");
    const auto passes = number_after(settings[1], "t=");
    const auto lanes = number_after(settings[2], "p=");
    if (!memory || !passes || !lanes) return {};
    return Argon2Cost{*memory, *passes, *lanes};
}

class Argon2Hasher final : public PasswordHasher {
public:
    Argon2Hasher(Random& random, Argon2Cost cost) : random_(random), cost_(cost) {}

    Result<std::string> hash(const std::string& password) override { return hash_with(password, random_salt()); }

    bool verify(const std::string& password, const std::string& phc) override {
        const auto cost = cost_of(phc);
        if (!cost || cost->memory_kib > kMostMemoryKib || cost->passes > kMostPasses || cost->lanes > kMostLanes) {
            return false;
        }
        return argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
    }

    void verify_nobody(const std::string& password) override {
        if (!hash_with(password, std::string(kSaltBytes, 's'))) log::warn("hashing a password failed");
    }

private:
    std::string random_salt() { return random_.bytes(kSaltBytes); }

    Result<std::string> hash_with(const std::string& password, const std::string& salt) const {
        std::string out(
            argon2_encodedlen(cost_.passes, cost_.memory_kib, cost_.lanes, kSaltBytes, kHashBytes, Argon2_id), '\0');
        const int status =
            argon2id_hash_encoded(cost_.passes, cost_.memory_kib, cost_.lanes, password.data(), password.size(),
                                  salt.data(), salt.size(), kHashBytes, out.data(), out.size());
        if (status != ARGON2_OK) {
            return Error{Errc::unavailable,
                         fmt::format("the password cannot be hashed: {}", argon2_error_message(status))};
        }
        out.resize(out.find('\0'));
        return out;
    }

    Random& random_;
    Argon2Cost cost_;
};

} // namespace

std::unique_ptr<PasswordHasher> make_password_hasher(Random& random, Argon2Cost cost) {
    return std::make_unique<Argon2Hasher>(random, cost);
}

} // namespace attune::crypto
