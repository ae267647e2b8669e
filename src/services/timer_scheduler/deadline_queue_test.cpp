#include "services/timer_scheduler/deadline_queue.hpp"

#include <gmock/gmock.h>
#include <map>
#include <random>
#include <set>

namespace attune::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Timestamp at(std::int64_t second) {
    return Timestamp{std::chrono::seconds{second}};
}

TEST(DeadlineQueue, GivesWhatIsDueInOrderAndNoMoreThanAsked) {
    DeadlineQueue queue;
    queue.set(4, at(30));
    queue.set(2, at(10));
    queue.set(7, at(20));
    queue.set(1, at(40));

    EXPECT_EQ(queue.first(), at(10));
    EXPECT_THAT(queue.until(at(30), 10), ElementsAre(2, 7, 4));
    EXPECT_THAT(queue.until(at(30), 2), ElementsAre(2, 7));
    EXPECT_THAT(queue.until(at(9), 10), IsEmpty());
    EXPECT_EQ(queue.of(7), at(20));
    EXPECT_EQ(queue.of(3), std::nullopt);
    EXPECT_EQ(queue.of(99), std::nullopt);
}

TEST(DeadlineQueue, OrdersOneInstantByNumber) {
    DeadlineQueue queue;
    for (const std::uint32_t number : {5U, 0U, 3U, 1U, 4U, 2U}) queue.set(number, at(1));

    EXPECT_THAT(queue.until(at(1), 10), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(DeadlineQueue, KeepsOneDeadlineANumber) {
    DeadlineQueue queue;
    queue.set(1, at(10));
    queue.set(2, at(20));

    queue.set(1, at(30));

    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.first(), at(20));
    EXPECT_THAT(queue.until(at(30), 10), ElementsAre(2, 1));
}

TEST(DeadlineQueue, ForgetsWhatIsErasedAndIgnoresWhatIsNotThere) {
    DeadlineQueue queue;
    queue.set(1, at(10));

    queue.erase(1);
    queue.erase(1);
    queue.erase(99);

    EXPECT_EQ(queue.size(), 0U);
    EXPECT_EQ(queue.first(), std::nullopt);
}

TEST(DeadlineQueue, AgreesWithASortedSetOverManyRandomChanges) {
    std::mt19937 random(1);
    const auto below = [&](unsigned bound) { return static_cast<std::uint32_t>(random() % bound); };
    DeadlineQueue queue;
    std::map<std::uint32_t, Timestamp> known;
    for (int change = 0; change < 20'000; ++change) {
        const auto number = below(300);
        if (below(3) == 0) {
            queue.erase(number);
            known.erase(number);
        } else {
            known[number] = at(below(100));
            queue.set(number, known[number]);
        }
        if (change % 50 != 0) continue;
        std::set<std::pair<Timestamp, std::uint32_t>> sorted;
        for (const auto& [one, deadline] : known) sorted.emplace(deadline, one);
        std::vector<std::uint32_t> expected;
        for (const auto& [deadline, one] : sorted) {
            if (deadline <= at(60) && expected.size() < 50) expected.push_back(one);
        }
        ASSERT_EQ(queue.size(), known.size());
        ASSERT_EQ(queue.until(at(60), 50), expected);
    }
}

} // namespace
} // namespace attune::services
