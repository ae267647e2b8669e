#include "adapters/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

// JSON Web Tokens, HS256 alone: header.claims.signature in base64url (RFC 7515, 7519).
namespace attune::crypto {
namespace {

constexpr std::size_t kMostText = 16 * 1024;
constexpr std::size_t kLeastSecret = 16;
constexpr std::string_view kHeader = R"({"typ":"JWT","alg":"HS256"})";

/// Strict base64url without padding; nothing for any other text.
std::optional<std::string> base64url_decode(std::string_view text) {
    const auto value_of = [](char c) -> int {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        return c == '-' ? 62 : c == '_' ? 63 : -1;
    };
    std::string out;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int value = value_of(c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFFU);
    }
    const bool surplus = (bits & ((1U << count) - 1U)) != 0;
    return text.size() % 4 == 1 || surplus ? std::nullopt : std::optional(std::move(out));
}

Error refuse(std::string_view why) {
    return Error{Errc::unauthenticated, std::string(why)};
}

class Hs256Signer final : public TokenSigner {
public:
    explicit Hs256Signer(std::string secret) : secret_(std::move(secret)), digests_(make_digests()) {}

    std::string sign(const Claims& claims) const override {
        const auto text = base64url_encode(kHeader) + "." + base64url_encode(to_text(to_json(claims)));
        return text + "." + base64url_encode(signature_of(text));
    }

    Result<Claims> verify(std::string_view token, Timestamp now,
                          std::initializer_list<TokenType> accepted) const override {
        TRY(const auto payload, signed_payload(token));
        auto claims = from_json<Claims>(payload, {}, {.missing = DecodeOptions::Missing::defaults});
        if (!claims || claims->sub.empty() || claims->exp <= 0 ||
            std::find(accepted.begin(), accepted.end(), claims->type()) == accepted.end()) {
            return refuse(kTokenInvalid);
        }
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
        if (claims->exp <= seconds) return refuse(kTokenExpired);
        return claims;
    }

private:
    std::string signature_of(std::string_view text) const {
        return digests_->hmac(HashAlgorithm::sha256, secret_, text);
    }

    /// The claims' JSON, once the header names our algorithm and the signature is ours.
    Result<json::value> signed_payload(std::string_view token) const {
        const auto parts = split(token, '.');
        if (token.size() > kMostText || parts.size() != 3) return refuse(kTokenInvalid);
        const auto header = base64url_decode(parts[0]);
        const auto claims = base64url_decode(parts[1]);
        const auto signature = base64url_decode(parts[2]);
        if (!header || !claims || !signature) return refuse(kTokenInvalid);
        const auto covered = token.substr(0, parts[0].size() + 1 + parts[1].size());
        if (!digests_->equal(*signature, signature_of(covered)) || !names_hs256(*header)) {
            return refuse(kTokenInvalid);
        }
        auto payload = parse_json(*claims);
        if (!payload) return refuse(kTokenInvalid);
        return payload;
    }

    static bool names_hs256(const std::string& header) {
        const auto parsed = parse_json(header);
        if (!parsed) return false;
        const auto* algorithm = find_member(*parsed, "alg");
        // "crit" names extensions that must be understood (RFC 7515 4.1.11); we understand none.
        return algorithm != nullptr && *algorithm == "HS256" && find_member(*parsed, "crit") == nullptr;
    }

    std::string secret_;
    std::unique_ptr<Digests> digests_;
};

} // namespace

Result<std::unique_ptr<TokenSigner>> make_token_signer(std::string secret) {
    if (secret.size() < kLeastSecret) {
        return invalid("security.jwt_secret", fmt::format("expected at least {} characters", kLeastSecret));
    }
    return std::unique_ptr<TokenSigner>(std::make_unique<Hs256Signer>(std::move(secret)));
}

} // namespace attune::crypto
