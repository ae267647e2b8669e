#include "base/reflect.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

enum class Colour { red, green_ };
ATTUNE_ENUM(Colour, red, green_)

struct Inner {
    int size = 3;
    std::optional<std::string> note;
};
ATTUNE_FIELDS(Inner, size, note);

struct Outer {
    std::string name;
    Colour colour = Colour::red;
    std::vector<Inner> parts;
    Omittable<Timestamp> at;
    Patch<std::string> label;
};
ATTUNE_FIELDS(Outer, name, colour, parts, at, label);

Result<Outer> read(std::string_view text, DecodeOptions options = {}) {
    auto value = parse_json(text);
    return from_json<Outer>(*value, {}, options);
}

TEST(Reflect, ReadsANestedStruct) {
    auto outer =
        read(R"({"name":"a","colour":"green","parts":[{"size":2.0,"note":null}],"at":"2026-01-02T03:04:05Z"})");

    ASSERT_TRUE(outer) << outer.error().text();
    EXPECT_EQ(outer->colour, Colour::green_);
    EXPECT_EQ(outer->parts.at(0).size, 2);
    EXPECT_FALSE(outer->label.present);
    EXPECT_EQ(to_text(to_json(*outer)), R"({"name":"a","colour":"green","parts":[{"size":2,"note":null}],)"
                                        R"("at":"2026-01-02T03:04:05.000000Z","label":null})");
}

TEST(Reflect, NamesTheFieldAtFault) {
    EXPECT_EQ(read(R"({"name":"a","colour":"blue","parts":[]})").error().text(),
              "colour: expected one of red|green, got \"blue\"");
    EXPECT_EQ(read(R"({"name":"a","colour":"red","parts":[{"size":2},{"size":"x"}]})").error().field, "parts[1].size");
    EXPECT_EQ(read(R"({"colour":"red","parts":[]})").error().text(), "name: is required (string)");
    EXPECT_EQ(read("[]").error().text(), "body: expected an object, got an array");
}

TEST(Reflect, RefusesUnknownMembersWithASuggestionWhenAsked) {
    const auto options = DecodeOptions{DecodeOptions::Unknown::refuse, DecodeOptions::Missing::defaults};

    EXPECT_EQ(read(R"({"color":"red"})", options).error().text(), "color: is not known; did you mean 'colour'?");
    EXPECT_TRUE(read(R"({"name":"x"})", options));
    EXPECT_TRUE(read(R"({"name":"a","colour":"red","parts":[],"extra":1})"));
}

TEST(Reflect, ReadsEveryFormOfAPatch) {
    const auto label = [](std::string_view text) {
        return read(fmt::format(R"({{"name":"a","colour":"red","parts":[],"label":{}}})", text))->label;
    };

    EXPECT_EQ(label(R"({"op":"set","value":"x"})").value, "x");
    EXPECT_TRUE(label(R"({"op":"clear"})").present);
    EXPECT_FALSE(label(R"({"op":"clear"})").value);
    EXPECT_EQ(label(R"("y")").value, "y");
    EXPECT_FALSE(label("null").value);
}

struct Row {
    std::string name = "n";
    std::optional<std::string> label = "old";
    Colour colour = Colour::green_;
    std::vector<int> sizes{1, 2};
    json::value terms = "t";
    std::int64_t count = 5;
};
ATTUNE_FIELDS(Row, name, label, colour, sizes, terms, count);

struct Body {
    std::optional<std::string> name;
    Patch<std::string> label;
    std::optional<Colour> colour;
    std::optional<std::vector<int>> sizes;
    Patch<json::value> terms;
    std::optional<std::string> elsewhere;
};
ATTUNE_FIELDS(Body, name, label, colour, sizes, terms, elsewhere);

Row changed_by(std::string_view text) {
    const auto body = from_json<Body>(*parse_json(text));
    Row row;
    assign_given(structure_of<Row>(), &row, structure_of<Body>(), &*body);
    return row;
}

TEST(AssignGiven, LeavesAloneWhatABodyLeavesOut) {
    EXPECT_EQ(to_text(to_json(changed_by(R"({"elsewhere":"x"})"))), to_text(to_json(Row{})));
}

TEST(AssignGiven, WritesWhatABodyGives) {
    const auto row = changed_by(R"({"name":"m","label":"new","colour":"red","sizes":[7],"terms":{"a":1}})");

    EXPECT_EQ(to_text(to_json(row)),
              R"({"name":"m","label":"new","colour":"red","sizes":[7],"terms":{"a":1},"count":5})");
}

TEST(AssignGiven, EmptiesWhatABodyClears) {
    const auto row = changed_by(R"({"label":null,"terms":{"op":"clear"}})");

    EXPECT_FALSE(row.label);
    EXPECT_EQ(row.terms, json::value(json::object{}));
}

struct Shown {
    Omittable<std::string> label;
    Omittable<std::vector<int>> sizes;
    std::optional<std::int64_t> count;
    json::value colour;
    int absent = 3;
};
ATTUNE_FIELDS(Shown, label, sizes, count, colour, absent);

TEST(ViewOf, TakesWhatHasTheSameNameAndFits) {
    Row row;
    row.sizes.clear();

    EXPECT_EQ(to_text(to_json(view_of<Shown>(row))), R"({"label":"old","count":5,"colour":"green","absent":3})");
}

enum class Small : std::uint8_t { one, two };
ATTUNE_ENUM(Small, one, two)

struct Numbers {
    std::uint16_t port = 0;
    std::int8_t tiny = 0;
    std::uint64_t huge = 0;
    Small small = Small::two;
    std::map<std::string, std::vector<Small>> by_name;
};
ATTUNE_FIELDS(Numbers, port, tiny, huge, small, by_name);

TEST(Reflect, KeepsIntegersOfEverySizeToTheirRange) {
    const auto read_numbers = [](std::string_view text) {
        return from_json<Numbers>(*parse_json(text), {}, {.missing = DecodeOptions::Missing::defaults});
    };
    const auto edge = read_numbers(R"({"port":65535,"tiny":-128,"huge":18446744073709551615,"small":"one"})");

    ASSERT_TRUE(edge) << edge.error().text();
    EXPECT_EQ(to_text(to_json(*edge)),
              R"({"port":65535,"tiny":-128,"huge":18446744073709551615,"small":"one","by_name":{}})");
    for (const auto* text : {R"({"port":65536})", R"({"port":-1})", R"({"tiny":128})", R"({"tiny":-129})",
                             R"({"huge":-1})", R"({"tiny":1.5})", R"({"port":"1"})"}) {
        EXPECT_FALSE(read_numbers(text)) << text;
    }
    EXPECT_EQ(read_numbers(R"({"by_name":{"a":["two","three"]}})").error().field, "by_name.a[1]");
}

struct Derived : Inner {
    bool more = true;
};
ATTUNE_FIELDS_AFTER(Inner, Derived, more);

TEST(Reflect, HasTheMembersOfTheBaseFirst) {
    EXPECT_EQ(to_text(to_json(Derived{})), R"({"size":3,"note":null,"more":true})");
    EXPECT_EQ(from_json<Derived>(*parse_json(R"({"size":9,"more":false})"))->size, 9);
}

TEST(JsonText, WritesNumbersAsPeopleDo) {
    EXPECT_EQ(to_text(json::array{0.3, 2.0, 1e-7, 12}), "[0.3,2.0,1e-07,12]");
    EXPECT_EQ(to_text(json::object{{"a", json::object{{"b", 1.5}}}, {"c", "x"}}), R"({"a":{"b":1.5},"c":"x"})");
}

TEST(JsonText, RefusesWhatIsNoJson) {
    for (const auto* text : {"", "{", "[1,]", "nul", "1 2", "\"a", "{\"a\":1e999}"})
        EXPECT_FALSE(parse_json(text)) << text;
    EXPECT_EQ(parse_json("{\n \"a\": x}").error().message.substr(0, 9), "not JSON:");
}

} // namespace
} // namespace attune
