#pragma once
#include "api/common/entity.hpp"
#include "domain/rule.hpp"

namespace attune::api {

/// /api/v1/rules, and the lists of rules below packs, actions and triggers.
class RuleRoutes final : public Component<Rule> {
public:
    explicit RuleRoutes(Context& ctx);

private:
    Result<Rule> find(Session& session, const std::string& ref) override;
    Result<void> check(const Rule& row) const override;
    Result<Rule> add(Session& session, Rule wanted, const Change& change) override;
    Result<Rule> change(Session& session, const Rule& before, Rule after, const Change& change) override;
    Result<void> remove(Session& session, const Rule& row, Timestamp now) override;
    /// Programs outside are told of it.
    void follow(flow::Effects& effects, const Rule* before, const Rule* after, const Change& change) const override;
};

} // namespace attune::api
