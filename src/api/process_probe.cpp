#include "api/process_probe.hpp"

namespace attune::api {

ATTUNE_FIELDS(PartState, part, status, reason);

} // namespace attune::api
