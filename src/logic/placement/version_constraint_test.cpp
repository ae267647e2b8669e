#include "logic/placement/version_constraint.hpp"

#include <gtest/gtest.h>

namespace attune::logic::placement {
namespace {

TEST(VersionConstraint, AllowsTheVersionsOfTheTable) {
    struct Row {
        std::string_view constraint;
        std::string_view version;
        bool allowed;
    };
    constexpr Row kTable[] = {
        {"*", "3.11.2", true},
        {"", "3.11.2", true},
        {"3.11", "3.11.2", true},
        {"3.11", "3.12.0", false},
        {"3.11", "3.1.1", false},
        {"3", "3.9", true},
        {"3.x", "3.9.1", true},
        {"3.*", "4.0", false},
        {"3.11.2", "3.11.2", true},
        {"3.11.2", "3.11.3", false},
        {"==3.11.2", "3.11.2", true},
        {">=3.9", "3.9.0", true},
        {">=3.9", "3.8.19", false},
        {">= 3.9 , < 3.13", "3.12.7", true},
        {">=3.9 <3.13", "3.13.0", false},
        {">3.9", "3.9.5", false},
        {">3.9", "3.10.0", true},
        {"<=3.9", "3.9.5", true},
        {"<3", "2.7.18", true},
        {"^3.9", "3.12", true},
        {"^3.9", "4.0", false},
        {"^0.2.3", "0.2.9", true},
        {"^0.2.3", "0.3.0", false},
        {"^0.0.3", "0.0.4", false},
        {"~3.9.2", "3.9.9", true},
        {"~3.9.2", "3.10.0", false},
        {"~=3.9", "3.9.1", true},
        {"~3", "3.99", true},
        {"!=3.10", "3.10.4", false},
        {"!=3.10", "3.11.0", true},
        {"2.7 || >=3.6", "2.7.18", true},
        {"2.7 || >=3.6", "3.5.0", false},
        {"v18", "v18.19.0", true},
        {">=3.11", "3.11.0rc1", true},
        {">=5", "5.2.15(1)-release", true},
        {"*", "no version", false},
    };
    for (const auto& row : kTable) {
        const auto constraint = VersionConstraint::parse(row.constraint);
        ASSERT_TRUE(constraint) << row.constraint;
        EXPECT_EQ(constraint->allows(row.version), row.allowed) << row.constraint << " of " << row.version;
    }
}

TEST(VersionConstraint, RefusesWhatIsNoneByName) {
    for (const auto* text : {"latest", ">=", "3.11 beta", "=>3", "3..1", ">x", "||", "3 ||", "3.11.2.1"}) {
        const auto constraint = VersionConstraint::parse(text);
        ASSERT_FALSE(constraint) << text;
        EXPECT_EQ(constraint.error().field, "runtime_version_constraint");
    }
    EXPECT_FALSE(VersionConstraint::parse(std::string(1000, '3')));
}

TEST(VersionConstraint, KnowsWhenAnyVersionWillDo) {
    EXPECT_TRUE(VersionConstraint::parse("*")->is_any());
    EXPECT_TRUE(VersionConstraint::parse("")->is_any());
    EXPECT_TRUE(VersionConstraint::parse("3 || *")->is_any());
    EXPECT_FALSE(VersionConstraint::parse(">=1")->is_any());
}

} // namespace
} // namespace attune::logic::placement
