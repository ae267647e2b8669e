#include "live/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::live {
namespace {

using testing::ElementsAre;

const Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

Thing execution(std::int64_t id, ExecutionStatus status, Timestamp created = kNow - 1h) {
    ExecutionRow out;
    out.id = {id};
    out.status = status;
    out.created = created;
    return thing_of(std::move(out));
}
Seen seen(std::int64_t id, ExecutionStatus status, Timestamp created = kNow - 1h) {
    return {id, id, std::string(enum_name(status)), created};
}

/// The states before and after; "" of a thing that is new, nothing of what is no news.
std::optional<std::string> told(Told& log, const Thing& thing) {
    const auto news = log.tell(thing);
    if (!news) return std::nullopt;
    return news->before ? std::string(enum_name(static_cast<ExecutionStatus>(*news->before))) : "";
}

class ToldExecutions : public testing::Test {
protected:
    void begin(Told& of, const std::vector<Seen>& newest, bool is_cut = false, const std::vector<Seen>& open = {}) {
        EXPECT_TRUE(of.begin(newest, is_cut, open, kNow));
    }
    Told log{row_of(Kind::execution)};
};

TEST_F(ToldExecutions, HearOfEachStateOnceAndOfTheFinalOneLast) {
    begin(log, {});
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::scheduled)), "");
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::scheduled)), std::nullopt);
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::running)), "scheduled");
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::scheduled)), "running") << "its worker was lost";
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::failed)), "scheduled");
    EXPECT_EQ(told(log, execution(1, ExecutionStatus::running)), std::nullopt);
    EXPECT_EQ(told(log, execution(2, ExecutionStatus::completed)), "");
}

TEST_F(ToldExecutions, WhatWasThereAlreadyIsNewsWhenItChanges) {
    begin(log, {seen(9, ExecutionStatus::running), seen(8, ExecutionStatus::completed)});
    EXPECT_EQ(told(log, execution(9, ExecutionStatus::running)), std::nullopt);
    EXPECT_EQ(told(log, execution(9, ExecutionStatus::completed)), "running");
    EXPECT_EQ(told(log, execution(8, ExecutionStatus::completed)), std::nullopt);
    EXPECT_EQ(told(log, execution(7, ExecutionStatus::completed)), "") << "written while it looked";
}

TEST_F(ToldExecutions, WhatIsOlderThanTheNewestLookedAtWasOverUnlessItWasOpen) {
    begin(log, {seen(101, ExecutionStatus::completed), seen(100, ExecutionStatus::completed)}, true,
          {seen(50, ExecutionStatus::running)});
    EXPECT_EQ(told(log, execution(49, ExecutionStatus::completed)), std::nullopt);
    EXPECT_EQ(told(log, execution(50, ExecutionStatus::completed)), "running");
}

TEST_F(ToldExecutions, AnIdThatWasTakenLongBeforeItsExecutionIsNews) {
    begin(log, {seen(101, ExecutionStatus::completed)}, true);
    EXPECT_EQ(told(log, execution(51, ExecutionStatus::scheduled, kNow + 1s)), "");
    Told small(row_of(Kind::execution), 1);
    begin(small, {});
    for (const auto id : {100, 101}) told(small, execution(id, ExecutionStatus::completed, kNow + 1s));
    EXPECT_EQ(told(small, execution(52, ExecutionStatus::scheduled, kNow + 2s)), "");
}

TEST_F(ToldExecutions, WhatWasForgottenCountsAsTold) {
    Told small(row_of(Kind::execution), 2);
    begin(small, {});
    for (const auto id : {1, 2, 3}) EXPECT_EQ(told(small, execution(id, ExecutionStatus::completed)), "");
    EXPECT_EQ(told(small, execution(1, ExecutionStatus::completed)), std::nullopt);
    EXPECT_FALSE(small.is_over(1));
    EXPECT_TRUE(small.is_over(3));
    EXPECT_FALSE(small.take_dropped());
}

TEST_F(ToldExecutions, ThoseThatAreNotOverAreRememberedHoweverManyEndAfterThem) {
    Told small(row_of(Kind::execution), 2);
    begin(small, {});
    told(small, execution(1, ExecutionStatus::running));
    for (const auto id : {2, 3, 4, 5}) told(small, execution(id, ExecutionStatus::completed));
    EXPECT_EQ(told(small, execution(1, ExecutionStatus::completed)), "running");
}

TEST_F(ToldExecutions, ItIsSaidWhenThoseThatAreNotOverAreTooMany) {
    Told small(row_of(Kind::execution), 2);
    begin(small, {});
    for (const auto id : {1, 2, 3}) told(small, execution(id, ExecutionStatus::running));
    EXPECT_TRUE(small.take_dropped());
    EXPECT_FALSE(small.take_dropped());
    EXPECT_THAT(small.open(), ElementsAre(2, 3));
    EXPECT_EQ(told(small, execution(1, ExecutionStatus::completed)), std::nullopt);
}

TEST_F(ToldExecutions, ALookFindsWhatNobodyTold) {
    begin(log, {seen(5, ExecutionStatus::scheduled)});
    EXPECT_TRUE(*log.is_news(seen(6, ExecutionStatus::scheduled)));
    EXPECT_FALSE(*log.is_news(seen(5, ExecutionStatus::scheduled)));
    EXPECT_TRUE(*log.is_news(seen(5, ExecutionStatus::running)));
    told(log, execution(5, ExecutionStatus::completed));
    EXPECT_FALSE(*log.is_news(seen(5, ExecutionStatus::completed)));
}

TEST(ToldEvents, OfThoseThatWaitedAtTheBeginningTheRecordingWasNotTold) {
    Told log(row_of(Kind::event));
    ASSERT_TRUE(log.begin({{11, 11, "recorded", kNow - 1h}}, false, {}, kNow));
    EventRow event;
    event.id = {11};
    event.decided_at = kNow;
    const auto news = log.tell(thing_of(event));
    ASSERT_TRUE(news && news->before);
    EXPECT_FALSE(news->before_was_told);
}

TEST(ToldEvents, AreOverWithTheirDecision) {
    Told log(row_of(Kind::event));
    ASSERT_TRUE(log.begin({}, false, {}, kNow));
    EventRow event;
    event.id = {12};
    EXPECT_FALSE(log.tell(thing_of(event))->before);
    EXPECT_FALSE(log.tell(thing_of(event)));
    event.decided_at = kNow;
    EXPECT_EQ(log.tell(thing_of(event))->before, static_cast<State>(EventState::recorded));
    EXPECT_TRUE(log.is_over(12));
}

} // namespace
} // namespace attune::live
