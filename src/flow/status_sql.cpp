#include "flow/status_sql.hpp"

#include "base/enums.hpp"
#include "domain/execution.hpp"

namespace attune::sql {

std::string status_in(logic::execution::StatusSet set, std::string_view column) {
    std::string names;
    for (const auto one : set.members()) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", enum_name(one));
    return fmt::format("{} in ({})", column, names);
}

std::string status_is(ExecutionStatus status, std::string_view column) {
    return fmt::format("{} = '{}'", column, enum_name(status));
}

} // namespace attune::sql
