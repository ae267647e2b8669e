#pragma once
#include "api/notifications/notification_client.hpp"
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// The role `notifier`: notifications over WebSockets on a port of its own, with the health and the numbers of the
/// process. Errors: those of Infrastructure::signer(), and `unavailable` when it cannot listen.
Result<void> make_notifier_role(Infrastructure& shared, std::unique_ptr<RolePart>& made);

api::NotificationOptions notification_options(const NotifierSettings& notifier);

} // namespace attune::app
