#include "app/node/administrator.hpp"

#include "api/bootstrap.hpp"
#include "app/data_directory.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <filesystem>
#include <unistd.h>

namespace attune::app {
namespace {

const Query kAdministrators{
    "identity.administrators",
    "select count(*) from permission_assignment a join permission_set p on p.id = a.permset where p.ref = $1"};

} // namespace

std::string admin_password_file(const Settings& settings) {
    return settings.data_dir + "/admin-password";
}

void forget_first_password(const Settings& settings, const std::string& login) {
    if (login != settings.bootstrap.admin_login) return;
    const auto file = admin_password_file(settings);
    std::error_code code;
    std::filesystem::remove(file, code);
    if (code) log::warn("cannot remove {}: {}", file, code.message());
}

Result<void> make_administrator(Infrastructure& shared, PasswordHasher& hasher) {
    TRY(const auto known, shared.db->write_blocking([](Session& session) {
        return session.scalar<std::int64_t>(kAdministrators, api::kAdminSet);
    }));
    if (known.value_or(0) > 0) return {};
    const auto& wanted = shared.settings.bootstrap;
    auto password = wanted.admin_password.reveal();
    const bool generated = password.empty();
    if (generated && shared.settings.is_cluster()) {
        return invalid("bootstrap.admin_password",
                       "is required at the first start with PostgreSQL, while there is no administrator");
    }
    const auto file = admin_password_file(shared.settings);
    if (generated) {
        password = base64url_encode(shared.random.bytes(18));
        CHECK(write_private_file(file, password + "\n"));
    }
    TRY(const auto hash, hasher.hash(password));
    TRY(const auto made, shared.db->write_blocking([&](Session& session) {
        return api::create_first_admin(session, wanted.admin_login, hash, shared.http_loop.clock().now());
    }));
    if (!made) return {};
    log::info("made the administrator '{}'", wanted.admin_login);
    if (!generated) return {};
    log::info("its password is in {}", file);
    if (::isatty(STDERR_FILENO) != 0)
        fmt::print(stderr, "\n  Administrator: {}\n  Password:      {}\n\n", wanted.admin_login, password);
    return {};
}

} // namespace attune::app
