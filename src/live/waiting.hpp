#pragma once
#include "live/kinds.hpp"

#include <array>
#include <memory>

namespace attune::live {

/// By the kind whose ids they are.
using KeysOfKinds = std::array<Keys, kKinds>;

/// The keys of things to which something may have happened, as doorbells tell or a look found: each once, a bounded
/// number, handed out in batches. Belongs to the loop of its signal.
class Waiting {
public:
    static constexpr std::size_t kBatch = 500;   ///< keys of a kind in one read
    static constexpr std::size_t kMost = 20'000; ///< keys of a kind that wait; the oldest go then

    Waiting(Bus& bus, Signal& wake);

    /// Takes what was rung. False when rings were missed. Of a thing taken, its cause was taken with it or before.
    [[nodiscard]] bool collect();
    void add(Kind kind, const Keys& keys);
    bool contains(Kind kind, std::int64_t key) const { return keys_[index_of(row_of(kind).keyed_by)].contains(key); }
    bool empty() const;
    /// The next to be read.
    KeysOfKinds next_batch();
    /// Whether keys had to go since the last call.
    bool take_dropped() { return std::exchange(dropped_, false); }

private:
    struct Doorbell {
        Kind kind;
        std::unique_ptr<Subscription> subscription;
    };
    void bound(Keys& keys);

    std::vector<Doorbell> doorbells_;
    KeysOfKinds keys_;
    bool dropped_ = false;
};

} // namespace attune::live
