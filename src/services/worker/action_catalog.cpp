#include "services/worker/action_catalog.hpp"

#include "flow/definitions.hpp"

namespace attune::services {
namespace {

Result<ActionDefinition> load(Session& session, const std::string& ref) {
    ActionDefinition out;
    TRY(out.action, flow::get_action(session, ref));
    TRY(out.runtime, flow::get_runtime(session, out.action.runtime_ref.value_or("core.shell")));
    return out;
}

} // namespace

task<Result<std::shared_ptr<const ActionDefinition>>> ActionCatalog::get(std::string action_ref,
                                                                         std::int64_t generation) {
    if (generation != generation_ || known_.size() >= limit_) {
        known_.clear();
        generation_ = generation;
    }
    if (const auto at = known_.find(action_ref); at != known_.end()) co_return at->second;
    CO_TRY(auto loaded, co_await db_.read([&](Session& session) { return load(session, action_ref); }));
    auto shared = std::make_shared<const ActionDefinition>(std::move(loaded));
    known_[action_ref] = shared;
    co_return shared;
}

} // namespace attune::services
