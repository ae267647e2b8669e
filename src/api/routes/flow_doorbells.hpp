#pragma once
#include "runtime/bus.hpp"

#include <set>

namespace attune::api {

/// The ids of events and executions to which something happened, as doorbells tell: each once, a bounded number of
/// them, handed out in batches. Belongs to the loop of its signal.
class FlowDoorbells {
public:
    static constexpr std::size_t kBatch = 500; ///< ids of a kind in one read

    FlowDoorbells(Bus& bus, Signal& wake);

    struct Ids {
        std::set<std::int64_t> events;
        std::set<std::int64_t> executions;
        bool empty() const { return events.empty() && executions.empty(); }
    };
    /// Takes what was rung. False when some of it was missed. Of an execution taken, the event was taken with it or
    /// before.
    [[nodiscard]] bool collect();
    /// Ids found in another way.
    void add(const Ids& ids);
    bool empty() const { return waiting_.empty(); }
    /// The next to be read.
    Ids next_batch();

private:
    std::unique_ptr<Subscription> executions_, decisions_, events_;
    Ids waiting_;
};

} // namespace attune::api
