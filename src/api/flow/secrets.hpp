#pragma once
#include "api/caller.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "storage/session.hpp"

/// Secrets of stored rows, for those who may see them. All other views show the mask that is stored.
namespace attune::api {

/// What a read may ask for.
struct SecretQuery {
    bool include_secret_values = false; ///< needs keys:decrypt
};
ATTUNE_STRUCT(SecretQuery);

/// Errors: `forbidden` when secrets are wanted by one who does not hold keys:decrypt.
Result<void> may_see(const Caller& caller, const SecretQuery& query);

/// The same with the secrets of its parameters and its result put back, as far as they are stored still.
Result<Execution> with_secrets(Session& session, Execution execution);
Result<Enforcement> with_secrets(Session& session, Enforcement enforcement);

/// Masks secret parameters that stand there in clear: a version that sealed none stored them so.
Result<Execution> without_secrets(Session& session, Execution execution);

} // namespace attune::api
