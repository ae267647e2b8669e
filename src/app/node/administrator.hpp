#pragma once
#include "app/node/infrastructure.hpp"

namespace attune::app {

/// Where a generated password of the first administrator is kept.
std::string admin_password_file(const Settings& settings);
/// Removes that file when it was this login's: the password in it is of no use any more.
void forget_first_password(const Settings& settings, const std::string& login);

/// Makes the first administrator, when there is none. A generated password is on disk before the account exists.
/// Errors: `invalid`, naming the setting, when a cluster has been given no password; `unavailable`.
Result<void> make_administrator(Infrastructure& shared, PasswordHasher& hasher);

} // namespace attune::app
