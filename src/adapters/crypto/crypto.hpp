#pragma once
#include "api/auth/ports.hpp"
#include "runtime/random.hpp"

#include <memory>

/// The production implementations of api/auth/ports.hpp, over libargon2 and OpenSSL.
namespace attune::crypto {

/// The work that a hash costs. verify() follows what a hash itself asks for, up to 256 MiB and 16 passes.
struct Argon2Cost {
    std::uint32_t memory_kib = 19456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
};

/// `random` makes the salts, and outlives the hasher.
std::unique_ptr<api::PasswordHasher> make_password_hasher(Random& random, Argon2Cost cost = {});

/// HS256 with this secret. Errors: `invalid`, field "security.jwt_secret", when it has fewer than 16 bytes.
Result<std::unique_ptr<api::TokenSigner>> make_token_signer(std::string secret);

std::unique_ptr<api::Digests> make_digests();

} // namespace attune::crypto
