#include "logic/definitions/source.hpp"

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
