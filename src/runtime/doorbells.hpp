#pragma once
#include "runtime/bus.hpp"

#include <array>

namespace attune {

constexpr std::size_t kTopics = enum_count<Topic>;

/// The subscriptions of one process, for buses to ring. Each holds at most `queue_limit` ids; beyond, the oldest are
/// dropped and `missed` is set. Thread-safe; outlives its subscriptions or not, as you like.
class Doorbells {
public:
    explicit Doorbells(std::size_t queue_limit);

    /// `missed`: others rang too, and what for is not known.
    void ring(Topic topic, std::span<const std::int64_t> ids, bool missed = false);
    /// Tells every subscriber that rings may have been lost.
    void ring_missed();
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal);

    struct Listeners;

private:
    std::shared_ptr<Listeners> all_;
};

} // namespace attune
