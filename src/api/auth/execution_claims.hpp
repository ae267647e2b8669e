#pragma once
#include "domain/execution.hpp"
#include "runtime/token_signer.hpp"

namespace attune::api {

/// What the token of one execution says: the rights of its permission sets and of its own action and pack, for as long
/// as it may run. An execution without an executor runs for nobody, and its token names no identity.
Claims execution_claims(const Execution& execution, Timestamp now, Duration timeout);

} // namespace attune::api
