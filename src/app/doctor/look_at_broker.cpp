#include "adapters/rabbit_bus/connection.hpp"
#include "app/doctor/checks.hpp"

namespace attune::app::doctor {

void look_at_broker(Findings& out, const Settings& settings) {
    const auto& url = settings.message_queue.url;
    if (url.empty()) {
        if (!settings.is_cluster()) return;
        out.warn("broker", "message_queue.url is not set: processes find each other's work by looking every second",
                 "name a RabbitMQ server when a second of latency between processes is too much");
        return;
    }
    const auto address = rabbit::parse_address(url.reveal());
    if (!address) {
        out.fail("broker", address.error().text(), "correct message_queue.url");
        return;
    }
    rabbit::Interrupt interrupt;
    const auto there = rabbit::Connection::look(*address, interrupt);
    if (!there) {
        out.fail("broker", there.error().message,
                 "check message_queue.url, that RabbitMQ runs, and the rights of that user on its vhost; until then "
                 "work is found by looking every second");
    } else if (*there) {
        out.ok("broker", fmt::format("{} answers, and has our exchange", address->shown()));
    } else {
        out.ok("broker", fmt::format("{} answers; the first start makes our exchanges", address->shown()));
    }
}

} // namespace attune::app::doctor
