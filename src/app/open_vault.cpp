#include "app/open_vault.hpp"

#include "adapters/crypto/crypto.hpp"
#include "app/data_directory.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "domain/sealed_value.hpp"
#include "flow/secrets.hpp"

namespace attune::app {
namespace {

constexpr std::int64_t kResealed = 500; ///< values in one transaction

std::vector<std::string> previous_keys(const Settings& settings) {
    std::vector<std::string> out;
    for (const auto part : split(settings.security.previous_encryption_keys.reveal(), ',')) {
        if (const auto key = trim(part); !key.empty()) out.emplace_back(key);
    }
    return out;
}

/// The database names the new key only when all is sealed with it: after a crash in between, this goes on.
Result<void> rotate(Database& db) {
    log::info("security.encryption_key is new: sealing all secrets anew");
    SealedValue after;
    for (;;) {
        TRY(auto last, db.write_blocking([&](Session& session) { return flow::reseal(session, after, kResealed); }));
        if (!last) break;
        after = *std::move(last);
    }
    CHECK(db.write_blocking([](Session& session) -> Result<bool> {
        CHECK(flow::adopt_key(session));
        return true;
    }));
    return {};
}

} // namespace

Result<std::unique_ptr<Vault>> open_vault(const Settings& settings, Database& db, Random& random) {
    TRY(const auto secret, secret_or_generated(settings, settings.security.encryption_key, "encryption-key", random));
    TRY(auto vault, crypto::make_vault(secret, previous_keys(settings), random));
    db.use(*vault);
    const bool is_alone = !settings.is_cluster();
    TRY(const auto state, db.write_blocking([is_alone](Session& session) -> Result<flow::KeyState> {
        if (is_alone) CHECK(flow::forget_unused_key(session));
        return flow::check_key(session);
    }));
    if (state == flow::KeyState::rotated) CHECK(rotate(db));
    return vault;
}

} // namespace attune::app
