#pragma once
#include "runtime/digests.hpp"
#include "runtime/password_hasher.hpp"
#include "runtime/random.hpp"
#include "runtime/token_signer.hpp"
#include "runtime/vault.hpp"

#include <memory>
#include <vector>

/// The production implementations of what hashes, signs and seals, over libargon2 and OpenSSL.
namespace attune::crypto {

/// The work that a hash costs. verify() follows what a hash itself asks for, up to 256 MiB and 16 passes.
struct Argon2Cost {
    std::uint32_t memory_kib = 19456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
};

/// `random` makes the salts, and outlives the hasher.
std::unique_ptr<PasswordHasher> make_password_hasher(Random& random, Argon2Cost cost = {});

/// HS256 with this secret. Errors: `invalid`, field "security.jwt_secret", when it has fewer than 16 bytes.
Result<std::unique_ptr<TokenSigner>> make_token_signer(std::string secret);

std::unique_ptr<Digests> make_digests();

/// AES-256-GCM with keys made of these secrets: `secret` seals, all open. `random` makes the nonces, and outlives the
/// vault. Errors: `invalid`, field "security.encryption_key" or "security.previous_encryption_keys", when one has fewer
/// than 16 bytes.
Result<std::unique_ptr<Vault>> make_vault(const std::string& secret, const std::vector<std::string>& previous,
                                          Random& random);

} // namespace attune::crypto
