#include "logic/schema/params.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

const json::value& flat() {
    static const json::value schema = parse(R"({
        "message": {"type": "string", "required": true, "position": 0, "minLength": 1},
        "count": {"type": "integer", "default": 3, "minimum": 1, "maximum": 10},
        "level": {"type": "string", "enum": ["low", "high"], "required": true, "default": "low"},
        "token": {"type": "string", "secret": true, "description": "of the API"},
        "options": {"type": "object", "properties": {"deep": {"type": "boolean", "required": true}}}})");
    return schema;
}

std::string problems_of(std::string_view params, TemplatesAllowed templates = TemplatesAllowed::yes,
                        const json::value& schema = flat()) {
    std::string out;
    for (const auto& problem : validate_params(schema, parse(params), "action_params", templates)) {
        if (!out.empty()) out += '\n';
        out += problem.path + ": " + problem.message;
    }
    return out;
}

TEST(FlatSchema, BecomesJsonSchema) {
    const auto schema = parse(
        R"({"a": {"type": "string", "required": true, "secret": true, "position": 1, "description": "d"}, "b": {"type": "integer", "required": false}})");

    EXPECT_EQ(
        to_json_schema(schema),
        parse(
            R"({"type": "object", "properties": {"a": {"type": "string", "description": "d"}, "b": {"type": "integer"}}, "required": ["a"]})"));
    EXPECT_EQ(to_json_schema(nullptr), parse(R"({"type": "object", "properties": {}})"));
    EXPECT_EQ(to_json_schema(json::object{}), parse(R"({"type": "object", "properties": {}})"));
}

TEST(FlatSchema, MayNameItsParametersLikeKeywords) {
    const auto schema = parse(
        R"({"type": {"type": "string", "required": true}, "properties": {"type": "object"}, "required": {"type": "boolean"}})");

    EXPECT_EQ(to_json_schema(schema),
              parse(R"({"type": "object", "properties": {"type": {"type": "string"}, "properties": {"type": "object"},
                                                "required": {"type": "boolean"}}, "required": ["type"]})"));
}

TEST(FlatSchema, MayBeAnObjectSchemaAlready) {
    const auto schema = parse(
        R"({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string", "secret": true, "default": "x"}}, "required": ["a"], "additionalProperties": false})");

    EXPECT_EQ(problems_of(R"({"a": "x"})", TemplatesAllowed::no, schema), "");
    EXPECT_EQ(problems_of(R"({"c": 1})", TemplatesAllowed::no, schema),
              "action_params.a: is required\naction_params.c: is not known");
    EXPECT_THAT(validate_flat_schema(schema), IsEmpty());
    json::object params;
    fill_defaults(schema, params);
    EXPECT_EQ(params, json::object({{"b", "x"}}));
}

TEST(FlatSchema, IsCheckedItself) {
    EXPECT_THAT(validate_flat_schema(flat()), IsEmpty());
    EXPECT_THAT(validate_flat_schema(nullptr), IsEmpty());
    const struct {
        std::string_view schema;
        std::string_view path;
    } rows[] = {{"[]", "param_schema"},
                {R"("x")", "param_schema"},
                {R"({"a": "string"})", "param_schema.a"},
                {R"({"a": {"type": "text"}})", "param_schema.a.type"},
                {R"({"a": {"required": "yes"}})", "param_schema.a.required"},
                {R"({"a": {"secret": 1}})", "param_schema.a.secret"},
                {R"({"a": {"position": "first"}})", "param_schema.a.position"},
                {R"({"a": {"enum": "x"}})", "param_schema.a.enum"},
                {R"({"a": {"items": {"minimum": "x"}}})", "param_schema.a.items.minimum"},
                {R"({"": {}})", "param_schema"},
                {R"({"type": "object", "properties": {"a": {"type": 5}}})", "param_schema.properties.a.type"}};
    for (const auto& row : rows) {
        const auto problems = validate_flat_schema(parse(row.schema));
        ASSERT_FALSE(problems.empty()) << row.schema;
        EXPECT_EQ(problems.front().path, row.path) << row.schema;
    }
}

TEST(Params, AreCheckedWithTheirPath) {
    EXPECT_EQ(problems_of(R"({"message": "hi"})"), "");
    EXPECT_EQ(problems_of(R"({"message": "hi", "unknown": 1})"), "");
    EXPECT_EQ(problems_of("{}"), "action_params.message: is required");
    EXPECT_EQ(problems_of("null"), "action_params.message: is required");
    EXPECT_EQ(problems_of(R"({"message": ""})"), "action_params.message: expected at least 1 characters, got 0");
    EXPECT_EQ(problems_of(R"({"message": "x", "count": 11})"), "action_params.count: expected at most 10, got 11");
    EXPECT_EQ(problems_of(R"({"message": "x", "count": null})"), "");
    EXPECT_EQ(problems_of(R"({"message": "x", "level": "mid"})"),
              "action_params.level: expected \"low\"|\"high\", got \"mid\"");
    EXPECT_EQ(problems_of(R"({"message": "x", "options": {}})"), "action_params.options.deep: is required");
    EXPECT_EQ(problems_of("[1]"), "action_params: expected an object of parameters by name, got an array");
}

TEST(Params, MayBeTemplatesWhereTheseAreAllowed) {
    const auto* params =
        R"({"message": "{{ event.payload.m }}", "count": "{{ event.payload.n }}", "level": "{{ x }}", "options": {"deep": "{{ y }}"}})";

    EXPECT_EQ(problems_of(params, TemplatesAllowed::yes), "");
    EXPECT_THAT(problems_of(params, TemplatesAllowed::no), HasSubstr("action_params.count: expected an integer"));
}

TEST(Params, CannotBeCheckedAgainstAMalformedSchema) {
    EXPECT_EQ(problems_of("{}", TemplatesAllowed::yes, parse(R"({"a": {"type": "text"}})"))
                  .find("action_params: cannot be checked, the schema is not valid: a.type: "),
              0U);
}

TEST(Params, AreNotCheckedWithoutASchema) {
    EXPECT_EQ(problems_of(R"({"anything": [1]})", TemplatesAllowed::no, nullptr), "");
    EXPECT_EQ(problems_of(R"({"anything": [1]})", TemplatesAllowed::no, json::object{}), "");
}

TEST(Defaults, FillWhatIsMissingOrNull) {
    auto params = parse(R"({"count": null, "level": "high", "token": null})").as_object();

    fill_defaults(flat(), params);

    EXPECT_EQ(params, parse(R"({"count": 3, "level": "high", "token": null})").as_object());
    fill_defaults(nullptr, params);
    fill_defaults(parse(R"({"x": "not an object"})"), params);
    EXPECT_EQ(params.size(), 3U);
}

TEST(Secrets, AreNamed) {}

} // namespace
} // namespace attune::logic::schema
