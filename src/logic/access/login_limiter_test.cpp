#include "logic/access/login_limiter.hpp"

#include <gtest/gtest.h>

namespace attune::logic::access {
namespace {

TEST(LoginLimiter, StopsGuessingAndForgetsAfterTheWindow) {
    LoginLimiter limiter({.per_login = 3});
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(limiter.begin("ann", "1.1.1.1", 1s));
        limiter.failed("ann", "1.1.1.1", 1s);
    }

    const auto refused = limiter.begin("Ann", "1.1.1.1", 61s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::too_many);
    EXPECT_NE(refused.error().message.find("4m"), std::string::npos);
    EXPECT_TRUE(limiter.begin("ann", "2.2.2.2", 61s)) << "the real user elsewhere is not locked out";
    EXPECT_TRUE(limiter.begin("ann", "1.1.1.1", 302s));
}

TEST(LoginLimiter, StopsTryingManyLoginsFromOneAddress) {
    LoginLimiter limiter({.per_address = 5});
    for (int i = 0; i < 5; ++i) limiter.failed("user" + std::to_string(i), "1.1.1.1", 0s);

    EXPECT_FALSE(limiter.begin("another", "1.1.1.1", 1s));
}

TEST(LoginLimiter, BoundsConcurrentChecks) {
    LoginLimiter limiter({.concurrent = 1});
    {
        const auto first = limiter.begin("a", "1", 0s);
        EXPECT_TRUE(first);
        EXPECT_FALSE(limiter.begin("b", "2", 0s));
    }
    EXPECT_TRUE(limiter.begin("b", "2", 0s));
}

TEST(LoginLimiter, BoundsItsMemory) {
    LoginLimiter limiter({.tracked = 10});
    for (int i = 0; i < 1000; ++i) limiter.failed(std::to_string(i), std::to_string(i), Duration{i});

    EXPECT_LE(limiter.tracked(), 10U);
}

TEST(LoginLimiter, ForgivesAfterSuccess) {
    LoginLimiter limiter({.per_login = 1});
    limiter.failed("a", "1", 0s);
    limiter.succeeded("a", "1");

    EXPECT_TRUE(limiter.begin("a", "1", 1s));
}

} // namespace
} // namespace attune::logic::access
