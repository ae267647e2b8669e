#include "adapters/yaml/parse_yaml.hpp"

#include "adapters/yaml/write_yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::adapters::yaml {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The document as compact JSON, or "error: …".
std::string read(std::string_view text, YamlLimits limits = {}) {
    const auto value = parse_yaml(text, "test.yaml", limits);
    return value ? to_text(*value) : "error: " + value.error().message;
}

TEST(ParseYaml, ReadsPlainScalarsByTheCoreSchema) {
    EXPECT_EQ(read("[true, False, null, ~, NULL]"), "[true,false,null,null,null]");
    EXPECT_EQ(read("[1, -2, +3, 007, 0o17, 0xfF, 18446744073709551615]"), "[1,-2,3,7,15,255,18446744073709551615]");
    EXPECT_EQ(read("[1.5, -.5, 2., 1e3]"), "[1.5,-0.5,2.0,1000.0]");
    EXPECT_EQ(read("[yes, off, 2024-01-02, 1.2.3, 1_000, 0b1, 1:30, e5]"),
              R"(["yes","off","2024-01-02","1.2.3","1_000","0b1","1:30","e5"])");
}

TEST(ParseYaml, KeepsQuotedScalarsAsTexts) {
    EXPECT_EQ(read(R"(["1", 'true', "null", '', "a\nb"])"), R"(["1","true","null","","a\nb"])");
    EXPECT_EQ(read("a: |\n  one\n  two\nb: >-\n  x\n  y\n"), R"({"a":"one\ntwo\n","b":"x y"})");
    EXPECT_EQ(read("[!!str 1, !!int \"3\", !!float 2]"), R"(["1",3,2.0])");
}

TEST(ParseYaml, ReadsNestedMappingsInTheirOrder) {
    EXPECT_EQ(read("z: {b: [1, {c: d}]}\na:\n- x: 1\n  y: 2\n-\n1: one\n"),
              R"({"z":{"b":[1,{"c":"d"}]},"a":[{"x":1,"y":2},null],"1":"one"})");
}

TEST(ParseYaml, TakesAnEmptyTextForNull) {
    EXPECT_EQ(read(""), "null");
    EXPECT_EQ(read("# only a comment\n"), "null");
    EXPECT_EQ(read("---\n"), "null");
}

TEST(ParseYaml, RepeatsWhatAliasesName) {
    EXPECT_EQ(read("a: &x {n: 1}\nb: *x\n"), R"({"a":{"n":1},"b":{"n":1}})");
    EXPECT_THAT(read("a: *nothing\n"), HasSubstr("error: test.yaml:1"));
    EXPECT_THAT(read("a: &x [*x]\n"), HasSubstr("inside what it names"));
}

TEST(ParseYaml, BoundsAliasBombs) {
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{0}: &a{0} [", i);
        for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j == 0 ? "" : ",", i - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(read(bomb), HasSubstr("more than 100000 values"));
}

TEST(ParseYaml, NamesLineAndColumnOfAKeyThatStandsTwice) {
    EXPECT_EQ(read("a: 1\nb:\n  c: 1\n  c: 2\n"), "error: test.yaml:4:3: the key 'c' stands twice");
}

TEST(ParseYaml, RefusesWhatJsonCannotHold) {
    EXPECT_THAT(read("a: .inf"), HasSubstr("test.yaml:1:4: infinite numbers"));
    EXPECT_THAT(read("a: 1e999"), HasSubstr("out of range"));
    EXPECT_THAT(read("[a]: 1"), HasSubstr("a key must be"));
    EXPECT_THAT(read("? {a: b}\n: 1"), HasSubstr("a key must be"));
    EXPECT_THAT(read("~: 1"), HasSubstr("a key must not be empty or null"));
    EXPECT_THAT(read("a: !mine 1"), HasSubstr("is not known"));
    EXPECT_THAT(read("a: &x {b: 1}\nc:\n  <<: *x\n"), HasSubstr("merge keys"));
}

TEST(ParseYaml, RefusesSeveralDocuments) {
    EXPECT_THAT(read("a: 1\n---\nb: 2\n"), HasSubstr("only one document"));
}

TEST(ParseYaml, RefusesWhatIsNoCleanText) {
    EXPECT_THAT(read("a: \xff"), HasSubstr("not UTF-8"));
    EXPECT_THAT(read(std::string_view("a: 1\n\x04 b: 2\n")), HasSubstr("test.yaml:2: a control character (0x04)"));
    EXPECT_EQ(read(R"(a: "x\0y")"), "{\"a\":\"x\xEF\xBF\xBDy\"}");
}

TEST(ParseYaml, RefusesBadSyntaxWithItsPlace) {
    for (const auto* bad : {"a: [1, 2", "a: b: c", "\t- x", "a: 'open", "{a: 1", "- a\nb: c", "a: %", "@x"}) {
        EXPECT_THAT(read(bad), HasSubstr("error: test.yaml:")) << bad;
    }
}

TEST(ParseYaml, RefusesWhatIsTooDeepOrTooLong) {
    EXPECT_THAT(read(std::string(100, '[') + std::string(100, ']')), HasSubstr("nested deeper than 64"));
    EXPECT_THAT(read(std::string(100'000, '[')), HasSubstr("error: test.yaml"));
    EXPECT_THAT(read("abcdef", {.bytes = 5}), HasSubstr("longer than 5 bytes"));
}

TEST(WriteYaml, WritesWhatParseYamlReadsBack) {
    for (const auto* text : {R"({"a":{"b":[1,{"c":"d","e":[]},[2,[3]]],"f":{}},"g":"x: y","h":"true","i":"","j":null})",
                             R"(["- a","#","a b","1.5",1.5,"~",".inf","line\nline","@x","é","null"])", R"("x")", "{}",
                             R"({"true":1,"a b":{"":2}})"}) {
        const auto value = parse_json(text);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(read(to_yaml(*value)), to_text(*value)) << to_yaml(*value);
    }
}

TEST(WriteYaml, WritesBlocksForPeople) {
    EXPECT_EQ(to_yaml(*parse_json(R"({"name":"a","list":[{"x":1,"y":"two words"}]})")),
              "name: a\nlist:\n  - x: 1\n    y: \"two words\"\n");
}

} // namespace
} // namespace attune::adapters::yaml
