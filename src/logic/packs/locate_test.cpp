#include "logic/packs/locate.hpp"

#include <gtest/gtest.h>

namespace attune::logic::packs {
namespace {

constexpr std::string_view kText = "ref: demo.x\n"
                                   "label: X\n"
                                   "parameters:\n"
                                   "  who:\n"
                                   "    type: string\n"
                                   "  label: {type: number, \"default\": 5}\n"
                                   "grants:\n"
                                   "  - resource: packs\n"
                                   "    actions: [read]\n";

TEST(LineOf, FindsAMemberByItsPath) {
    const struct {
        std::string_view path;
        std::size_t line;
    } rows[] = {{"ref", 1},
                {"parameters", 3},
                {"parameters.who", 4},
                {"parameters.who.type", 5},
                {"parameters.label", 6},
                {"parameters.label.default", 6},
                {"grants[0].actions", 9},
                {"parameters.who.missing", 4},
                {"nowhere", 0},
                {"", 0}};
    for (const auto& row : rows) EXPECT_EQ(line_of(kText, row.path), row.line) << row.path;
}

TEST(LineOf, TakesPartsOfWordsForNothing) {
    EXPECT_EQ(line_of("xref: 1\nref2: 2\nref : 3\n", "ref"), 3U);
    EXPECT_EQ(line_of("a ref of: 1\n", "ref"), 0U);
}

} // namespace
} // namespace attune::logic::packs
