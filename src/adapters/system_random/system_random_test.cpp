#include "adapters/system_random/system_random.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace attune {
namespace {

TEST(SystemRandom, GivesAsManyBytesAsAskedFor) {
    SystemRandom random;

    for (const std::size_t count : {0U, 1U, 255U, 257U, 100'000U}) EXPECT_EQ(random.bytes(count).size(), count);
    const auto bytes = random.bytes(100'000);
    EXPECT_EQ(std::set<char>(bytes.begin(), bytes.end()).size(), 256U);
}

TEST(SystemRandom, DoesNotRepeatItself) {
    SystemRandom random;
    std::set<std::uint64_t> seen;

    for (int i = 0; i < 1000; ++i) seen.insert(random.next());

    EXPECT_EQ(seen.size(), 1000U);
}

TEST(SystemRandom, KeepsUniformNumbersBelowOne) {
    SystemRandom random;
    double least = 1;
    double most = 0;

    for (int i = 0; i < 1000; ++i) {
        const auto number = random.uniform();
        least = std::min(least, number);
        most = std::max(most, number);
    }

    EXPECT_GE(least, 0.0);
    EXPECT_LT(most, 1.0);
    EXPECT_LT(least, 0.1);
    EXPECT_GT(most, 0.9);
}

} // namespace
} // namespace attune
