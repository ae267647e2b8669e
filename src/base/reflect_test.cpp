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
