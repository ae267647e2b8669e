#pragma once
#include "api/common/entity.hpp"
#include "domain/key.hpp"

namespace attune::api {

/// ?owner_type=pack&owner=7&page=1&per_page=50
struct KeyQuery : PerPage50 {
    std::optional<KeyOwner> owner_type;
    std::optional<std::string> owner;
};
ATTUNE_STRUCT(KeyQuery);

/// /api/v1/keys
class KeyRoutes final : public Entity<Key, Key, KeyQuery> {
public:
    explicit KeyRoutes(Context& ctx);

private:
    Result<Key> find(Session& session, const std::string& ref) override;
    Result<Key> make(Session& session, Key wanted, const Change& change) override;
    Result<Key> change(Session& session, const Key& before, Key after, const Change& change) override;
    Result<void> remove(Session& session, const Key& row, Timestamp now) override;
    Target target(const Key& row, const Caller& caller) const override;
    /// With the value, opened for those who may decrypt it.
    Result<Key> show(Session& session, const Key& row, const Caller& caller) override;
};

} // namespace attune::api
