#include "flow/lock_trigger.hpp"

namespace attune::flow {
namespace {

const QueryOf<Trigger> kLock{"trigger.lock", "select {columns} from trigger where ref = $1 {for_update}"};

} // namespace

Result<std::optional<Trigger>> lock_trigger(Session& session, std::string_view ref) {
    return session.find<Trigger>(kLock, ref);
}

} // namespace attune::flow
