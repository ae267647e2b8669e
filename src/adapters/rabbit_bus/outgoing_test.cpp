#include "adapters/rabbit_bus/outgoing.hpp"

#include <gmock/gmock.h>
#include <random>

namespace attune::rabbit {
namespace {

class SeededRandom final : public Random {
public:
    std::uint64_t next() override { return engine_(); }
    std::string bytes(std::size_t count) override {
        std::string out(count, '\0');
        for (char& c : out) c = static_cast<char>(engine_());
        return out;
    }

private:
    std::mt19937_64 engine_{7};
};

TEST(RabbitRing, ComesBackAsItWasSent) {
    const auto message = encode_ring({Topic::executions, "me", {1, 9'007'199'254'740'991}, true});
    const auto ring = decode_ring(message.routing_key, message.body);

    EXPECT_EQ(message.routing_key, "executions");
    ASSERT_TRUE(ring);
    EXPECT_EQ(ring->topic, Topic::executions);
    EXPECT_EQ(ring->from, "me");
    EXPECT_EQ(ring->ids, (std::vector<std::int64_t>{1, 9'007'199'254'740'991}));
    EXPECT_TRUE(ring->missed);
}

TEST(RabbitRing, IsNothingElse) {
    EXPECT_FALSE(decode_ring("weather", R"({"from":"me","ids":[]})"));
    for (const auto* body : {"", "{", "[]", "null", R"({"ids":[]})", R"({"from":1,"ids":[]})", R"({"from":"me"})",
                             R"({"from":"me","ids":7})", R"({"from":"me","ids":["7"]})", R"({"from":"me","ids":[1.5]})",
                             R"({"from":"me","ids":[18446744073709551615]})", "\xff\xfe"}) {
        EXPECT_FALSE(decode_ring("events", body)) << body;
    }
}

TEST(RabbitAnnouncement, HasTheEnvelopeOfAllPublicMessages) {
    SeededRandom random;
    const Announcement created{
        "attune.events", "rule.created", "RuleCreated", {{"rule_id", 7}}, *parse_timestamp("2026-01-02T03:04:05Z")};

    const auto message = encode_announcement(created, random);
    const auto body = parse_json(message.body)->get_object();

    EXPECT_EQ(message.exchange, "attune.events");
    EXPECT_EQ(message.routing_key, "rule.created");
    EXPECT_TRUE(message.persistent);
    EXPECT_THAT(std::string(body.at("message_id").get_string()),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_EQ(body.at("correlation_id"), body.at("message_id"));
    EXPECT_EQ(body.at("message_type"), "RuleCreated");
    EXPECT_EQ(body.at("version"), "1.0");
    EXPECT_EQ(body.at("timestamp"), "2026-01-02T03:04:05.000000Z");
    EXPECT_EQ(body.at("headers").at("retry_count"), 0);
    EXPECT_EQ(body.at("payload"), (json::value{{"rule_id", 7}}));
    EXPECT_NE(parse_json(encode_announcement(created, random).body)->at("message_id"), body.at("message_id"));
}

} // namespace
} // namespace attune::rabbit
