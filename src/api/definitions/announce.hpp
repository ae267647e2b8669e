#pragma once
#include "api/context.hpp"
#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"

namespace attune::api {

/// A rule before and after a change: nothing before it was made, nothing after it was deleted.
struct RuleChange {
    std::optional<Rule> before;
    std::optional<Rule> after;
};

/// What programs outside are told of it (docs/architecture/messages.md). `repeat`: also of an enablement that changed
/// nothing, because somebody asked for it.
std::vector<Announcement> messages_of(const RuleChange& change, Timestamp at, bool repeat = false);

/// PackRegistered, and then what became of its rules.
std::vector<Announcement> messages_of_installation(const Pack& pack, const std::vector<Action>& actions,
                                                   const std::vector<Rule>& before, const std::vector<Rule>& after,
                                                   Timestamp at);
/// Its rules, and then PackDeleted.
std::vector<Announcement> messages_of_deletion(const Pack& pack, const std::vector<Rule>& rules, Timestamp at);

} // namespace attune::api
