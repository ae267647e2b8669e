#include "flow/rule_lock.hpp"

namespace attune::flow {
namespace {

const Query kLockRule{"rule.lock", "select id from rule where id = $1 {for_update}"};

} // namespace

Result<void> lock_rules(Session& session, const std::set<RuleId>& rules) {
    for (const auto rule : rules) CHECK(session.execute(kLockRule, rule));
    return {};
}

} // namespace attune::flow
