#include "api/definitions_fixture.hpp"
#include "flow/sealed_definitions.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "open-sesame-4711";

/// A pack whose action `mine.keep` has the secret parameter `password`, beside `user`.
class SecretRoutes : public DefinitionRoutes {
protected:
    SecretRoutes() {
        auto& reader = authenticator_.callers["reader"];
        reader.identity = {3};
        reader.grants = {{Resource::executions, {Right::read}, {}}, {Resource::enforcements, {Right::read}, {}}};
        call(Method::post, "/api/v1/actions",
             R"({"ref":"mine.keep","pack_ref":"mine","label":"K","entrypoint":"true","runtime_ref":"core.shell",
                 "param_schema":{"password":{"type":"string","secret":true},"user":{"type":"string"}}})");
        call(Method::post, "/api/v1/triggers",
             R"({"ref":"mine.sent","pack_ref":"mine","label":"S",
                 "out_schema":{"token":{"type":"string","secret":true},"user":{"type":"string"}}})");
    }
    RawResponse rule(Method method, const std::string& target, const std::string& members) {
        return call(method, "/api/v1/rules" + target, fmt::format("{{{}}}", members));
    }
    RawResponse make_rule(const std::string& params, const std::string& trigger = "mine.sent") {
        return rule(Method::post, "",
                    fmt::format(R"("ref":"mine.rule","pack_ref":"mine","label":"R","action_ref":"mine.keep",)"
                                R"("trigger_ref":"{}","action_params":{})",
                                trigger, params));
    }
};

TEST_F(SecretRoutes, NoAnswerShowsASecretUnlessTheCallerMayDecryptAndAsks) {
    const auto made = call(Method::post, "/api/v1/executions/execute",
                           fmt::format(R"({{"action_ref":"mine.keep","parameters":{{"password":"{}"}}}})", kSecret));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_THAT(made.body, Not(HasSubstr(kSecret)));
    const auto id = parse_json(made.body)->at("data").at("id").as_int64();
    const auto path = fmt::format("/api/v1/executions/{}", id);

    EXPECT_THAT(call(Method::get, path).body, HasSubstr(R"("password":"********")"));
    EXPECT_THAT(call(Method::get, path + "?include_secret_values=true").body, HasSubstr(kSecret));
    EXPECT_EQ(call(Method::get, path, {}, "reader").status, 200);
    const auto refused = call(Method::get, path + "?include_secret_values=true", {}, "reader");
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, Not(HasSubstr(kSecret)));
}

TEST_F(SecretRoutes, AMaskIsNoValueForARun) {
    const auto refused = call(Method::post, "/api/v1/executions/execute",
                              R"({"action_ref":"mine.keep","parameters":{"password":"********"}})");
    EXPECT_GE(refused.status, 400);
    EXPECT_EQ(field_of(refused), "parameters.password");
}

TEST_F(SecretRoutes, ARulesMaskWrittenBackKeepsItsSecret) {
    const auto made = make_rule(fmt::format(R"({{"password":"{}","user":"ann"}})", kSecret));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_THAT(made.body, Not(HasSubstr(kSecret)));
    const auto changed = rule(Method::put, "/mine.rule", R"("action_params":{"password":"********","user":"bob"})");
    ASSERT_EQ(changed.status, 200) << changed.body;

    const auto before = world_.write([](Session& session) { return flow::get_rule(session, "mine.rule"); });
    auto revealed = before;
    world_.write([&](Session& session) { return flow::reveal(session, before, revealed); });
    EXPECT_EQ(revealed.action_params, (json::object{{"password", kSecret}, {"user", "bob"}}));
}

TEST_F(SecretRoutes, AMaskIsNoSecretForAnotherAction) {
    ASSERT_EQ(make_rule(fmt::format(R"({{"password":"{}"}})", kSecret)).status, 201);
    call(Method::post, "/api/v1/actions",
         R"({"ref":"mine.tell","pack_ref":"mine","label":"T","entrypoint":"true","runtime_ref":"core.shell"})");
    const auto refused = rule(Method::put, "/mine.rule", R"("action_ref":"mine.tell")");

    EXPECT_GE(refused.status, 400);
    EXPECT_EQ(field_of(refused), "action_params.password");
}

TEST_F(SecretRoutes, ATemplateMayLeadASecretToASecretParameterAlone) {
    const auto refused = make_rule(R"({"user":"Hello {{ event.payload.token }}"})");
    EXPECT_GE(refused.status, 400);
    EXPECT_EQ(field_of(refused), "action_params.user");
    EXPECT_EQ(make_rule(R"({"password":"{{ event.payload.token }}"})").status, 201);
}

} // namespace
} // namespace attune::api
