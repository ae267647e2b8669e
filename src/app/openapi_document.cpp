#include "app/openapi_document.hpp"

namespace attune::app {

Result<std::string> openapi_document() {
    return Error{Errc::not_implemented, "not built yet"};
}

} // namespace attune::app
