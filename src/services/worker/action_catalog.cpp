#include "services/worker/action_catalog.hpp"

#include "flow/definitions.hpp"
#include "flow/generation.hpp"

namespace attune::services {
namespace {

struct Loaded {
    std::int64_t generation = 0;
    ActionDefinition definition;
};

Result<Loaded> load(Session& session, const std::string& ref) {
    Loaded out;
    TRY(out.generation, flow::current_generation(session));
    TRY(out.definition.action, flow::get_action(session, ref));
    TRY(out.definition.runtime, flow::get_runtime(session, out.definition.action.runtime_ref.value_or("core.shell")));
    return out;
}

} // namespace

task<Result<std::shared_ptr<const ActionDefinition>>> ActionCatalog::get(std::string action_ref) {
    for (;;) {
        if (const auto at = known_.find(action_ref); at != known_.end()) co_return at->second.definition;
        CO_TRY(auto loaded, co_await db_.read([&](Session& session) { return load(session, action_ref); }));
        if (loaded.generation < generation_) continue; // what changed meanwhile may have touched it
        if (known_.size() >= limit_) known_.clear();
        const flow::DefinitionBasis basis{.actions = {action_ref}, .runtimes = {loaded.definition.runtime.ref}};
        auto shared = std::make_shared<const ActionDefinition>(std::move(loaded.definition));
        known_[action_ref] = {shared, basis};
        co_return shared;
    }
}

void ActionCatalog::forget(const flow::DefinitionChanges& changes) {
    if (changes.generation == generation_) return;
    std::erase_if(known_, [&](const auto& one) { return one.second.basis.touched_by(changes); });
    generation_ = changes.generation;
}

} // namespace attune::services
