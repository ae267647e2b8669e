#pragma once
#include "api/auth/bearer.hpp"
#include "domain/identity.hpp"
#include "storage/database.hpp"

namespace attune::api {

/// Standings as the database has them now: permission_assignment and permission_set.
class DatabaseStandings final : public StandingSource {
public:
    explicit DatabaseStandings(Database& db) : db_(db) {}
    task<Result<Standing>> of_identity(IdentityId identity) override;
    task<Result<Standing>> of_sets(std::vector<std::string> refs) override;

private:
    Database& db_;
};

/// Nobody hands on what he does not hold: every set named exists and the caller holds its grants. "standard" stands for
/// an execution's own things and is free. Errors: `invalid` (an unknown set) at `field`, `forbidden`.
Result<void> check_delegation(Session& session, const Caller& caller, const std::vector<std::string>& refs,
                              std::string_view field);

} // namespace attune::api
