#include "runtime/token_signer.hpp"

namespace attune {

ATTUNE_FIELDS(Claims, sub, login, iat, exp, token_type, scope, metadata);

} // namespace attune
