#pragma once
#include "domain/execution.hpp"
#include "flow/keys.hpp"
#include "services/role.hpp"

#include <memory>

namespace attune::services {

/// The keys that executions are given with their parameters: one read for each batch that is claimed, none while there
/// are no keys. They stay sealed until a program is given them. Lives on the worker's loop.
class KeyDelivery {
public:
    explicit KeyDelivery(Database& db) : db_(db) {}

    /// Null: none. An error is what the execution fails with.
    using Given = Result<std::shared_ptr<const flow::GivenKeys>>;

    /// Of the actions of one batch.
    class Batch {
    public:
        Given of(const std::string& action_ref) const;

    private:
        friend class KeyDelivery;
        std::map<std::string, std::shared_ptr<const flow::GivenKeys>> keys_;
        std::optional<Error> failure_;
    };

    /// Whether there are keys that actions are given, from now on.
    void expect(bool some) { expected_ = some; }

    /// As they are now. Errors: those worth trying again.
    task<Result<Batch>> read(const std::vector<Execution>& executions);

private:
    Database& db_;
    bool expected_ = false;
};

} // namespace attune::services
