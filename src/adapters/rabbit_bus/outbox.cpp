#include "adapters/rabbit_bus/outbox.hpp"

#include <algorithm>
#include <ranges>

namespace attune::rabbit {

void Outbox::ring(Topic topic, std::span<const std::int64_t> ids) {
    auto& waiting = of(topic);
    waiting.rung = true;
    waiting.ids.insert(waiting.ids.end(), ids.begin(), ids.end());
    if (waiting.ids.size() <= limits_.ids) return;
    const auto over = waiting.ids.size() - limits_.ids;
    waiting.ids.erase(waiting.ids.begin(), waiting.ids.begin() + static_cast<std::ptrdiff_t>(over));
    waiting.missed = true;
    counts_.dropped_ids += over;
}

void Outbox::announce(Outgoing message) {
    bytes_ += message.body.size();
    announcements_.push_back(std::move(message));
    while (announcements_.size() > limits_.announcements || bytes_ > limits_.bytes) {
        bytes_ -= announcements_.front().body.size();
        announcements_.pop_front();
        ++counts_.dropped_announcements;
    }
}

std::optional<Outgoing> Outbox::next_ring(std::uint64_t tag) {
    for (std::size_t i = 0; i < kTopics; ++i) {
        auto& waiting = pending_[i];
        if (!waiting.rung || waiting.sent) continue;
        Ring ring{static_cast<Topic>(i), from_, {}, std::exchange(waiting.missed, false)};
        const auto count = static_cast<std::ptrdiff_t>(std::min(waiting.ids.size(), limits_.ids_per_message));
        ring.ids.assign(waiting.ids.begin(), waiting.ids.begin() + count);
        waiting.ids.erase(waiting.ids.begin(), waiting.ids.begin() + count);
        waiting.rung = !waiting.ids.empty();
        waiting.sent = true;
        sent_.push_back({tag, ring.topic, std::nullopt});
        return encode_ring(ring);
    }
    return std::nullopt;
}

std::optional<Outgoing> Outbox::next(std::uint64_t tag) {
    if (auto ring = next_ring(tag)) return ring;
    if (announcements_.empty() || announced_ >= limits_.unconfirmed) return std::nullopt;
    sent_.push_back({tag, std::nullopt, std::move(announcements_.front())});
    announcements_.pop_front();
    bytes_ -= sent_.back().announcement->body.size();
    ++announced_;
    return sent_.back().announcement;
}

Outgoing Outbox::probe(std::uint64_t tag) {
    sent_.push_back({tag, std::nullopt, std::nullopt});
    return {kDoorbells, "probe", "{}"}; // no topic: no queue is bound to it
}

void Outbox::settle(Sent& sent, bool accepted) {
    if (!accepted) ++counts_.refused;
    if (sent.announcement) --announced_;
    if (!sent.ring) return;
    auto& waiting = of(*sent.ring);
    waiting.sent = false;
    // Not rung again for this alone: a broker that refuses would be asked for ever.
    waiting.missed |= !accepted;
}

void Outbox::answered(std::uint64_t tag, bool multiple, bool accepted) {
    std::erase_if(sent_, [&](Sent& sent) {
        if (multiple ? sent.tag > tag : sent.tag != tag) return false;
        settle(sent, accepted);
        return true;
    });
}

void Outbox::lose_connection() {
    for (auto& sent : std::views::reverse(sent_)) {
        if (sent.ring) {
            auto& waiting = of(*sent.ring);
            waiting.rung = waiting.missed = true;
            waiting.sent = false;
        }
        if (sent.announcement) {
            bytes_ += sent.announcement->body.size();
            announcements_.push_front(*std::move(sent.announcement));
        }
    }
    sent_.clear();
    announced_ = 0;
}

bool Outbox::is_empty() const {
    return sent_.empty() && announcements_.empty() && std::ranges::none_of(pending_, &Pending::rung);
}

} // namespace attune::rabbit
