#pragma once
#include "services/role.hpp"

#include <memory>
#include <unordered_map>

namespace attune::services {

/// The definition that an execution is run by, with its runtime.
struct ActionDefinition {
    Action action;
    Runtime runtime;
};

/// A bounded cache of definitions by ref, as new as the generation it is asked for. Lives on the worker's loop.
class ActionCatalog {
public:
    ActionCatalog(Database& db, std::size_t limit) : db_(db), limit_(limit) {}

    /// Errors: `not_found` when the action or its runtime is gone.
    task<Result<std::shared_ptr<const ActionDefinition>>> get(std::string action_ref, std::int64_t generation);

private:
    Database& db_;
    std::size_t limit_;
    std::int64_t generation_ = -1;
    std::unordered_map<std::string, std::shared_ptr<const ActionDefinition>> known_;
};

} // namespace attune::services
