#include "logic/schema/validator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace attune::logic::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

/// The problems as "path: message", one a line.
std::string problems_of(std::string_view schema, std::string_view value,
                        TemplatesAllowed templates = TemplatesAllowed::no) {
    const auto validator = Validator::compile(parse(schema));
    if (!validator) return "schema: " + validator.error().text();
    std::string out;
    for (const auto& problem : validator->validate(parse(value), templates)) {
        if (!out.empty()) out += '\n';
        out += problem.path + ": " + problem.message;
    }
    return out;
}

TEST(Validator, SaysWhereAndWhatWasExpected) {
    const struct {
        std::string_view schema;
        std::string_view value;
        std::string_view expected;
    } rows[] = {
        {R"({"type": "integer"})", R"("5")", ": expected an integer, got \"5\""},
        {R"({"type": ["string", "null"]})", "5", ": expected null or a string, got 5"},
        {R"({"properties": {"a": {"items": {"minimum": 3}}}})", R"({"a": [5, 2]})", "a[1]: expected at least 3, got 2"},
        {R"({"required": ["x", "y"]})", "{}", "x: is required\ny: is required"},
        {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"a": 1, "b": 2})", "b: is not known"},
        {R"({"enum": ["a", 1, null]})", R"("b")", ": expected \"a\"|1|null, got \"b\""},
        {R"({"const": 5})", "6", ": expected 5, got 6"},
        {R"({"minLength": 3})", "\"\u00e9\u00e9\"", ": expected at least 3 characters, got 2"},
        {R"({"pattern": "^a"})", R"("b")", ": expected text that matches the pattern ^a, got \"b\""},
        {R"({"format": "uuid"})", R"("x")", ": expected text of the format uuid, got \"x\""},
        {R"({"uniqueItems": true})", "[1, 2, 1.0]", ": expected different items, but [0] and [2] are equal"},
        {R"({"contains": {"type": "string"}})", "[1]",
         ": expected at least 1 items of the kind that must be contained, got 0"},
        {R"({"anyOf": [{"type": "string"}, {"minimum": 9}]})", "5", ": 5 fits none of the 2 alternatives"},
        {R"({"oneOf": [{"minimum": 1}, {"minimum": 2}]})", "5",
         ": 5 fits several of the 2 alternatives, expected exactly one"},
        {R"({"not": {"const": 5}})", "5", ": 5 is excluded by 'not'"},
        {R"({"propertyNames": {"maxLength": 1}})", R"({"ab": 1})", "ab: is not an allowed name"},
        {R"({"if": {"required": ["a"]}, "then": {"required": ["b"]}})", R"({"a": 1})", "b: is required"},
        {R"({"dependentRequired": {"a": ["b"]}})", R"({"a": 1})", "b: is required"},
        {R"({"properties": {"a": false}})", R"({"a": 1})", "a: is not allowed here"}};
    for (const auto& row : rows) EXPECT_EQ(problems_of(row.schema, row.value), row.expected) << row.schema;
}

TEST(Validator, CollectsEveryProblem) {
    const auto problems = problems_of(
        R"({"properties": {"a": {"type": "string"}, "b": {"minimum": 5, "multipleOf": 2}}, "required": ["c"]})",
        R"({"a": 1, "b": 3})");

    EXPECT_EQ(problems, "c: is required\na: expected a string, got 1\nb: expected at least 5, got 3\nb: expected a "
                        "multiple of 2, got 3");
}

TEST(Validator, FollowsThe2020Edition) {
    EXPECT_EQ(problems_of(R"({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}})", R"(["a", 1, "b"])"),
              "[2]: expected an integer, got \"b\"");
    EXPECT_EQ(problems_of(R"({"contains": {"const": 1}, "minContains": 0})", "[]"), "");
    EXPECT_THAT(problems_of(R"({"contains": {"const": 1}, "maxContains": 1})", "[1, 1]"), HasSubstr("at most 1 items"));
    EXPECT_THAT(problems_of(R"({"dependentSchemas": {"a": {"maxProperties": 1}}})", R"({"a": 1, "b": 1})"),
                HasSubstr("at most 1 properties"));
    EXPECT_THAT(problems_of(R"({"$defs": {"n": {"type": "integer"}}, "$ref": "#/$defs/n", "minimum": 5})", "3"),
                HasSubstr("at least 5"));
    EXPECT_THAT(
        problems_of(
            R"({"$schema": "http://json-schema.org/draft-07/schema#", "$defs": {"n": {}}, "properties": {"a": {"$ref": "#/$defs/n", "minimum": 5}}})",
            R"({"a": 3})"),
        IsEmpty());
    EXPECT_THAT(problems_of(R"({"$defs": {"n": {"$anchor": "num", "type": "integer"}}, "$ref": "#num"})", "\"x\""),
                HasSubstr("an integer"));
}

TEST(Validator, FollowsCircularReferences) {
    const auto* tree =
        R"({"$ref": "#/$defs/node", "$defs": {"node": {"required": ["v"], "properties": {"v": {"type": "integer"},
                           "children": {"items": {"$ref": "#/$defs/node"}}}}}})";

    EXPECT_EQ(problems_of(tree, R"({"v": 1, "children": [{"v": 2}]})"), "");
    EXPECT_EQ(problems_of(tree, R"({"v": 1, "children": [{"v": 2, "children": [{}]}]})"),
              "children[0].children[0].v: is required");
    for (const auto* endless : {R"({"$ref": "#"})", R"({"allOf": [{"$ref": "#"}]})",
                                R"({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]})", R"({"not": {"$ref": "#"}})"}) {
        EXPECT_THAT(problems_of(endless, "1"), HasSubstr("too deeply nested")) << endless;
    }
}

TEST(Validator, GivesUpOnAValueThatTakesTooLong) {
    const auto* doubling =
        R"({"anyOf": [{"type": "array", "items": {"$ref": "#"}}, {"type": "array", "items": {"$ref": "#"}}]})";
    const auto deep = std::string(60, '[') + "5" + std::string(60, ']');

    EXPECT_EQ(problems_of(doubling, deep), ": is too large or too deeply nested to be checked against the schema");
}

TEST(Validator, RefusesASchemaThatIsMalformedWithItsPath) {
    const struct {
        std::string_view schema;
        std::string_view expected;
    } rows[] = {{"5", "schema: expected a schema"},
                {R"({"type": "text"})", "type: expected null|boolean|integer"},
                {R"({"type": []})", "type: expected at least one type"},
                {R"({"type": ["string", 5]})", "type[1]: expected null"},
                {R"({"properties": {"a": {"minimum": "3"}}})", "properties.a.minimum: expected a number, got \"3\""},
                {R"({"properties": [1]})", "properties: expected an object"},
                {R"({"properties": {"a": 1}})", "properties.a: expected a schema"},
                {R"({"required": true})", "required: expected a list of strings"},
                {R"({"required": ["a", 1]})", "required[1]: expected a string"},
                {R"({"minLength": -1})", "minLength: expected a whole number, 0 or more, got -1"},
                {R"({"maxItems": 1.5})", "maxItems: expected a whole number"},
                {R"({"multipleOf": 0})", "multipleOf: expected a number above 0"},
                {R"({"pattern": "("})", "pattern: bad pattern"},
                {R"-({"pattern": "(?=x)"})-", "pattern: bad pattern"},
                {R"({"patternProperties": {"(": {}}})", "patternProperties.(: bad pattern"},
                {R"({"enum": 5})", "enum: expected a list"},
                {R"({"items": 5})", "items: expected a schema"},
                {R"({"allOf": {}})", "allOf: expected a list of schemas"},
                {R"({"anyOf": [{}, 3]})", "anyOf[1]: expected a schema"},
                {R"({"$ref": 5})", "$ref: expected a string"},
                {R"({"$ref": "#/nowhere"})", "$ref: nothing is at '#/nowhere'"},
                {R"({"$ref": "#nowhere"})", "$ref: nothing is at"},
                {R"({"$ref": "http://example.com/x"})", "$ref: expected a reference within the schema"},
                {R"({"$ref": "#/enum", "enum": [1]})", "#/enum: expected a schema"},
                {R"({"uniqueItems": 1})", "uniqueItems: expected true or false"},
                {R"({"unevaluatedProperties": false})", "unevaluatedProperties: is not supported"},
                {R"({"$schema": 5})", "$schema: expected a string"}};
    for (const auto& row : rows)
        EXPECT_THAT(problems_of(row.schema, "1"), HasSubstr(std::string(row.expected))) << row.schema;
}

TEST(Validator, TakesATemplateForAnyValue) {
    const auto* schema =
        R"({"properties": {"n": {"type": "integer", "minimum": 3}, "e": {"enum": ["a"]}, "l": {"items": {"type": "boolean"}}}})";

    EXPECT_EQ(
        problems_of(schema, R"({"n": "{{ event.id }}", "e": "x{{ a }}", "l": ["{{ b }}"]})", TemplatesAllowed::yes),
        "");
    EXPECT_EQ(problems_of(schema, R"({"n": "{ event.id }"})", TemplatesAllowed::yes),
              "n: expected an integer, got \"{ event.id }\"");
    EXPECT_EQ(problems_of(schema, R"({"n": "{{ event.id }}"})"), "n: expected an integer, got \"{{ event.id }}\"");
}

TEST(Validator, IsBoundedInProblemsAndSubschemas) {
    const auto validator = Validator::compile(parse(R"({"items": {"type": "string"}})")).value();
    EXPECT_EQ(validator.validate(json::array(1000, json::value(1))).size(), Validator::kMaxProblems);

    EXPECT_FALSE(Validator::compile(json::object{{"allOf", json::array(10'001, json::object{})}}));
}

TEST(Validator, ChecksFormats) {
    const struct {
        std::string_view format;
        std::vector<std::string_view> good;
        std::vector<std::string_view> bad;
    } rows[] = {{"uuid",
                 {"123e4567-e89b-12d3-a456-426614174000"},
                 {"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", ""}},
                {"duration",
                 {"P1D", "PT1H30M", "P1Y2M3DT4H5M6S", "P3W"},
                 {"P", "PT", "1D", "P1", "P1H", "PT1D", "P1M1Y", "P1DT"}},
                {"date", {"2024-02-29"}, {"2023-02-29", "2024-2-9", "2024-02-29T", ""}},
                {"time", {"23:59:59Z", "01:02:03+01:00"}, {"24:00:00Z", "01:02", "01:02:03"}},
                {"date-time", {"2024-02-29T00:00:00Z"}, {"2024-02-29 00:00:00Z", "2024-02-29", "x"}},
                {"email", {"a.b+c@example.com"}, {"a@", "@b", "a b@c", "a..b@c", ".a@c", "a@-c"}},
                {"hostname", {"localhost", "a.b.c", "a.b."}, {"", ".", "a..b", "a_b"}},
                {"ipv4", {"10.0.0.1"}, {"10.0.0", "10.0.0.256", "::1"}},
                {"ipv6", {"::", "fe80::1", "::ffff:1.2.3.4"}, {"1", ":::", "1.2.3.4"}},
                {"uri", {"http://a/b?c#d", "urn:x:y"}, {"a/b", "http://a b", "http://["}},
                {"unheard-of", {"anything", ""}, {}}};
    for (const auto& row : rows) {
        const auto validator = Validator::compile(json::object{{"format", row.format}}).value();
        for (const auto text : row.good)
            EXPECT_TRUE(validator.validate(json::string(text)).empty()) << row.format << " " << text;
        for (const auto text : row.bad)
            EXPECT_FALSE(validator.validate(json::string(text)).empty()) << row.format << " " << text;
        EXPECT_TRUE(validator.validate(5).empty()) << row.format << " of a number";
    }
}

/// Random JSON made of keywords, their usual values and schemas.
json::value random_schema(std::mt19937& random, int depth) {
    static const std::vector<std::string_view> kKeywords = {"type",
                                                            "enum",
                                                            "const",
                                                            "minimum",
                                                            "maximum",
                                                            "exclusiveMinimum",
                                                            "multipleOf",
                                                            "minLength",
                                                            "maxLength",
                                                            "pattern",
                                                            "format",
                                                            "items",
                                                            "prefixItems",
                                                            "additionalItems",
                                                            "contains",
                                                            "minContains",
                                                            "uniqueItems",
                                                            "minItems",
                                                            "properties",
                                                            "patternProperties",
                                                            "additionalProperties",
                                                            "required",
                                                            "propertyNames",
                                                            "dependencies",
                                                            "dependentRequired",
                                                            "allOf",
                                                            "anyOf",
                                                            "oneOf",
                                                            "not",
                                                            "if",
                                                            "then",
                                                            "else",
                                                            "$ref",
                                                            "$defs",
                                                            "a"};
    static const std::vector<std::string_view> kTexts = {"string",    "integer",        "array", "object", "#",
                                                         "#/$defs/a", "#/properties/a", "#a",    "^a",     "(",
                                                         "date",      "ipv4",           "uri",   "a"};
    switch (random() % (depth > 0 ? 9 : 4)) {
    case 0: return random() % 2 == 0;
    case 1: return static_cast<std::int64_t>(random() % 4) - 1;
    case 2: return 0.5;
    case 3: return json::string(kTexts[random() % kTexts.size()]);
    case 4: {
        json::array list;
        for (auto n = random() % 3; n > 0; --n) list.push_back(random_schema(random, depth - 1));
        return list;
    }
    default: {
        json::object object;
        for (auto n = random() % 4; n > 0; --n)
            object[kKeywords[random() % kKeywords.size()]] = random_schema(random, depth - 1);
        return object;
    }
    }
}

TEST(ValidatorFuzz, SurvivesAnySchemaAndValue) {
    std::mt19937 random(9);
    int compiled = 0;
    for (int i = 0; i < 30'000; ++i) {
        const auto schema = random_schema(random, 4);
        const auto validator = Validator::compile(schema);
        if (!validator) {
            EXPECT_FALSE(validator.error().message.empty()) << to_text(schema);
            continue;
        }
        ++compiled;
        for (int j = 0; j < 5; ++j) {
            const auto value = random_schema(random, 2);
            const auto once = validator->validate(value);
            EXPECT_EQ(once, validator->validate(value)) << to_text(schema);
        }
    }
    EXPECT_GT(compiled, 5'000);
}

} // namespace
} // namespace attune::logic::schema
