#include "api/notifications/notification_hub.hpp"

namespace attune::api {

NotificationHub::NotificationHub(NotificationPorts ports)
    : Listener(ports.feed), ports_(ports), measures_(ports.metrics) {}

template <class F>
void NotificationHub::for_each_client(F fn) {
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    for (const auto& weak : clients_) {
        if (const auto client = weak.lock()) fn(*client);
    }
}

std::size_t NotificationHub::clients() {
    for_each_client([](NotificationClient&) {});
    return clients_.size();
}

std::size_t NotificationHub::subscriptions() {
    std::size_t out = 0;
    for_each_client([&](NotificationClient& client) { out += client.filters(); });
    return out;
}

task<Result<void>> NotificationHub::join(std::shared_ptr<NotificationClient> client) {
    clients_.push_back(std::move(client));
    co_return co_await feed().start();
}

void NotificationHub::tell(const live::Change& change) {
    if (clients() == 0) return;
    for (const auto& notice : notices_of(change)) send(notice);
    if (const auto* execution = change.execution()) {
        measures_.delay.observe(ports_.clock.now() - execution->updated);
    }
}

/// Renders it once, and only when somebody wants it.
void NotificationHub::send(const Notice& notice) {
    std::string frame;
    for_each_client([&](NotificationClient& client) {
        if (!client.wants(notice)) return;
        if (frame.empty()) frame = notice.frame(ports_.clock.now());
        client.push(frame);
    });
}

void NotificationHub::tell_missed() {
    for_each_client([](NotificationClient& client) {
        client.say_error("notifications were missed: read the present state through the API");
    });
}

} // namespace attune::api
