#include "api/notifications/notice_filter.hpp"
#include "api/notifications/notice_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

Caller holder(std::vector<Grant> grants) {
    Caller out;
    out.identity = {7};
    out.grants = std::move(grants);
    return out;
}

ExecutionRow execution(std::int64_t id, ExecutionStatus status) {
    ExecutionRow out;
    out.id = {id};
    out.action_ref = "core.noop";
    out.status = status;
    out.created = out.updated = kNow - 1h;
    return out;
}

/// "execution_created scheduled" of each.
std::vector<std::string> shown(const std::vector<Notice>& notices) {
    std::vector<std::string> out;
    for (const auto& one : notices) {
        std::string text = one.channel;
        for (const auto* name : {"old_status", "status"}) {
            if (const auto* value = one.payload.if_contains(name)) text += " " + std::string(value->as_string());
        }
        out.push_back(std::move(text));
    }
    return out;
}

std::string refusal(std::string_view filter, const Caller& caller) {
    const auto parsed = parse_filter(filter);
    if (!parsed) return parsed.error().text();
    const auto checked = check_filter(*parsed, caller);
    return checked ? "" : checked.error().text();
}

TEST(NoticeFilter, MatchesWhatItNames) {
    const auto notice = execution_notice(execution(5, ExecutionStatus::running), ExecutionStatus::scheduled);
    for (const auto* text :
         {"all", "entity_type:execution", "entity:execution:5", "notification_type:execution_status_changed"}) {
        EXPECT_TRUE(parse_filter(text)->matches(notice)) << text;
    }
    for (const auto* text : {"entity_type:event", "entity:execution:6", "entity:event:5", "user:5",
                             "notification_type:execution_created", "entity_type:inquiry"}) {
        EXPECT_FALSE(parse_filter(text)->matches(notice)) << text;
    }
    auto owned = notice;
    owned.user = IdentityId{5};
    EXPECT_TRUE(parse_filter("user:5")->matches(owned));
}

TEST(NoticeFilter, RefusesWhatIsNoneAndSaysWhatIs) {
    for (const auto* text : {"", "ALL", "all:", "entity:execution", "entity:execution:1:2", "rule:1", "::"}) {
        EXPECT_THAT(refusal(text, holder({})), HasSubstr("notification_type:<channel>")) << text;
    }
    for (const auto* text :
         {"entity:execution:", "entity:execution:1x", "entity:execution:-1", "user:99999999999999999999"}) {
        EXPECT_THAT(refusal(text, holder({})), HasSubstr("expected an id")) << text;
    }
    EXPECT_THAT(refusal("entity_type:worker", holder({})), HasSubstr("known are event, enforcement"));
    EXPECT_THAT(refusal("notification_type:rule_created", holder({})), HasSubstr("known are event_created"));
}

TEST(NoticeFilter, IsForThoseWhoMayReadAnyOfIt) {
    const auto reader = holder({{Resource::events, {Right::read}, {}}});
    EXPECT_EQ(refusal("all", holder({})), "");
    EXPECT_EQ(refusal("entity_type:event", reader), "");
    EXPECT_EQ(refusal("notification_type:inquiry_created", holder({})), "");
    EXPECT_THAT(refusal("entity:execution:1", reader), HasSubstr("executions:read"));
    EXPECT_THAT(refusal("notification_type:enforcement_created", reader), HasSubstr("enforcements:read"));
    EXPECT_EQ(refusal("user:7", reader), "");
    EXPECT_THAT(refusal("user:8", reader), HasSubstr("administrator"));
    auto admin = reader;
    admin.permission_set_refs = {"core.admin"};
    EXPECT_EQ(refusal("user:8", admin), "");
    auto run = holder({});
    run.token_type = TokenType::execution;
    run.metadata = json::object{{"execution_id", 5}};
    EXPECT_EQ(refusal("entity_type:execution", run), "");
    EXPECT_TRUE(may_read(run, execution_notice(execution(5, ExecutionStatus::running), {})));
    EXPECT_FALSE(may_read(run, execution_notice(execution(6, ExecutionStatus::running), {})));
}

TEST(Notice, IsForThoseWhoseGrantsCoverTheExecution) {
    GrantConstraints core;
    core.pack_refs.emplace({std::string("core")});
    Omittable<GrantConstraints> constraints;
    constraints.emplace(core);
    const auto reader = holder({{Resource::executions, {Right::read}, constraints}});
    auto other = execution(1, ExecutionStatus::running);
    EXPECT_TRUE(may_read(reader, execution_notice(other, {})));
    other.action_ref = "demo.noop";
    EXPECT_FALSE(may_read(reader, execution_notice(other, {})));
}

TEST(NoticeLog, TellsANewExecutionAndEachStateOnce) {
    NoticeLog log;
    log.begin({}, kNow);
    EXPECT_THAT(shown(log.of_execution(execution(1, ExecutionStatus::scheduled))),
                ElementsAre("execution_created scheduled"));
    EXPECT_THAT(log.of_execution(execution(1, ExecutionStatus::scheduled)), IsEmpty());
    EXPECT_THAT(shown(log.of_execution(execution(1, ExecutionStatus::running))),
                ElementsAre("execution_status_changed scheduled running"));
    EXPECT_THAT(shown(log.of_execution(execution(1, ExecutionStatus::failed))),
                ElementsAre("execution_status_changed running failed"));
    EXPECT_THAT(log.of_execution(execution(1, ExecutionStatus::running)), IsEmpty()) << "a final state is the last";
    EXPECT_THAT(shown(log.of_execution(execution(2, ExecutionStatus::completed))),
                ElementsAre("execution_created scheduled", "execution_status_changed scheduled completed"));
}

TEST(NoticeLog, TellsOfWhatWasThereAlreadyOnlyWhatChanges) {
    NoticeLog log;
    log.begin({.events = {{{4}, true}}, .executions = {{{9}, ExecutionStatus::running}}}, kNow);
    EXPECT_THAT(log.of_execution(execution(9, ExecutionStatus::running)), IsEmpty());
    EXPECT_THAT(shown(log.of_execution(execution(9, ExecutionStatus::completed))),
                ElementsAre("execution_status_changed running completed"));
    NoticeEvent event;
    event.id = {4};
    event.decided_at = kNow;
    EXPECT_THAT(log.of_event(event, {{}}), IsEmpty());
}

TEST(NoticeLog, TellsOldExecutionsFromNewOnesWhenItSawTheNewestAlone) {
    NoticeLog log;
    NoticeLog::Newest newest;
    for (auto id = NoticeLog::kNewest + 100; id > 100; --id) {
        newest.executions.push_back({{id}, ExecutionStatus::completed});
    }
    log.begin(newest, kNow);
    auto old = execution(50, ExecutionStatus::completed);
    old.started_at = kNow;
    EXPECT_THAT(shown(log.of_execution(old)), ElementsAre("execution_status_changed running completed"));
    auto late = execution(51, ExecutionStatus::scheduled); // of a block of ids that was taken before
    late.created = kNow + 1s;
    EXPECT_THAT(shown(log.of_execution(late)), ElementsAre("execution_created scheduled"));
}

TEST(NoticeLog, TellsAnEventThenItsEnforcements) {
    NoticeLog log;
    log.begin({}, kNow);
    NoticeEvent event;
    event.id = {1};
    NoticeEnforcement one;
    one.id = {3};
    one.status = EnforcementStatus::processed;
    EXPECT_THAT(shown(log.of_event(event, {})), ElementsAre("event_created"));
    event.decided_at = kNow;
    EXPECT_THAT(shown(log.of_event(event, {one})),
                ElementsAre("enforcement_created created", "enforcement_status_changed created processed"));
    EXPECT_THAT(log.of_event(event, {one}), IsEmpty());
}

TEST(NoticeLog, FindsAmongTheNewestWhatNobodyTold) {
    NoticeLog log(2);
    log.begin({}, kNow);
    log.of_execution(execution(5, ExecutionStatus::scheduled));
    EXPECT_THAT(log.unknown_executions({{{6}, ExecutionStatus::scheduled}, {{5}, ExecutionStatus::scheduled}}),
                ElementsAre(6));
    EXPECT_THAT(log.unknown_executions({{{5}, ExecutionStatus::running}}), ElementsAre(5));
    log.of_execution(execution(6, ExecutionStatus::scheduled));
    log.of_execution(execution(7, ExecutionStatus::scheduled));
    EXPECT_THAT(log.unknown_executions({{{5}, ExecutionStatus::running}}), IsEmpty()) << "forgotten: no news";
}

} // namespace
} // namespace attune::api
