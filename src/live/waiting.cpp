#include "live/waiting.hpp"

#include <algorithm>

namespace attune::live {

Waiting::Waiting(Bus& bus, Signal& wake) {
    // What follows from something is taken before it.
    for (auto i = kKinds; i-- > 0;) {
        const auto kind = static_cast<Kind>(i);
        for (const auto topic : row_of(kind).topics) doorbells_.push_back({kind, bus.subscribe(topic, wake)});
    }
}

bool Waiting::collect() {
    bool whole = true;
    for (auto& doorbell : doorbells_) {
        const auto rung = doorbell.subscription->take();
        auto& keys = keys_[index_of(doorbell.kind)];
        keys.insert(rung.ids.begin(), rung.ids.end());
        bound(keys);
        whole = whole && !rung.missed;
    }
    return whole;
}

void Waiting::add(Kind kind, const Keys& keys) {
    auto& into = keys_[index_of(row_of(kind).keyed_by)];
    into.insert(keys.begin(), keys.end());
    bound(into);
}

void Waiting::bound(Keys& keys) {
    while (keys.size() > kMost) {
        keys.erase(keys.begin());
        dropped_ = true;
    }
}

bool Waiting::empty() const {
    return std::ranges::all_of(keys_, &Keys::empty);
}

KeysOfKinds Waiting::next_batch() {
    KeysOfKinds out;
    for (std::size_t i = 0; i < kKinds; ++i) {
        while (!keys_[i].empty() && out[i].size() < kBatch) out[i].insert(keys_[i].extract(keys_[i].begin()));
    }
    return out;
}

} // namespace attune::live
