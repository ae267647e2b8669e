#include "logic/audit/differences.hpp"

#include <gtest/gtest.h>

namespace attune::logic::audit {
namespace {

TEST(AuditDifferences, OfAChangeAreTheMembersThatDiffer) {
    const auto said = describe({json::object{{"ref", "a.b"}, {"enabled", true}, {"generation", 4}, {"updated", "x"}},
                                json::object{{"ref", "a.b"}, {"enabled", false}, {"generation", 5}, {"updated", "y"}}});

    EXPECT_EQ(said, (json::object{{"operation", "updated"},
                                  {"before", json::object{{"enabled", true}}},
                                  {"after", json::object{{"enabled", false}}}}));
}

TEST(AuditDifferences, OfSomethingNewAreAllItsMembers) {
    EXPECT_EQ(describe({{}, json::object{{"ref", "a.b"}, {"generation", 1}}}),
              (json::object{{"operation", "created"}, {"after", json::object{{"ref", "a.b"}}}}));
}

TEST(AuditDifferences, OfSomethingDeletedAreAllItsMembers) {
    EXPECT_EQ(describe({json::object{{"ref", "a.b"}}, {}}),
              (json::object{{"operation", "deleted"}, {"before", json::object{{"ref", "a.b"}}}}));
}

TEST(AuditDifferences, AreBounded) {
    const auto said = describe({{}, json::object{{"ref", "a.b"}, {"code", std::string(kMostText, 'x')}}});

    const auto& after = said.at("after");
    EXPECT_EQ(after.at("truncated"), true);
    EXPECT_EQ(after.at("members"), (json::array{"ref", "code"}));
    EXPECT_LT(to_text(json::value(said)).size(), 200U);
}

} // namespace
} // namespace attune::logic::audit
