#include "logic/watch/selection.hpp"

#include <gtest/gtest.h>

namespace attune::logic::watch {
namespace {

Result<WatchConfig> read(std::string_view text) {
    return read_config(parse_json(text)->get_object());
}

TEST(WatchConfig, HasADefaultForAllButThePath) {
    const auto config = *read(R"({"path": "/data/in"})");

    EXPECT_FALSE(config.recursive);
    EXPECT_EQ(config.kinds.size(), 4U);
    EXPECT_EQ(config.settle, 1s);
    EXPECT_TRUE(config.ignore.empty());
    EXPECT_FALSE(config.catch_up);
    EXPECT_FALSE(config.each_host);
}

TEST(WatchConfig, ReadsEveryParameter) {
    const auto config = *read(R"({"path": "/data/in", "recursive": true, "kinds": ["created", "moved"],
        "settle": "250ms", "ignore": ["*.tmp", ".git/"], "catch_up": true, "each_host": true})");

    EXPECT_TRUE(config.recursive);
    EXPECT_TRUE(config.asks_for(ChangeKind::moved));
    EXPECT_FALSE(config.asks_for(ChangeKind::deleted));
    EXPECT_EQ(config.settle, 250ms);
    EXPECT_EQ(config.ignore, (std::vector<std::string>{"*.tmp", ".git/"}));
    EXPECT_TRUE(config.catch_up);
    EXPECT_TRUE(config.each_host);
}

TEST(WatchConfig, NamesTheParameterThatIsWrongAndWhatItExpected) {
    const std::tuple<std::string, std::string, std::string> cases[] = {
        {R"({})", "path", "is required"},
        {R"({"path": "data"})", "path", "expected an absolute path, beginning with '/', got \"data\""},
        {R"({"path": "/data/../etc"})", "path", "must not have '..'"},
        {R"({"path": 7})", "path", "7"},
        {R"({"path": "/data/[a"})", "path", "'[' is not closed by ']' in '[a'"},
        {R"({"path": "/a", "recursiv": true})", "recursiv", "did you mean 'recursive'?"},
        {R"({"path": "/a/*", "recursive": true})", "recursive", "'**' where it descends"},
        {R"({"path": "/a", "kinds": []})", "kinds", "expected at least one of created|modified|deleted|moved"},
        {R"({"path": "/a", "kinds": ["created", "modifed"]})", "kinds[1]", "expected one of created|modified"},
        {R"({"path": "/a", "settle": "10ms"})", "settle", "expected 50ms to 1h, got 10ms"},
        {R"({"path": "/a", "settle": "soon"})", "settle", "soon"},
        {R"({"path": "/a", "ignore": ["ok", "a**"]})", "ignore[1]", "'**' stands alone"},
        {R"({"path": "/a", "ignore": [""]})", "ignore[0]", "got nothing"},
    };

    for (const auto& [text, field, problem] : cases) {
        const auto config = read(text);
        ASSERT_FALSE(config) << text;
        EXPECT_EQ(config.error().code, Errc::invalid) << text;
        EXPECT_EQ(config.error().field, field) << text;
        EXPECT_NE(config.error().message.find(problem), std::string::npos) << text << ": " << config.error().message;
    }
}

Selection selection(std::string_view text) {
    return *Selection::of(*read(text));
}

TEST(Selection, IsTheFilesOfAFolder) {
    const auto one = selection(R"({"path": "/data//in/"})");

    EXPECT_EQ(one.root(), "/data/in");
    EXPECT_TRUE(one.selects("a.csv"));
    EXPECT_FALSE(one.selects("b/a.csv"));
    EXPECT_TRUE(one.enters(""));
    EXPECT_FALSE(one.enters("b"));
    EXPECT_TRUE(one.selects("")) << "it may be a file";
    EXPECT_EQ(one.absolute("a.csv"), "/data/in/a.csv");
    EXPECT_EQ(one.absolute(""), "/data/in");
}

TEST(Selection, IsAllThatLiesBelowAFolder) {
    const auto one = selection(R"({"path": "/", "recursive": true})");

    EXPECT_EQ(one.root(), "/");
    EXPECT_TRUE(one.selects("b/c/a.csv"));
    EXPECT_TRUE(one.enters("b/c"));
    EXPECT_EQ(one.absolute("b"), "/b");
}

TEST(Selection, IsWhatFitsAPattern) {
    const auto one = selection(R"({"path": "/data/\\*/in-*/**/*.csv"})");

    EXPECT_EQ(one.root(), "/data/*");
    EXPECT_TRUE(one.selects("in-1/x/a.csv"));
    EXPECT_FALSE(one.selects("out/x/a.csv"));
    EXPECT_FALSE(one.selects("")) << "the folder is no file";
    EXPECT_TRUE(one.enters("in-1/x"));
    EXPECT_FALSE(one.enters("out"));
}

TEST(Selection, LeavesOutWhatIsIgnored) {
    const auto one =
        selection(R"({"path": "/data", "recursive": true, "ignore": ["*.tmp", "cache/", "/logs/**/*.gz", ".git"]})");

    EXPECT_FALSE(one.selects("b/a.tmp")) << "a pattern without a slash is about names, wherever they are";
    EXPECT_FALSE(one.enters("b/cache"));
    EXPECT_TRUE(one.selects("b/cache")) << "a file is no folder";
    EXPECT_FALSE(one.selects("logs/x/a.gz")) << "one with a slash is about paths";
    EXPECT_TRUE(one.selects("b/logs/a.gz"));
    EXPECT_FALSE(one.enters(".git"));
    EXPECT_FALSE(one.selects(".git"));
    EXPECT_FALSE(selection(R"({"path": "/data/a.tmp", "ignore": ["*.tmp"]})").selects(""));
}

} // namespace
} // namespace attune::logic::watch
