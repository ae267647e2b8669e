#pragma once
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "storage/session.hpp"

#include <span>
#include <string_view>

/// What sources (logic/definitions/source.hpp) keep in the database: each is told of every change of a rule or a
/// trigger, its own or not, in the transaction of the change. Errors: `invalid` for what no source can follow.
namespace attune::flow {

/// The rule was made or changed: with the row as it is now.
Result<void> sources_follow(Session& session, const Rule& rule, Timestamp now);
/// The trigger was made or changed; `rules`: all that are on it.
Result<void> sources_follow(Session& session, const Trigger& trigger, std::span<const Rule> rules, Timestamp now);
/// A rule has left the trigger.
Result<void> sources_follow_use(Session& session, std::string_view trigger_ref, Timestamp now);
/// The rule is about to be deleted.
Result<void> sources_let_go(Session& session, RuleId rule, Timestamp now);

/// The names of those that are told.
std::vector<std::string_view> followers();

} // namespace attune::flow
