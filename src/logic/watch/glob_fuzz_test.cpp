// Seeded random patterns and paths: nothing that can be written crashes, hangs or contradicts itself.
#include "base/text.hpp"
#include "logic/watch/glob.hpp"
#include "logic/watch/path_text.hpp"

#include <gtest/gtest.h>
#include <random>

namespace attune::logic::watch {
namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string of(const std::vector<std::string_view>& tokens, std::size_t most) {
        std::string out;
        for (auto n = below(most); n > 0; --n) out += tokens[below(tokens.size())];
        return out;
    }
    std::string bytes() {
        std::string out(below(40), '\0');
        for (auto& c : out) c = static_cast<char>(random_());
        return out;
    }
    std::string pattern() {
        return of({"*", "**",    "**/", "/", "?", "[", "]", "[a-c]", "[!b]", "{",        "}",
                   ",", "{a,b}", "\\",  "a", "b", "c", "-", ".",     "..",   "\xc3\xa9", "\xff"},
                  12);
    }
    std::string path() { return of({"a", "b", "c", "/", ".", "*", "\xc3\xa9", "\xff"}, 10); }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::mt19937 random_;
};

/// What fits lies below folders that may hold what fits.
void check(const Glob& glob, std::string_view path) {
    if (!glob.matches(path) || path.empty()) return;
    EXPECT_TRUE(glob.matches_below({})) << path;
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        if (slash > 0) EXPECT_TRUE(glob.matches_below(path.substr(0, slash))) << path;
    }
}

TEST(GlobFuzz, SurvivesAnyBytes) {
    Generator generator(1);
    for (int i = 0; i < 50'000; ++i) {
        const auto glob = Glob::parse(generator.bytes());
        if (glob) check(*glob, generator.bytes());
    }
}

TEST(GlobFuzz, SurvivesAnyPattern) {
    Generator generator(2);
    int parsed = 0;
    for (int i = 0; i < 50'000; ++i) {
        const auto glob = Glob::parse(generator.pattern());
        if (!glob) {
            EXPECT_FALSE(glob.error().message.empty());
            continue;
        }
        ++parsed;
        for (int n = 0; n < 4; ++n) check(*glob, generator.path());
    }
    EXPECT_GT(parsed, 10'000);
}

TEST(GlobFuzz, TakesAPlainPathForItself) {
    Generator generator(3);
    for (int i = 0; i < 20'000; ++i) {
        const auto name = replace_all(generator.bytes(), "/", "");
        std::string escaped;
        for (const char c : name)
            escaped += static_cast<unsigned char>(c) < 0x80 ? fmt::format("\\{}", c) : std::string{c};
        const auto glob = Glob::parse(escaped);
        if (glob) EXPECT_TRUE(glob->matches(name)) << escaped;
    }
}

TEST(GlobFuzz, TakesNoLongForPatternsMadeToTakeLong) {
    std::string stars;
    for (int i = 0; i < 500; ++i) stars += "*a";
    const auto glob = *Glob::parse(stars + "b");
    std::string depths;
    for (int i = 0; i < 31; ++i) depths += "**/a/";
    const auto deep = *Glob::parse(depths + "b");
    std::string path;
    for (int i = 0; i < 2000; ++i) path += "a/";

    EXPECT_FALSE(glob.matches(std::string(255, 'a')));
    EXPECT_FALSE(deep.matches(path + "c"));
}

TEST(PathText, KeepsAnyBytes) {
    Generator generator(4);
    for (int i = 0; i < 50'000; ++i) {
        const auto path = generator.bytes();
        const auto text = path_to_text(path);
        ASSERT_TRUE(is_valid_utf8(text));
        ASSERT_EQ(path_from_text(text), path);
    }
    EXPECT_EQ(path_to_text("in/h\xc3\xa9.csv"), "in/h\xc3\xa9.csv");
    EXPECT_EQ(path_to_text("100%\xff"), "100%25%FF");
}

} // namespace
} // namespace attune::logic::watch
