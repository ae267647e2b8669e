#pragma once
#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "flow/definition_changes.hpp"
#include "services/role.hpp"

#include <memory>
#include <unordered_map>

namespace attune::services {

/// The definition that an execution is run by, with its runtime.
struct ActionDefinition {
    Action action;
    Runtime runtime;
};

/// A bounded cache of definitions by ref: what a change does not touch stays. Lives on the worker's loop.
class ActionCatalog {
public:
    ActionCatalog(Database& db, std::size_t limit) : db_(db), limit_(limit) {}

    /// As of generation() or later. Errors: `not_found` when the action or its runtime is gone.
    task<Result<std::shared_ptr<const ActionDefinition>>> get(std::string action_ref);

    /// All that is known is right at this generation.
    std::int64_t generation() const { return generation_; }
    /// Drops what these changes since generation() touch.
    void forget(const flow::DefinitionChanges& changes);

private:
    struct Known {
        std::shared_ptr<const ActionDefinition> definition;
        flow::DefinitionBasis basis;
    };
    Database& db_;
    std::size_t limit_;
    std::int64_t generation_ = -1;
    std::unordered_map<std::string, Known> known_;
};

} // namespace attune::services
