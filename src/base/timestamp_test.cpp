#include "base/timestamp.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Timestamp, ReadsAndWritesRfc3339) {
    EXPECT_EQ(format_timestamp(*parse_timestamp("2026-01-02T03:04:05.6789+01:00")), "2026-01-02T02:04:05.678900Z");
    EXPECT_EQ(format_timestamp(*parse_timestamp("2024-02-29 23:59:59z")), "2024-02-29T23:59:59.000000Z");
    EXPECT_EQ(format_timestamp_short(*parse_timestamp("1969-12-31T23:59:59.5Z")), "1969-12-31T23:59:59.5Z");
    EXPECT_EQ(format_timestamp_short(Timestamp{}), "1970-01-01T00:00:00Z");
}

TEST(Timestamp, RefusesWhatIsNotATime) {
    for (const auto* text : {"", "now", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
                             "2026-01-01T00:00:00", "2026-01-01", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00.Z"}) {
        EXPECT_FALSE(parse_timestamp(text)) << text;
    }
}

TEST(Duration, ReadsAndWritesTheUsualUnits) {
    EXPECT_EQ(*parse_duration("1h30m"), 90min);
    EXPECT_EQ(*parse_duration("250ms"), 250ms);
    EXPECT_EQ(*parse_duration("10"), 10s);
    EXPECT_EQ(*parse_duration("0.5s"), 500ms);
    EXPECT_EQ(format_duration(90min), "1h30m");
    EXPECT_EQ(format_duration(0s), "0s");
    for (const auto* text : {"", "s", "-1s", "1 s", "1x", "1e99d"}) EXPECT_FALSE(parse_duration(text)) << text;
}

} // namespace
} // namespace attune
