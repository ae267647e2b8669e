#include "services/worker/key_delivery.hpp"

namespace attune::services {

KeyDelivery::Given KeyDelivery::Batch::of(const std::string& action_ref) const {
    if (failure_) return *failure_;
    const auto found = keys_.find(action_ref);
    return found == keys_.end() ? nullptr : found->second;
}

task<Result<KeyDelivery::Batch>> KeyDelivery::read(const std::vector<Execution>& executions) {
    Batch out;
    if (!expected_) co_return out;
    std::set<std::string> actions;
    for (const auto& one : executions) actions.insert(one.action_ref);
    auto read = co_await db_.read([&](Session& session) { return flow::keys_for_actions(session, actions); });
    if (!read && read.error().retryable()) co_return std::move(read).error();
    if (!read) out.failure_ = std::move(read).error();
    if (read) {
        for (auto& [ref, keys] : *read) {
            if (!keys.keys.empty()) out.keys_[ref] = std::make_shared<const flow::GivenKeys>(std::move(keys));
        }
    }
    co_return out;
}

} // namespace attune::services
