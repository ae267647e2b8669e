#include "services/timer_scheduler/deadline_queue.hpp"

#include <queue>

namespace attune::services {

void DeadlineQueue::set(std::uint32_t number, Timestamp deadline) {
    if (number >= places_.size()) places_.resize(std::size_t{number} + 1, kNowhere);
    std::size_t at = places_[number];
    if (at == kNowhere) {
        at = heap_.size();
        heap_.push_back({deadline, number});
    }
    const Entry entry{deadline, number};
    if (at > 0 && entry < heap_[(at - 1) / 2]) {
        sift_up(at, entry);
    } else {
        sift_down(at, entry);
    }
}

void DeadlineQueue::erase(std::uint32_t number) {
    if (number >= places_.size() || places_[number] == kNowhere) return;
    const std::size_t at = places_[number];
    places_[number] = kNowhere;
    const auto last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return;
    if (at > 0 && last < heap_[(at - 1) / 2]) {
        sift_up(at, last);
    } else {
        sift_down(at, last);
    }
}

std::optional<Timestamp> DeadlineQueue::first() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().deadline;
}

std::vector<std::uint32_t> DeadlineQueue::until(Timestamp now, std::size_t limit) const {
    // The next in order is always among the children of those taken.
    const auto later = [&](std::size_t a, std::size_t b) { return heap_[b] < heap_[a]; };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> candidates(later);
    const auto consider = [&](std::size_t at) {
        if (at < heap_.size() && heap_[at].deadline <= now) candidates.push(at);
    };
    std::vector<std::uint32_t> out;
    consider(0);
    while (!candidates.empty() && out.size() < limit) {
        const auto at = candidates.top();
        candidates.pop();
        out.push_back(heap_[at].number);
        consider(2 * at + 1);
        consider(2 * at + 2);
    }
    return out;
}

std::optional<Timestamp> DeadlineQueue::of(std::uint32_t number) const {
    if (number >= places_.size() || places_[number] == kNowhere) return std::nullopt;
    return heap_[places_[number]].deadline;
}

void DeadlineQueue::place(std::size_t at, Entry entry) {
    heap_[at] = entry;
    places_[entry.number] = static_cast<std::uint32_t>(at);
}

void DeadlineQueue::sift_up(std::size_t at, Entry entry) {
    while (at > 0 && entry < heap_[(at - 1) / 2]) {
        place(at, heap_[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(at, entry);
}

void DeadlineQueue::sift_down(std::size_t at, Entry entry) {
    for (;;) {
        auto child = 2 * at + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
        if (!(heap_[child] < entry)) break;
        place(at, heap_[child]);
        at = child;
    }
    place(at, entry);
}

} // namespace attune::services
