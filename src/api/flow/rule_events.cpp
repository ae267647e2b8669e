#include "api/flow/rule_events.hpp"

#include <algorithm>

namespace attune::api {
namespace {

constexpr std::int64_t kLookedThrough = 1'000;

const QueryOf<Event> kOfTrigger{
    "api.rule_events.of_trigger",
    "select {columns} from (select {columns} from event where trigger_ref = $1 order by id desc limit $2) as newest"
    " where rule is null order by id desc limit $3"};
const QueryOf<Event> kOfRule{"api.rule_events.of_rule",
                             "select {columns} from event where rule_ref = $1 order by id desc limit $2"};

} // namespace

Result<std::vector<Event>> last_events(Session& session, const Rule& rule, std::int64_t wanted) {
    TRY(auto events, session.all<Event>(kOfTrigger, rule.trigger_ref, kLookedThrough, wanted));
    if (rule.id) {
        TRY(auto own, session.all<Event>(kOfRule, rule.ref, wanted));
        events.insert(events.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    }
    std::ranges::sort(events, std::greater{}, [](const Event& one) { return std::pair(one.created, one.id); });
    if (std::cmp_greater(events.size(), wanted)) events.resize(static_cast<std::size_t>(wanted));
    return events;
}

} // namespace attune::api
