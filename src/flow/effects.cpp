#include "flow/effects.hpp"

#include <algorithm>

namespace attune::flow {

Effects::Effects() = default;
Effects::Effects(const Effects& other) = default;
Effects::Effects(Effects&& other) noexcept = default;
Effects& Effects::operator=(const Effects& other) = default;
Effects& Effects::operator=(Effects&& other) noexcept = default;
Effects::~Effects() = default;

void Effects::count(Metric metric, std::string_view label, std::uint64_t number) {
    if (number == 0) return;
    const auto same = [&](const Count& one) { return one.metric == metric && one.label == label; };
    const auto known = std::ranges::find_if(counts_, same);
    if (known != counts_.end()) {
        known->number += number;
    } else {
        counts_.push_back({metric, label, number});
    }
}

void Effects::announce(std::vector<Announcement> messages) {
    std::move(messages.begin(), messages.end(), std::back_inserter(messages_));
}

Effects& Effects::operator+=(Effects other) {
    for (std::size_t i = 0; i < kTopics; ++i) {
        auto& more = other.rings_[i];
        rings_[i].rung = rings_[i].rung || more.rung;
        rings_[i].ids.insert(rings_[i].ids.end(), more.ids.begin(), more.ids.end());
    }
    for (const auto& one : other.counts_) count(one.metric, one.label, one.number);
    announce(std::move(other.messages_));
    for (auto& thing : other.touched_) touch(std::move(thing));
    return *this;
}

void Effects::apply(const Outlets& outlets) const {
    for (const auto& one : counts_) {
        auto& counter = one.label.empty() ? outlets.metrics.counter(one.metric)
                                          : outlets.metrics.counters(one.metric).of(one.label);
        counter.add(one.number);
    }
    for (std::size_t i = 0; i < kTopics; ++i) {
        if (rings_[i].rung) outlets.bus.ring(static_cast<Topic>(i), rings_[i].ids);
    }
    if (outlets.announcements == nullptr) return;
    for (const auto& one : messages_) outlets.announcements->announce(one);
}

} // namespace attune::flow
