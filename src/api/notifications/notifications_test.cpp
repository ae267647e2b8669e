#include "api/notifications/notice_filter.hpp"

#include "domain/event.hpp"
#include "domain/execution.hpp"

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

live::ExecutionRow execution(std::int64_t id, ExecutionStatus status) {
    live::ExecutionRow out;
    out.id = {id};
    out.action_ref = "core.noop";
    out.status = status;
    out.created = out.updated = kNow - 1h;
    return out;
}

/// What is told of the row; of its state before when one is given, else of its being new.
template <class Row>
std::vector<Notice> notices(Row row) {
    const auto thing = live::thing_of(std::move(row));
    return notices_of({thing, std::nullopt});
}
template <class Row, class State>
std::vector<Notice> notices(Row row, State before) {
    const auto thing = live::thing_of(std::move(row));
    return notices_of({thing, static_cast<live::State>(before)});
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
    const auto notice = notices(execution(5, ExecutionStatus::running), ExecutionStatus::scheduled).front();
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
    EXPECT_TRUE(may_read(run, notices(execution(5, ExecutionStatus::running)).front()));
    EXPECT_FALSE(may_read(run, notices(execution(6, ExecutionStatus::running)).front()));
}

TEST(Notice, IsForThoseWhoseGrantsCoverTheExecution) {
    GrantConstraints core;
    core.pack_refs.emplace({std::string("core")});
    Omittable<GrantConstraints> constraints;
    constraints.emplace(core);
    const auto reader = holder({{Resource::executions, {Right::read}, constraints}});
    auto other = execution(1, ExecutionStatus::running);
    EXPECT_TRUE(may_read(reader, notices(other).front()));
    other.action_ref = "demo.noop";
    EXPECT_FALSE(may_read(reader, notices(other).front()));
}

TEST(Notice, OfANewExecutionTellsThatItWasMadeAndWhatBecameOfIt) {
    EXPECT_THAT(shown(notices(execution(1, ExecutionStatus::requested))), ElementsAre("execution_created requested"));
    EXPECT_THAT(shown(notices(execution(1, ExecutionStatus::scheduled))), ElementsAre("execution_created scheduled"));
    EXPECT_THAT(shown(notices(execution(1, ExecutionStatus::completed))),
                ElementsAre("execution_created scheduled", "execution_status_changed scheduled completed"));
}

TEST(Notice, OfAKnownExecutionTellsBothStates) {
    EXPECT_THAT(shown(notices(execution(1, ExecutionStatus::failed), ExecutionStatus::running)),
                ElementsAre("execution_status_changed running failed"));
}

TEST(Notice, OfAnEventTellsItsRecordingAlone) {
    live::EventRow event;
    event.id = {4};
    EXPECT_THAT(shown(notices(event)), ElementsAre("event_created"));
    event.decided_at = kNow;
    EXPECT_THAT(shown(notices(event)), ElementsAre("event_created"));
    EXPECT_THAT(notices(event, live::EventState::recorded), IsEmpty());
}

TEST(Notice, OfAnEnforcementTellsItsMakingBeforeItsDecision) {
    live::EnforcementRow one;
    one.id = {3};
    one.status = EnforcementStatus::processed;
    one.resolved_at = kNow;
    const auto told = notices(one);
    EXPECT_THAT(shown(told),
                ElementsAre("enforcement_created created", "enforcement_status_changed created processed"));
    EXPECT_TRUE(told.front().payload.at("resolved_at").is_null());
    EXPECT_FALSE(told.back().payload.at("resolved_at").is_null());
}

} // namespace
} // namespace attune::api
