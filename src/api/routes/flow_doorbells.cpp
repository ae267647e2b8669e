#include "api/routes/flow_doorbells.hpp"

namespace attune::api {
namespace {

constexpr std::size_t kMostWaiting = 20'000; ///< ids of a kind that wait to be read

/// Adds ids; the oldest go when there are too many. Whether all are there.
template <class Ids>
bool add_to(std::set<std::int64_t>& into, const Ids& ids) {
    into.insert(ids.begin(), ids.end());
    const bool fits = into.size() <= kMostWaiting;
    while (into.size() > kMostWaiting) into.erase(into.begin());
    return fits;
}

void move_some(std::set<std::int64_t>& from, std::set<std::int64_t>& into) {
    while (!from.empty() && into.size() < FlowDoorbells::kBatch) into.insert(from.extract(from.begin()));
}

} // namespace

FlowDoorbells::FlowDoorbells(Bus& bus, Signal& wake)
    : executions_(bus.subscribe(Topic::executions, wake)), decisions_(bus.subscribe(Topic::enforcements, wake)),
      events_(bus.subscribe(Topic::events, wake)) {}

bool FlowDoorbells::collect() {
    bool whole = true;
    const auto take = [&](Subscription& from, std::set<std::int64_t>& into) {
        const auto rung = from.take();
        whole = add_to(into, rung.ids) && !rung.missed && whole;
    };
    // What follows from something is taken before it.
    take(*executions_, waiting_.executions);
    take(*decisions_, waiting_.events);
    take(*events_, waiting_.events);
    return whole;
}

void FlowDoorbells::add(const Ids& ids) {
    add_to(waiting_.events, ids.events);
    add_to(waiting_.executions, ids.executions);
}

FlowDoorbells::Ids FlowDoorbells::next_batch() {
    Ids out;
    move_some(waiting_.events, out.events);
    move_some(waiting_.executions, out.executions);
    return out;
}

} // namespace attune::api
