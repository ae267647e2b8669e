#include "logic/schedule/test_support.hpp"
#include "logic/schedule/zone_database.hpp"

namespace attune::logic::schedule {
namespace {

Seconds local(std::string_view text) {
    return *parse_local(text);
}
std::string utc(Seconds instant) {
    return format_timestamp_short(from_seconds(instant));
}

TEST(TimeZone, MapsInstantsAndLocalTimes) {
    const auto berlin = zone("Europe/Berlin");
    EXPECT_EQ(berlin.to_local(floor_seconds(at("2026-07-01T00:00:00Z"))), local("2026-07-01T02:00:00"));
    EXPECT_EQ(berlin.to_local(floor_seconds(at("2600-01-01T00:00:00Z"))), local("2600-01-01T01:00:00"));
    EXPECT_EQ(berlin.to_local(floor_seconds(at("8600-07-01T00:00:00Z"))), local("8600-07-01T02:00:00"));
    EXPECT_EQ(utc(berlin.from_local(local("2026-01-01T00:00:00")).first), "2025-12-31T23:00:00Z");
    EXPECT_EQ(TimeZone{}.to_local(5), 5);
    EXPECT_TRUE(zone("UTC").is_utc());
    EXPECT_FALSE(berlin.is_utc());
}

TEST(TimeZone, TellsGapsAndOverlaps) {
    const auto gap = zone("Europe/Berlin").from_local(local("2026-03-29T02:30:00"));
    EXPECT_EQ(gap.kind, LocalLookup::Kind::gap);
    EXPECT_EQ(utc(gap.transition), "2026-03-29T01:00:00Z");
    EXPECT_EQ(gap.first, gap.transition);
    const auto overlap = zone("Europe/Berlin").from_local(local("2026-10-25T02:30:00"));
    EXPECT_EQ(overlap.kind, LocalLookup::Kind::overlap);
    EXPECT_EQ(utc(overlap.first), "2026-10-25T00:30:00Z");
    EXPECT_EQ(utc(overlap.last), "2026-10-25T01:30:00Z");
    EXPECT_EQ(zone("Europe/Berlin").from_local(local("2026-10-25T03:00:00")).kind, LocalLookup::Kind::unique);
    EXPECT_EQ(zone("Europe/Berlin").from_local(local("2026-03-29T03:00:00")).kind, LocalLookup::Kind::unique);
    EXPECT_EQ(zone("Pacific/Apia").from_local(local("2011-12-30T12:00:00")).kind, LocalLookup::Kind::gap);
}

TEST(TimeZone, RefusesWhatIsNoIanaNameAndSuggestsTheClosest) {
    const auto message = [](std::string_view name) {
        const auto found = TimeZone::find(name);
        EXPECT_FALSE(found) << name;
        return found ? std::string() : found.error().text();
    };
    EXPECT_EQ(message("Europe/Belrin"), "timezone: expected an IANA time zone such as Europe/Berlin or UTC, got "
                                        "'Europe/Belrin'; did you mean 'Europe/Berlin'?");
    EXPECT_THAT(message("america/new_york"), testing::HasSubstr("did you mean 'America/New_York'?"));
    EXPECT_THAT(message(""), testing::Not(testing::HasSubstr("did you mean")));
    EXPECT_THAT(message("xq"), testing::Not(testing::HasSubstr("did you mean")));
    for (const auto* name :
         {"", "/etc/passwd", "../zoneinfo/UTC", "right/Europe/Berlin", "localtime", "posixrules", "file:UTC",
          "libc:localtime", "tzdata.zi", "Europe", "Fixed/UTC+01:00:00", "Europe/Berlin/"}) {
        EXPECT_THAT(message(name), testing::HasSubstr("expected an IANA time zone")) << name;
    }
    EXPECT_FALSE(TimeZone::find(std::string(100'000, 'x')));
}

TEST(TimeZone, ReloadsOnlyWhenTheDatabaseChanged) {
    const auto berlin = zone("Europe/Berlin");
    EXPECT_FALSE(TimeZone::reload_if_changed());
}

TEST(TimeZone, IsReadAnewInANewGeneration) {
    const auto first = load_zone("Europe/Berlin", 0);
    const auto again = load_zone("Europe/Berlin", 1);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->changes.size(), again->changes.size());
}

} // namespace
} // namespace attune::logic::schedule
