#include "adapters/memory_bus/memory_bus.hpp"

#include "runtime/doorbells.hpp"

#include <atomic>

namespace attune {
namespace {

class MemoryBus final : public Bus {
public:
    MemoryBus(std::size_t queue_limit, bool reaches_all) : doorbells_(queue_limit), reaches_all_(reaches_all) {}

    void ring(Topic topic, std::span<const std::int64_t> ids) override {
        sent_.fetch_add(1, std::memory_order_relaxed);
        doorbells_.ring(topic, ids);
    }
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) override {
        return doorbells_.subscribe(topic, signal);
    }
    bool is_up() const override { return reaches_all_; }
    BusTraffic traffic() const override { return {.sent = sent_.load(std::memory_order_relaxed)}; }

private:
    Doorbells doorbells_;
    const bool reaches_all_;
    std::atomic<std::uint64_t> sent_ = 0;
};

} // namespace

std::unique_ptr<Bus> make_memory_bus(std::size_t queue_limit, bool reaches_all) {
    return std::make_unique<MemoryBus>(queue_limit, reaches_all);
}

} // namespace attune
