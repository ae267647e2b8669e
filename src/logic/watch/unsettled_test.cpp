#include "logic/watch/unsettled.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::watch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> due(Unsettled& unsettled, Duration now) {
    std::vector<std::string> out;
    for (const auto& one : unsettled.take_due(now)) out.push_back(one.path);
    return out;
}

TEST(Unsettled, IsDueOnceItWasLeftAloneForTheSettleTime) {
    Unsettled unsettled(2s);
    unsettled.touch("a", 10s);
    unsettled.touch("b", 11s);
    unsettled.touch("a", 11500ms);

    EXPECT_EQ(unsettled.next_due(), 13s);
    EXPECT_THAT(due(unsettled, 12999ms), IsEmpty());
    EXPECT_THAT(due(unsettled, 13s), ElementsAre("b"));
    EXPECT_THAT(due(unsettled, 20s), ElementsAre("a"));
    EXPECT_EQ(unsettled.next_due(), std::nullopt);
    EXPECT_EQ(unsettled.size(), 0U);
}

TEST(Unsettled, KeepsTogetherWhatWasMoved) {
    Unsettled unsettled(2s);
    unsettled.move("a", "b", 10s);
    unsettled.touch("c", 10s);
    unsettled.touch("b", 11s);

    EXPECT_THAT(due(unsettled, 12s), ElementsAre("c")) << "what was moved is still written to";
    EXPECT_EQ(unsettled.next_due(), 13s);
    EXPECT_THAT(due(unsettled, 13s), ElementsAre("a", "b"));
}

TEST(Unsettled, KeepsAChainOfMovesTogether) {
    Unsettled unsettled(2s);
    unsettled.move("a", "b", 10s);
    unsettled.move("b", "c", 11s);
    unsettled.touch("c", 12s);

    EXPECT_THAT(due(unsettled, 13s), IsEmpty());
    EXPECT_THAT(due(unsettled, 14s), testing::UnorderedElementsAre("a", "b", "c"));
}

TEST(Unsettled, SwappedFilesWaitForEachOtherAndNoLonger) {
    Unsettled unsettled(2s);
    unsettled.move("a", "t", 10s);
    unsettled.move("b", "a", 10s);
    unsettled.move("t", "b", 10s);

    EXPECT_THAT(due(unsettled, 12s), testing::UnorderedElementsAre("a", "b", "t"));
}

TEST(Unsettled, SaysWhatAScanSawUnlessSomethingHappenedSince) {
    Unsettled unsettled(2s);
    const FileState seen{1, 2, 3, 4};
    unsettled.scanned("a", seen, true, 10s);
    unsettled.scanned("b", std::nullopt, false, 10s);
    unsettled.touch("a", 11s);

    const auto first = unsettled.take_due(12s);
    ASSERT_EQ(first.size(), 1U);
    ASSERT_TRUE(first[0].scanned);
    EXPECT_FALSE(*first[0].scanned) << "nothing was there";
    EXPECT_FALSE(first[0].caught_up);
    const auto second = unsettled.take_due(13s);
    ASSERT_EQ(second.size(), 1U);
    EXPECT_FALSE(second[0].scanned);
    EXPECT_TRUE(second[0].caught_up) << "it was found by looking, all the same";
}

} // namespace
} // namespace attune::logic::watch
