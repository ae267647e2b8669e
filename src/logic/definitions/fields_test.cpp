#include "logic/definitions/fields.hpp"

#include <gtest/gtest.h>

namespace attune::logic::definitions {
namespace {

/// The field at fault, or "" when nothing is.
std::string field_of(const Result<void>& checked) {
    return checked ? "" : checked.error().field;
}

TEST(Fields, ARefBelongsToItsPack) {
    EXPECT_EQ(field_of(check_component_ref("mine.one", "mine")), "");
    EXPECT_EQ(field_of(check_component_ref("mine.one", "other")), "ref");
    EXPECT_EQ(field_of(check_component_ref("mine.one.two", "mine")), "ref");
    EXPECT_EQ(field_of(check_component_ref("", "")), "ref");
    EXPECT_EQ(field_of(check_component_ref("Mine.one", "Mine")), "ref");
    EXPECT_EQ(field_of(check_pack_ref("../etc")), "ref");
}

TEST(Fields, VersionsAreNumbersWithDots) {
    for (const auto* good : {"1", "1.2", "1.2.3", "1.2.3-rc.1", "0.1.0+build"}) {
        EXPECT_EQ(field_of(check_version(good)), "") << good;
    }
    for (const auto* bad : {"", "v1", "1.", "1.2.3.4", "one"})
        EXPECT_EQ(field_of(check_version(bad)), "version") << bad;
}

TEST(Fields, NamesTheTextAtFault) {
    EXPECT_EQ(field_of(check_texts("tags", {"a", "b"})), "");
    EXPECT_EQ(field_of(check_texts("tags", {"a", ""})), "tags[1]");
    EXPECT_EQ(field_of(check_texts("tags", std::vector<std::string>(101, "a"))), "tags");
    EXPECT_EQ(field_of(check_label(" ")), "label");
    EXPECT_EQ(field_of(check_description(std::string(64 * 1024 + 1, 'x'))), "description");
    EXPECT_EQ(field_of(check_description(std::nullopt)), "");
}

TEST(Fields, RetentionAndPlacementAreCheckedWhereTheyAreGiven) {
    EXPECT_EQ(field_of(check_retention("log", std::nullopt, std::nullopt)), "");
    EXPECT_EQ(field_of(check_retention("log", "days", 7)), "");
    EXPECT_EQ(field_of(check_retention("log", "weeks", 7)), "log_retention_policy");
    EXPECT_EQ(field_of(check_retention("artifact", "days", 0)), "artifact_retention_limit");
    EXPECT_EQ(field_of(check_placement(std::nullopt, std::nullopt, std::nullopt)), "");
    EXPECT_EQ(field_of(check_placement(json::object{{"zone", json::array{}}}, std::nullopt, std::nullopt)),
              "worker_selector.zone");
}

} // namespace
} // namespace attune::logic::definitions
