#include "logic/watch/glob.hpp"

#include <gtest/gtest.h>

namespace attune::logic::watch {
namespace {

struct Case {
    std::string pattern;
    std::string path;
    bool fits = true;
};

TEST(Glob, FitsWhatItSays) {
    const Case cases[] = {
        {"a.csv", "a.csv"},
        {"a.csv", "b.csv", false},
        {"a.csv", "a.csv/b", false},
        {"*.csv", "a.csv"},
        {"*.csv", ".csv"},
        {"*.csv", "a.csv.part", false},
        {"*.csv", "in/a.csv", false},
        {"*", ".hidden"},
        {"a*b*c", "aXbYbZc"},
        {"a*b*c", "aXbYbZ", false},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaa", false},
        {"?.txt", "x.txt"},
        {"?.txt", ".txt", false},
        {"?.txt", "\xc3\xa9.txt"},
        {"?.txt", "\xff.txt"},
        {"[abc]x", "bx"},
        {"[abc]x", "dx", false},
        {"[a-f0-9]", "7"},
        {"[!a-f]", "g"},
        {"[^a-f]", "c", false},
        {"[]]", "]"},
        {"[!]]", "]", false},
        {"[a-]", "-"},
        {"[\\]]", "]"},
        {"[\xc3\xa0-\xc3\xbf]", "\xc3\xa9"},
        {"\\*", "*"},
        {"\\*", "a", false},
        {"{in,out}/*.csv", "out/a.csv"},
        {"{in,out}/*.csv", "tmp/a.csv", false},
        {"{a/b,c}/d", "a/b/d"},
        {"{a,b{c,d}}.x", "bd.x"},
        {"{a,b{c,d}}.x", "b.x", false},
        {"{,.}x", ".x"},
        {"\\{a}", "{a}"},
        {"[{]a", "{a"},
        {"**/x", "x"},
        {"**/x", "a/b/x"},
        {"**/x", "a/xx", false},
        {"a/**/b", "a/b"},
        {"a/**/b", "a/x/y/b"},
        {"a/**/b", "a/x/y", false},
        {"a/**", "a/x"},
        {"a/**", "a/x/y"},
        {"a/**", "a", false},
        {"**", "x"},
        {"**/a/**/b/**/c", "a/a/b/x/b/c"},
        {"**/a/**/b/**/c", "a/a/c/x/c", false},
        {"**/**/x", "x"},
        {"./a//b/", "a/b"},
    };

    for (const auto& one : cases) {
        const auto glob = Glob::parse(one.pattern);
        ASSERT_TRUE(glob) << one.pattern << ": " << glob.error().message;
        EXPECT_EQ(glob->matches(one.path), one.fits) << one.pattern << " on " << one.path;
    }
}

TEST(Glob, KnowsWhichFoldersMayHoldWhatFits) {
    const Case cases[] = {
        {"*.csv", ""},
        {"*.csv", "in", false},
        {"in/*.csv", "in"},
        {"in/*.csv", "out", false},
        {"in/*.csv", "in/deeper", false},
        {"*/in/*.csv", "a"},
        {"*/in/*.csv", "a/in"},
        {"*/in/*.csv", "a/out", false},
        {"in/**/*.csv", "in/a/b/c"},
        {"in/**/*.csv", "a", false},
        {"**/*.csv", "a/b/c"},
        {"{a,b/c}/*", "b"},
        {"{a,b/c}/*", "b/d", false},
    };

    for (const auto& one : cases) {
        EXPECT_EQ(Glob::parse(one.pattern)->matches_below(one.path), one.fits) << one.pattern << " on " << one.path;
    }
}

TEST(Glob, RefusesWhatMeansNothingAndSaysWhy) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "got nothing"},
        {"/", "got nothing"},
        {"a**", "'**' stands alone between slashes, got 'a**'"},
        {"[abc", "'[' is not closed by ']' in '[abc'"},
        {"[]", "'[' is not closed by ']' in '[]'"},
        {"[z-a]", "the range in [z-a] ends before it begins"},
        {"{a,b", "'{' is not closed by '}'"},
        {"{a}", "'{' needs choices"},
        {"a\\", "a backslash is followed by nothing in 'a\\'"},
        {"../a", "must not have '..'"},
        {std::string(1025, 'a'), "expected at most 1024 characters, got 1025"},
        {"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "its braces make more than 64 patterns"},
        {std::string("a\0b", 3), "must not have a character 0"},
    };

    for (const auto& [pattern, problem] : cases) {
        const auto glob = Glob::parse(pattern);
        ASSERT_FALSE(glob) << pattern;
        EXPECT_NE(glob.error().message.find(problem), std::string::npos) << pattern << ": " << glob.error().message;
    }
    std::string deep = "a";
    for (int i = 0; i < 63; ++i) deep += "/a";
    EXPECT_FALSE(Glob::parse(deep));
    EXPECT_TRUE(Glob::parse(deep.substr(2))->matches(deep.substr(2)));
}

TEST(Glob, TellsItsPlainFoldersFromTheRest) {
    EXPECT_EQ(first_wild_component("/data/in/*.csv"), 9U);
    EXPECT_EQ(first_wild_component("/data/i?/a"), 6U);
    EXPECT_EQ(first_wild_component("/data/\\*/a"), 10U) << "the star is plain";
    EXPECT_EQ(unescaped("/data/\\*/a\\\\"), "/data/*/a\\");
}

} // namespace
} // namespace attune::logic::watch
