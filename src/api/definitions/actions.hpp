#pragma once
#include "api/common/entity.hpp"
#include "domain/action.hpp"

namespace attune::api {

struct ActionQuery : PageQuery {
    bool executable_with_current_access = false; ///< only those that the caller may execute
};
ATTUNE_STRUCT(ActionQuery);

struct ActionSearch {
    std::string q;                  ///< text in the ref, label or description; empty finds all
    std::vector<std::string> packs; ///< only of these packs; empty: of all
};
ATTUNE_STRUCT(ActionSearch);

struct ActionHit {
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::optional<std::string> runtime_ref;
    bool is_workflow = false;
    bool accesses_mcp = false;
};
ATTUNE_STRUCT(ActionHit);

/// How many executions of an action wait and run.
struct QueueStats {
    ActionId action_id;
    std::string action_ref;
    std::int64_t queue_length = 0;
    std::int64_t active_count = 0;
    std::int64_t max_concurrent = 0; ///< 0: the workers' own bound alone
    std::optional<Timestamp> oldest_enqueued_at;
    std::int64_t total_enqueued = 0;
    std::int64_t total_completed = 0;
    Timestamp last_updated;
};
ATTUNE_STRUCT(QueueStats);

/// /api/v1/actions, and the list of a pack's actions.
class ActionRoutes final : public Component<Action, Action, ActionQuery> {
public:
    explicit ActionRoutes(Context& ctx);
    void declare(Router& r) override;

private:
    Result<Action> find(Session& session, const std::string& ref) override;
    Result<void> check(const Action& row) const override;
    Result<Action> add(Session& session, Action wanted, const Change& change) override;
    Result<Action> change(Session& session, const Action& before, Action after, const Change& change) override;
    Result<void> remove(Session& session, const Action& row, Timestamp now) override;
    void narrow(ListFilter& filter, const void* query, const Caller& caller) const override;

    task<Result<Data<std::vector<ActionHit>>>> search(Query<ActionSearch> query, const Caller& caller);
    task<Result<Data<QueueStats>>> queue_stats(Path<std::string> ref, const Caller& caller);
};

} // namespace attune::api
