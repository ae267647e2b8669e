#include "logic/definitions/source.hpp"

#include "logic/definitions/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::definitions {
namespace {

using schedule::RunOverlap;
using testing::ElementsAre;
using testing::IsEmpty;

json::object object(std::string_view text) {
    return parse_json(text)->get_object();
}
Trigger trigger(std::string ref, std::string_view param_schema = {}) {
    Trigger out;
    out.ref = std::move(ref);
    if (!param_schema.empty()) out.param_schema = object(param_schema);
    return out;
}

std::string field(const Result<void>& checked) {
    return checked ? "" : checked.error().field;
}

TEST(Sources, TimersOwnTheCoreTimerTriggersAndThoseThatStateASchedule) {
    for (const auto* ref : {"core.intervaltimer", "core.crontimer", "core.datetimetimer", "core.rruletimer"}) {
        ASSERT_NE(source_of(trigger(ref)), nullptr) << ref;
        EXPECT_EQ(source_of(trigger(ref))->name(), "timer");
        EXPECT_FALSE(source_of(trigger(ref))->is_configured_by(trigger(ref))) << "its rules say when";
    }
    const auto stated = trigger("mine.ticks", R"({"type":"interval","seconds":10})");
    ASSERT_NE(source_of(stated), nullptr);
    EXPECT_TRUE(source_of(stated)->is_configured_by(stated));
    EXPECT_EQ(source_of(trigger("mine.hook")), nullptr);
    EXPECT_EQ(source_of(trigger("mine.hook", R"({"message":{"type":"string"}})")), nullptr);
    EXPECT_EQ(source_of(trigger("core.alert")), nullptr);
}

TEST(Sources, WebhooksOwnTheTriggersOnWhichTheyAreEnabled) {
    auto hook = trigger("mine.hook", R"({"branch":{"type":"string","required":true}})");
    hook.webhook_enabled = true;
    ASSERT_NE(source_of(hook), nullptr);
    EXPECT_EQ(source_of(hook)->name(), "webhook");
    EXPECT_EQ(field(check_trigger_params(hook, object(R"({"branch":"main"})"), {})), "");
    EXPECT_EQ(field(check_trigger_params(hook, {}, {})), "trigger_params.branch");
    hook.webhook_config = object(R"({"provider":"githup"})");
    EXPECT_EQ(field(check_trigger_source(hook, {})), "webhook_config.provider");
}

TEST(Sources, ShareNoTrigger) {
    auto both = trigger("mine.ticks", R"({"type":"interval","seconds":10})");
    EXPECT_EQ(field(check_trigger_source(both, {})), "");
    both.webhook_enabled = true;
    EXPECT_EQ(field(check_trigger_source(both, {})), "param_schema");
}

TEST(Sources, SayWhatTheRuleOrTheTriggerAsksForBeyondThem) {
    const auto params = object(R"({"unit":"days","interval":1,"overlap":"skip","calendars":["a.b"]})");
    const auto own = asked_of_source(trigger("core.intervaltimer"), params);
    EXPECT_EQ(own.overlap, RunOverlap::skip);
    EXPECT_THAT(own.calendars, ElementsAre("a.b"));
    const auto stated = trigger("mine.ticks", R"({"type":"interval","seconds":10,"overlap":"queue_one"})");
    EXPECT_EQ(asked_of_source(stated, params).overlap, RunOverlap::queue_one) << "the rule's parameters are its own";
    EXPECT_THAT(asked_of_source(stated, params).calendars, IsEmpty());
    EXPECT_EQ(asked_of_source(trigger("mine.hook"), params).overlap, RunOverlap::allow);
    EXPECT_EQ(asked_of_source(trigger("core.rruletimer"), object(R"({"overlap":7})")).overlap, RunOverlap::allow);
}

} // namespace
} // namespace attune::logic::definitions
