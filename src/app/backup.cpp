#include "app/backup.hpp"

namespace attune::app {

Result<void> backup(const Settings&, const std::string&) {
    return Error{Errc::not_implemented, "backup: not built yet"};
}

} // namespace attune::app
