#include "adapters/rabbit_bus/rabbit_bus.hpp"

#include "adapters/rabbit_bus/bus_thread.hpp"
#include "base/text.hpp"

#include <atomic>

namespace attune::rabbit {
namespace {

class OwnRabbitBus final : public RabbitBus {
public:
    OwnRabbitBus(Address address, const Options& options, Random& random)
        : random_(random), local_(options.queue_limit),
          thread_(std::move(address), options.name, Outbox(hex_encode(random.bytes(8)), {.ids = options.queue_limit}),
                  local_, random) {}

    void ring(Topic topic, std::span<const std::int64_t> ids) override {
        sent_.fetch_add(1, std::memory_order_relaxed);
        local_.ring(topic, ids);
        thread_.ring(topic, ids);
    }
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) override {
        auto subscription = local_.subscribe(topic, signal);
        thread_.want(topic);
        return subscription;
    }
    void announce(Announcement announcement) override { thread_.announce(encode_announcement(announcement, random_)); }
    bool is_up() const override { return !thread_.trouble(); }
    std::optional<std::string> trouble() const override { return thread_.trouble(); }
    Counts counts() const override { return thread_.counts(); }
    BusTraffic traffic() const override {
        const auto counts = thread_.counts();
        return {.sent = sent_.load(std::memory_order_relaxed),
                .received = counts.received,
                .dropped = counts.dropped_ids + counts.dropped_announcements + counts.refused,
                .connections = counts.connections};
    }

private:
    Random& random_;
    std::atomic<std::uint64_t> sent_ = 0;
    Doorbells local_;
    BusThread thread_;
};

} // namespace

Result<std::unique_ptr<RabbitBus>> make_rabbit_bus(const Options& options, Random& random) {
    TRY(auto address, parse_address(options.url));
    return std::unique_ptr<RabbitBus>(std::make_unique<OwnRabbitBus>(std::move(address), options, random));
}

} // namespace attune::rabbit
