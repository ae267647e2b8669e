#pragma once
#include "api/common/entity.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

/// /api/v1/triggers, and the list of a pack's triggers.
class TriggerRoutes final : public Component<Trigger, logic::entities::TriggerForm> {
public:
    explicit TriggerRoutes(Context& ctx);

private:
    using Form = logic::entities::TriggerForm;

    Result<Trigger> find(Session& session, const std::string& ref) override;
    Result<void> check(const Trigger& row) const override;
    Result<Trigger> add(Session& session, Form wanted, const Change& change) override;
    Result<Trigger> change(Session& session, const Trigger& before, Form after, const Change& change) override;
    Result<void> remove(Session& session, const Trigger& row, Timestamp now) override;
};

} // namespace attune::api
