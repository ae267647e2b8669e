#include "adapters/rabbit_bus/rabbit_address.hpp"

#include <gmock/gmock.h>

namespace attune::rabbit {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RabbitAddress, HasTheBrokersOwnDefaults) {
    const auto address = parse_address("amqp://mq.example.org");

    ASSERT_TRUE(address) << address.error().text();
    EXPECT_EQ(address->shown(), "mq.example.org:5672");
    EXPECT_EQ(address->user, "guest");
    EXPECT_EQ(address->vhost, "/");
    EXPECT_FALSE(address->tls);
}

TEST(RabbitAddress, ReadsEveryPart) {
    const auto address = parse_address("amqps://me:p%40ss@mq:1234/my%2fhost?heartbeat=5&connection_timeout=250&verify="
                                       "verify_none&cacertfile=/ca.pem&certfile=/c.pem&keyfile=/k.pem");

    ASSERT_TRUE(address) << address.error().text();
    EXPECT_EQ(address->shown(), "mq:1234");
    EXPECT_EQ(address->user, "me");
    EXPECT_EQ(address->password, "p@ss");
    EXPECT_EQ(address->vhost, "my/host");
    EXPECT_EQ(address->heartbeat, 5s);
    EXPECT_EQ(address->connection_timeout, 250ms);
    EXPECT_TRUE(address->tls);
    EXPECT_FALSE(address->verify);
    EXPECT_EQ(address->cacertfile, "/ca.pem");
    EXPECT_EQ(address->certfile, "/c.pem");
    EXPECT_EQ(address->keyfile, "/k.pem");
}

TEST(RabbitAddress, KnowsTheDefaultVhostInAllItsForms) {
    for (const auto* url : {"amqp://mq", "amqp://mq/", "amqp://mq/%2f", "amqp://mq?heartbeat=5"}) {
        const auto address = parse_address(url);
        ASSERT_TRUE(address) << url << ": " << address.error().text();
        EXPECT_EQ(address->vhost, "/") << url;
    }
    EXPECT_EQ(parse_address("amqps://mq")->port, 5671);
}

TEST(RabbitAddress, RefusesWhatItCannotUseWithoutShowingThePassword) {
    const std::pair<const char*, const char*> cases[] = {
        {"http://me:hunter2@mq", "expected amqp://"},
        {"amqp://me:hunter2 @mq", "expected amqp://"},
        {"amqp://me:hunter2@", "a host"},
        {"amqp://me:hunter2@mq:99999", "the port"},
        {"amqp://me:hunter2@mq/a/b", "one vhost"},
        {"amqp://me:hunter2@mq?heartbeat=0", "heartbeat to be a number from 1 to 300"},
        {"amqp://me:hunter2@mq?heartbeat=5s", "heartbeat"},
        {"amqp://me:hunter2@mq?cacertfile=/ca.pem", "for amqps:// alone"},
        {"amqps://me:hunter2@mq?cacertfile=ca.pem", "an absolute path"},
        {"amqps://me:hunter2@mq?certfile=/c.pem", "certfile and keyfile together"},
        {"amqps://me:hunter2@mq?verify=no", "verify_peer or verify_none"},
        {"amqps://me:hunter2@mq?chanel_max=3", "chanel_max is not known"},
    };
    for (const auto& [url, expected] : cases) {
        const auto address = parse_address(url);
        ASSERT_FALSE(address) << url;
        EXPECT_THAT(address.error().text(), HasSubstr(expected));
        EXPECT_THAT(address.error().text(), Not(HasSubstr("hunter2")));
    }
}

} // namespace
} // namespace attune::rabbit
