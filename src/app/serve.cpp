#include "app/serve.hpp"

#include "base/log.hpp"

namespace attune::app {

int serve(const Settings&) {
    log::error("serve: not built yet");
    return 1;
}

} // namespace attune::app
