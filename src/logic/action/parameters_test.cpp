#include "logic/action/parameters.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace attune::logic::action {
namespace {

json::object object(std::string_view text) {
    return parse_json(text)->as_object();
}

std::string formatted(std::string_view parameters, ParameterFormat format) {
    auto text = format_parameters(object(parameters), format);
    return text ? *text : "error: " + text.error().text();
}

TEST(FormatParameters, WritesJsonAsOneCompactObject) {
    EXPECT_EQ(formatted(R"({ "b": [1, null], "a": {"x": "y"} })", ParameterFormat::json),
              R"({"b":[1,null],"a":{"x":"y"}})");
    EXPECT_EQ(formatted("{}", ParameterFormat::json), "{}");
}

TEST(FormatParameters, WritesDotenvLines) {
    const struct {
        std::string_view parameters;
        std::string_view expected;
    } rows[] = {
        {"{}", ""},
        {R"({"b":"2","a":"1"})", "a='1'\nb='2'"},
        {R"({"s":"it's"})", R"(s='it'\''s')"},
        {R"({"n":null,"t":true,"i":-7,"d":1.5,"w":2.0})", "d='1.5'\ni='-7'\nn=''\nt='true'\nw='2.0'"},
        {R"({"headers":{"Content-Type":"x","deep":{"k":1}}})", "headers.Content-Type='x'\nheaders.deep.k='1'"},
        {R"({"list":[1,"a",{"k":null}],"none":[]})", "list='[1,\"a\",{\"k\":null}]'\nnone='[]'"},
        {R"({"empty":{},"outer":{"empty":{}}})", ""},
        {R"({"lines":"a\nb","cost":"$HOME `x`"})", "cost='$HOME `x`'\nlines='a\nb'"},
        {R"({"a=b":1})", "error: a=b: a parameter name cannot be empty or hold '=' or control characters when "
                         "parameter_format is dotenv"},
        {R"({"o":{"":1}})", "error: o.: a parameter name cannot be empty or hold '=' or control characters when "
                            "parameter_format is dotenv"},
    };

    for (const auto& row : rows) EXPECT_EQ(formatted(row.parameters, ParameterFormat::dotenv), row.expected);
}

TEST(FormatParameters, WritesYamlAsABlockMapping) {
    EXPECT_EQ(
        formatted(R"({"url":"http://x","m":1,"on":"on","o":{"a":[1,{"b":2}]},"e":{},"l":[]})", ParameterFormat::yaml),
        "url: \"http://x\"\nm: 1\n\"on\": \"on\"\no:\n  a:\n    - 1\n    -\n      b: 2\ne: {}\nl: []");
    EXPECT_EQ(formatted("{}", ParameterFormat::yaml), "{}");
}

/// What yaml-cpp makes of a text, with plain scalars read by the core schema of YAML 1.2.
json::value read_yaml(const YAML::Node& node) {
    switch (node.Type()) {
    case YAML::NodeType::Map: {
        json::object out;
        for (const auto& member : node) out[member.first.as<std::string>()] = read_yaml(member.second);
        return out;
    }
    case YAML::NodeType::Sequence: {
        json::array out;
        for (const auto& item : node) out.push_back(read_yaml(item));
        return out;
    }
    case YAML::NodeType::Null: return nullptr;
    case YAML::NodeType::Undefined: return "undefined";
    case YAML::NodeType::Scalar: break;
    }
    const auto text = node.as<std::string>();
    if (node.Tag() == "!") return json::value(text); // quoted
    if (auto value = parse_json(text)) return *value;
    return json::value(text);
}

TEST(FormatParameters, WritesYamlThatReadsBackTheSame) {
    const std::string_view cases[] = {
        R"({"a":"","b":" ","c":"null","d":"~","e":"1","f":"1.5","g":"true","h":"No","i":"0x1f","j":"2026-01-02"})",
        R"({"a":"- x","b":"a: b","c":"a #b","d":"#","e":"&a","f":"*a","g":"!t","h":"|","i":">","j":"%","k":"@","l":"`"})",
        R"({"a":"it's","b":"\"q\"","c":"back\\slash","d":"line\nline\n","e":"\ttab","f":"\u0001\u007f\u0085\u2028\ufeff"})",
        R"({"a":"gr\u00fc\u00df","b":"\ud83d\ude00","c":"---","d":"...","e":"<<","f":"=","g":"12:30:45","h":".inf"})",
        R"({"i":0,"j":-9223372036854775808,"k":18446744073709551615,"l":1.5,"m":1e300,"n":-0.25,"o":true,"p":null})",
        R"({"":"empty key","true":1,"a b":{"c:d":{"e":{}}},"- x":[[],[[1],[2,[3]]],{"k":[{"x":1},{"y":[]}]}]})",
        R"({"? q":"? v","[":"]","{":"}","a,b":",","y":"y","x":"a\r\nb","t":"trailing ","z":"ends:"})",
    };

    for (const auto text : cases) {
        const auto parameters = object(text);
        const auto yaml = format_parameters(parameters, ParameterFormat::yaml);
        ASSERT_TRUE(yaml);
        EXPECT_EQ(to_text(read_yaml(YAML::Load(*yaml))), to_text(parameters)) << *yaml;
    }
}

TEST(FormatParameters, WritesAVeryLongYamlKeyExplicitly) {
    const json::object parameters{{std::string(5000, 'k'), {{"inner", 1}}}};

    const auto yaml = format_parameters(parameters, ParameterFormat::yaml);

    ASSERT_TRUE(yaml);
    EXPECT_EQ(to_text(read_yaml(YAML::Load(*yaml))), to_text(parameters));
}

} // namespace
} // namespace attune::logic::action
