#include "app/open_bus.hpp"

#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/rabbit_bus/rabbit_bus.hpp"

#include <unistd.h>

namespace attune::app {
namespace {

constexpr std::size_t kBusQueue = 4096; ///< ids that a doorbell remembers; beyond it says "look at everything"

json::object state_of(const rabbit::RabbitBus& bus) {
    const auto trouble = bus.trouble();
    json::object out{{"status", trouble ? "disconnected" : "connected"}};
    if (trouble) out["error"] = *trouble;
    const auto counts = bus.counts();
    out["connections"] = counts.connections;
    out["dropped_ids"] = counts.dropped_ids;
    out["dropped_messages"] = counts.dropped_announcements;
    out["refused_messages"] = counts.refused;
    out["ignored_messages"] = counts.garbage;
    return out;
}

} // namespace

Result<OpenedBus> open_bus(const Settings& settings, Random& random) {
    const auto& url = settings.message_queue.url;
    if (url.empty()) return OpenedBus{make_memory_bus(kBusQueue, !settings.is_cluster()), nullptr, {}};
    rabbit::Options options;
    options.url = url.reveal();
    options.name = fmt::format("attune {}", ::getpid());
    options.queue_limit = kBusQueue;
    auto made = rabbit::make_rabbit_bus(options, random);
    if (!made) return invalid("message_queue.url", made.error().message);
    auto& bus = **made;
    return OpenedBus{*std::move(made), &bus, [&bus] { return state_of(bus); }};
}

} // namespace attune::app
