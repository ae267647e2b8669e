#pragma once
#include "api/common/entity.hpp"
#include "domain/pack.hpp"

namespace attune::api {

/// /api/v1/runtimes, and the list of a pack's runtimes.
class RuntimeRoutes final : public Component<Runtime> {
public:
    explicit RuntimeRoutes(Context& ctx);

private:
    Result<Runtime> find(Session& session, const std::string& ref) override;
    Result<void> check(const Runtime& row) const override;
    Result<Runtime> add(Session& session, Runtime wanted, const Change& change) override;
    Result<Runtime> change(Session& session, const Runtime& before, Runtime after, const Change& change) override;
    Result<void> remove(Session& session, const Runtime& row, Timestamp now) override;
};

} // namespace attune::api
