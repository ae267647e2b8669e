#pragma once
#include "storage/session.hpp"

namespace attune::api {

/// The set that the first administrator holds; the core pack brings it.
inline constexpr std::string_view kAdminSet = "core.admin";

/// Makes the first administrator when no identity holds kAdminSet: true when this call made it, false when there was
/// one, or another start was faster. An identity of that login that stands already gets this password and the set.
/// Errors: `not_found` when the core pack is not installed.
Result<bool> create_first_admin(Session& session, const std::string& login, const std::string& password_hash,
                                Timestamp now);

} // namespace attune::api
