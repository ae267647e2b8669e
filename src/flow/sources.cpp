#include "flow/sources.hpp"

#include "flow/file_watches.hpp"
#include "flow/timers.hpp"

namespace attune::flow {
namespace {

template <class... Args>
Result<void> keep_nothing(Session&, Args...) {
    return {};
}

/// By default: one that keeps nothing of rules and triggers beside their rows.
struct Follower {
    std::string_view source;
    Result<void> (*follow_rule)(Session&, const Rule&, Timestamp) = &keep_nothing;
    Result<void> (*follow_trigger)(Session&, std::string_view trigger_ref, Timestamp) = &keep_nothing;
    Result<void> (*let_go)(Session&, RuleId, Timestamp) = &keep_nothing;
};
constexpr Follower kFollowers[] = {
    {"timer", &sync_rule_timer, &sync_trigger_timer, &drop_rule_timer},
    {"file", &sync_rule_file_watch, &sync_trigger_file_watch, &drop_rule_file_watch},
    {"webhook"},
};

} // namespace

Result<void> sources_follow(Session& session, const Rule& rule, Timestamp now) {
    for (const auto& one : kFollowers) {
        CHECK(one.follow_rule(session, rule, now));
        CHECK(one.follow_trigger(session, rule.trigger_ref, now));
    }
    return {};
}

Result<void> sources_follow(Session& session, const Trigger& trigger, std::span<const Rule> rules, Timestamp now) {
    for (const auto& one : kFollowers) {
        CHECK(one.follow_trigger(session, trigger.ref, now));
        for (const auto& rule : rules) CHECK(one.follow_rule(session, rule, now));
    }
    return {};
}

Result<void> sources_follow_use(Session& session, std::string_view trigger_ref, Timestamp now) {
    for (const auto& one : kFollowers) CHECK(one.follow_trigger(session, trigger_ref, now));
    return {};
}

Result<void> sources_let_go(Session& session, RuleId rule, Timestamp now) {
    for (const auto& one : kFollowers) CHECK(one.let_go(session, rule, now));
    return {};
}

std::vector<std::string_view> followers() {
    std::vector<std::string_view> out;
    for (const auto& one : kFollowers) out.push_back(one.source);
    return out;
}

} // namespace attune::flow
