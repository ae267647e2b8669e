#include "api/routes/definitions_api.hpp"

namespace attune::api {

DefinitionsApi::DefinitionsApi(Context& ctx)
    : auth_(ctx), packs_(ctx), runtimes_(ctx), triggers_(ctx), actions_(ctx), rules_(ctx), calendars_(ctx),
      schedules_(ctx), timers_(ctx) {}

void DefinitionsApi::declare(Router& r) {
    auth_.declare(r);
    packs_.declare(r);
    runtimes_.declare(r);
    triggers_.declare(r);
    actions_.declare(r);
    rules_.declare(r);
    calendars_.declare(r);
    schedules_.declare(r);
    timers_.declare(r);
}

} // namespace attune::api
