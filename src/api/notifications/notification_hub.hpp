#pragma once
#include "api/notifications/notification_client.hpp"
#include "base/text.hpp"
#include "live/feed.hpp"

namespace attune::api {

/// What the notifications are made of; all of it outlives them. The clock and the feed are those of the HTTP loop.
struct NotificationPorts {
    Clock& clock;
    asio::any_io_executor loop;
    live::Feed& feed;
    Metrics& metrics;
};

/// Renders the change feed as notifications, and hands each client what it wants.
class NotificationHub final : public live::Listener {
public:
    explicit NotificationHub(NotificationPorts ports);

    /// From its return on, what is committed reaches the client. Errors: `unavailable`.
    task<Result<void>> join(std::shared_ptr<NotificationClient> client);

    std::size_t clients();
    /// Filters of all clients.
    std::size_t subscriptions();

    bool has_clients() override { return clients() > 0; }
    void tell(const live::Change& change) override;
    void tell_missed() override;

private:
    void send(const Notice& notice);
    template <class F>
    void for_each_client(F fn);

    NotificationPorts ports_;
    NotifierMeasures measures_;
    std::vector<std::weak_ptr<NotificationClient>> clients_;
};

} // namespace attune::api
