#include "adapters/rabbit_bus/outbox.hpp"

#include <gmock/gmock.h>

namespace attune::rabbit {
namespace {

using testing::ElementsAre;
using Ids = std::vector<std::int64_t>;

Outgoing announcement(std::string body) {
    return {"attune.events", "rule.created", std::move(body), true};
}

/// The ring that is sent next.
Ring next_ring(Outbox& outbox, std::uint64_t tag) {
    const auto message = outbox.next(tag);
    EXPECT_TRUE(message);
    EXPECT_EQ(message->exchange, kDoorbells);
    return decode_ring(message->routing_key, message->body).value();
}

TEST(Outbox, MergesTheRingsOfATopicWhileOneIsNotConfirmed) {
    Outbox outbox("me", {});
    outbox.ring(Topic::events, Ids{1});
    EXPECT_EQ(next_ring(outbox, 1).ids, Ids{1});

    outbox.ring(Topic::events, Ids{2});
    outbox.ring(Topic::events, Ids{3});
    EXPECT_FALSE(outbox.next(2));
    outbox.answered(1, false, true);

    EXPECT_EQ(next_ring(outbox, 2).ids, (Ids{2, 3}));
    outbox.answered(2, false, true);
    EXPECT_TRUE(outbox.is_empty());
}

TEST(Outbox, LetsNoTopicWaitForAnother) {
    Outbox outbox("me", {});
    outbox.ring(Topic::events, Ids{1});
    outbox.ring(Topic::timers, {});

    EXPECT_EQ(next_ring(outbox, 1).topic, Topic::timers);
    EXPECT_EQ(next_ring(outbox, 2).topic, Topic::events);
}

TEST(Outbox, CutsManyIdsIntoSeveralMessages) {
    Outbox outbox("me", {.ids_per_message = 2});
    outbox.ring(Topic::events, Ids{1, 2, 3});

    EXPECT_EQ(next_ring(outbox, 1).ids, (Ids{1, 2}));
    outbox.answered(1, false, true);
    EXPECT_EQ(next_ring(outbox, 2).ids, Ids{3});
}

TEST(Outbox, DropsTheOldestIdsBeyondItsBoundAndTellsTheReceiver) {
    Outbox outbox("me", {.ids = 2});
    outbox.ring(Topic::events, Ids{1, 2, 3});

    const auto ring = next_ring(outbox, 1);

    EXPECT_EQ(ring.ids, (Ids{2, 3}));
    EXPECT_TRUE(ring.missed);
    EXPECT_EQ(outbox.counts().dropped_ids, 1U);
}

TEST(Outbox, TellsThatRingsMayBeLostWithAConnection) {
    Outbox outbox("me", {});
    outbox.ring(Topic::events, Ids{1});
    EXPECT_FALSE(next_ring(outbox, 1).missed);

    outbox.lose_connection();

    const auto again = next_ring(outbox, 1);
    EXPECT_EQ(again.topic, Topic::events);
    EXPECT_TRUE(again.missed);
}

TEST(Outbox, SendsAnnouncementsInTheirOrderAndAgainAfterALostConnection) {
    Outbox outbox("me", {.unconfirmed = 2});
    for (const auto* body : {"a", "b", "c"}) outbox.announce(announcement(body));
    EXPECT_EQ(outbox.next(1)->body, "a");
    EXPECT_EQ(outbox.next(2)->body, "b");
    EXPECT_FALSE(outbox.next(3)) << "two are not confirmed";
    outbox.answered(1, false, true);

    outbox.lose_connection();

    EXPECT_EQ(outbox.announcements(), 2U);
    EXPECT_EQ(outbox.next(1)->body, "b");
    EXPECT_EQ(outbox.next(2)->body, "c");
    outbox.answered(2, true, true);
    EXPECT_TRUE(outbox.is_empty());
}

TEST(Outbox, DropsTheOldestAnnouncementsBeyondItsBounds) {
    Outbox outbox("me", {.announcements = 3, .bytes = 10});
    for (const auto* body : {"1", "2", "3", "4"}) outbox.announce(announcement(body));
    EXPECT_EQ(outbox.counts().dropped_announcements, 1U);

    outbox.announce(announcement("123456789"));

    EXPECT_EQ(outbox.counts().dropped_announcements, 3U);
    EXPECT_EQ(outbox.next(1)->body, "4");
    EXPECT_EQ(outbox.next(2)->body, "123456789");
}

TEST(Outbox, CountsWhatTheBrokerRefusesAndDoesNotRepeatIt) {
    Outbox outbox("me", {});
    outbox.ring(Topic::events, Ids{1});
    outbox.announce(announcement("a"));
    (void)outbox.next(1);
    (void)outbox.next(2);

    outbox.answered(2, true, false);

    EXPECT_EQ(outbox.counts().refused, 2U);
    EXPECT_TRUE(outbox.is_empty());
    outbox.ring(Topic::events, Ids{2});
    EXPECT_TRUE(next_ring(outbox, 3).missed);
}

TEST(Outbox, ProbesWithAMessageThatIsNeitherRungNorRepeated) {
    Outbox outbox("me", {});

    const auto probe = outbox.probe(1);

    EXPECT_FALSE(decode_ring(probe.routing_key, probe.body));
    EXPECT_TRUE(outbox.is_unconfirmed());
    outbox.lose_connection();
    EXPECT_TRUE(outbox.is_empty());
}

} // namespace
} // namespace attune::rabbit
