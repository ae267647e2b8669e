#pragma once
#include "api/auth/bearer.hpp"
#include "api/notifications/notification_hub.hpp"
#include "api/router.hpp"

namespace attune::api {

struct NotifierStats {
    std::int64_t connected_clients = 0;
    std::int64_t total_subscriptions = 0;
};
ATTUNE_STRUCT(NotifierStats);

/// GET /ws (a WebSocket, docs/notifications.md) and GET /stats. Outlives the router's use and the group's coroutines.
class NotificationApi {
public:
    NotificationApi(NotificationPorts ports, const TokenSigner& signer, StandingSource& standings,
                    NotificationOptions options)
        : ports_(ports), options_(options), signer_(signer), authenticator_(signer, standings, ports.clock),
          hub_(ports) {}
    void declare(Router& router);

private:
    task<Result<Raw>> connect(const RawRequest& request);
    task<Result<Bare<NotifierStats>>> stats();

    NotificationPorts ports_;
    NotificationOptions options_;
    const TokenSigner& signer_;
    BearerAuthenticator authenticator_;
    NotificationHub hub_;
    std::int64_t connected_ = 0; ///< so far
};

} // namespace attune::api
