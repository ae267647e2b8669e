#pragma once
#include "app/settings.hpp"

#include <set>
#include <string>
#include <string_view>

namespace attune::app {

/// What a process does, in the order in which it stops doing it.
enum class Role { sensor, executor, worker, notifier, api };
ATTUNE_ENUM(Role, sensor, executor, worker, notifier, api)

using Roles = std::set<Role>;

/// Those that `attune serve` runs in one process. Without the notifier: the api role serves its WebSocket, too, on its
/// own port, and no further port is open unless it is asked for.
Roles every_role();

/// "api,worker"; an empty text is every role. Errors: `invalid`, field `roles`.
Result<Roles> parse_roles(std::string_view text);

/// "sensor, worker".
std::string show_roles(const Roles& roles);

/// Whether one of these roles seals or opens secrets, for which it needs `security.encryption_key`.
bool handle_secrets(const Roles& roles);

/// What these roles need of the settings, and no process without them does. Errors: `invalid` with the setting's path.
Result<void> check_roles(const Roles& roles, const Settings& settings);

} // namespace attune::app
