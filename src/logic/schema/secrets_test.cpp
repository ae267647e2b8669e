#include "logic/schema/secrets.hpp"

#include "logic/schema/params.hpp"

#include <gmock/gmock.h>

namespace attune::logic::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

json::value read(std::string_view text) {
    return *parse_json(text);
}

const json::value kSchema = read(R"({
    "user": {"type": "string"},
    "password": {"type": "string", "secret": true, "minLength": 8},
    "auth": {"type": "object", "properties": {"to/ken": {"type": "string", "secret": true}, "kind": {}}},
    "servers": {"type": "array", "items": {"type": "object", "properties": {"key": {"secret": true}}}},
    "labels": {"type": "object", "additionalProperties": {"secret": true}}})");

std::vector<std::string> pointers(const std::vector<SecretPart>& parts) {
    std::vector<std::string> out;
    for (const auto& part : parts) out.push_back(part.pointer);
    return out;
}

TEST(TakeSecrets, LeavesTheMaskInEveryPlaceThatIsMarked) {
    auto values = read(R"({"user": "ann", "password": "p1", "auth": {"to/ken": "t1", "kind": "x"},
        "servers": [{"key": 1}, {"key": {"a": 2}, "name": "n"}], "labels": {"l": "v"}, "more": "m"})")
                      .as_object();

    const auto taken = take_secrets(kSchema, values);

    EXPECT_EQ(to_text(values), R"({"user":"ann","password":"********","auth":{"to/ken":"********","kind":"x"},)"
                               R"("servers":[{"key":"********"},{"key":"********","name":"n"}],)"
                               R"("labels":{"l":"********"},"more":"m"})");
    EXPECT_THAT(pointers(taken.parts),
                ElementsAre("/password", "/auth/to~1ken", "/servers/0/key", "/servers/1/key", "/labels/l"));
    EXPECT_EQ(taken.parts[3].path, "servers[1].key");
    EXPECT_EQ(to_text(taken.parts[3].value), R"({"a":2})");
}

TEST(TakeSecrets, ReportsMasksAndLeavesNullAndWholeTemplates) {
    auto values = read(R"({"password": "********", "auth": {"to/ken": null}, "labels": {"a": "{{ event.payload.p }}",
        "b": "Bearer {{ event.payload.p }}"}})")
                      .as_object();

    const auto taken = take_secrets(kSchema, values, TemplatesAllowed::yes);

    EXPECT_THAT(pointers(taken.parts), ElementsAre("/labels/b"));
    EXPECT_THAT(pointers(taken.masked), ElementsAre("/password"));
    EXPECT_EQ(values.at("labels").at("a"), "{{ event.payload.p }}");
}

TEST(TakeSecrets, IsUndoneByItsPointers) {
    auto values =
        read(R"({"password": "p1", "auth": {"to/ken": [1, "x"]}, "servers": [{"key": 1}, {"key": 2}]})").as_object();
    const auto before = to_text(values);

    const auto taken = take_secrets(kSchema, values);
    EXPECT_TRUE(has_mask(values));
    for (const auto& part : taken.parts) *at_pointer(values, part.pointer) = part.value;

    EXPECT_EQ(to_text(values), before);
    EXPECT_FALSE(has_mask(values));
    EXPECT_EQ(at_pointer(values, "/servers/7/key"), nullptr);
    EXPECT_EQ(at_pointer(values, "/password/more"), nullptr);
}

TEST(DeclaresSecrets, LooksAtEveryDepthOfBothForms) {
    EXPECT_TRUE(declares_secrets(read(R"({"a": {"items": {"properties": {"b": {"secret": true}}}}})")));
    EXPECT_TRUE(declares_secrets(read(R"({"type": "object", "properties": {"a": {"secret": true}}})")));
    EXPECT_FALSE(declares_secrets(read(R"({"secret": {"type": "string"}, "b": {"secret": false}})")));
    EXPECT_FALSE(declares_secrets(json::value(nullptr)));
}

TEST(SecrecyAt, TellsWhatAPathLeadsTo) {
    const auto at = [](std::vector<std::string_view> segments) { return secrecy_at(kSchema, segments); };

    EXPECT_EQ(at({}), Secrecy::holds_secret);
    EXPECT_EQ(at({"user"}), Secrecy::open);
    EXPECT_EQ(at({"password"}), Secrecy::secret);
    EXPECT_EQ(at({"password", "below"}), Secrecy::secret);
    EXPECT_EQ(at({"auth"}), Secrecy::holds_secret);
    EXPECT_EQ(at({"auth", "kind"}), Secrecy::open);
    EXPECT_EQ(at({"servers", "3", "key"}), Secrecy::secret);
    EXPECT_EQ(at({"labels", "any"}), Secrecy::secret);
    EXPECT_EQ(at({"unknown", "x"}), Secrecy::open);
}

TEST(ValidateParams, ShowsNoSecretInItsMessages) {
    const json::value schema = read(R"({"password": {"type": "string", "secret": true, "minLength": 8, "pattern": "^x"},
        "pin": {"type": "integer", "secret": true, "not": {"const": 4711}},
        "auth": {"type": "array", "items": {"type": "object", "properties": {"token": {"secret": true, "enum": ["a"]}}}},
        "user": {"type": "integer"}})");
    for (const auto* params :
         {R"({"password": "hunter2"})", R"({"password": ["hunter2"]})", R"({"pin": "hunter2"})",
          R"({"auth": [{"token": "hunter2"}]})", R"({"pin": 4711, "password": "hunter2hunter2"})"}) {
        const auto problems = validate_params(schema, read(params), "parameters", TemplatesAllowed::no);

        ASSERT_FALSE(problems.empty()) << params;
        for (const auto& problem : problems) {
            EXPECT_THAT(problem.message, Not(HasSubstr("hunter2"))) << problem.path;
            EXPECT_THAT(problem.message, Not(HasSubstr("4711"))) << problem.path;
        }
    }
    const auto open = validate_params(schema, read(R"({"user": "hunter2"})"), "parameters", TemplatesAllowed::no);
    EXPECT_THAT(open.at(0).message, HasSubstr("hunter2"));
}

TEST(FindLeak, NamesTheParameterThatWouldShowASecret) {
    const auto params = read(R"({"message": {"type": "string"}, "password": {"secret": true}})");
    const auto payload = read(R"({"pw": {"secret": true}, "user": {"type": "string"}})");
    const auto config = read(R"({"api": {"type": "object", "properties": {"key": {"secret": true}}}})");
    const auto leak = [&](const char* text) { return find_leak(read(text).as_object(), params, payload, config); };

    EXPECT_FALSE(leak(R"({"password": "{{ event.payload.pw }}", "message": "for {{ event.payload.user }}"})"));
    EXPECT_FALSE(
        leak(R"({"password": "x{{ pack.config.api.key }}", "message": "{{ event.id }} {{ system.rule.ref }}"})"));
    EXPECT_EQ(leak(R"({"message": "it is {{ event.payload.pw }}"})")->path, "action_params.message");
    EXPECT_EQ(leak(R"({"other": [{"a": "{{ pack.config.api }}"}]})")->path, "action_params.other[0].a");
    EXPECT_TRUE(leak(R"({"message": "{{ event.payload }}"})"));
    EXPECT_TRUE(leak(R"({"message": "{{ event.payload.pw.more }}"})"));
}

} // namespace
} // namespace attune::logic::schema
