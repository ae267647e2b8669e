#include "api/definitions_fixture.hpp"

namespace attune::api {
namespace {

TEST_F(DefinitionRoutes, ARuleArmsItsTimerForAsLongAsItIsEnabled) {
    EXPECT_EQ(post_rule("mine.r", kGood).status, 201);
    EXPECT_EQ(armed(), 1);
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.r/disable").status, 200);
    EXPECT_EQ(armed(), 0);
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.r/enable").status, 200);
    EXPECT_EQ(armed(), 1);
    EXPECT_EQ(call(Method::delete_, "/api/v1/rules/mine.r").status, 200);
    EXPECT_EQ(armed(), 0);
    EXPECT_EQ(call(Method::get, "/api/v1/rules/mine.r").status, 404);
}

TEST_F(DefinitionRoutes, ABadRuleNamesItsFieldAndLeavesNothing) {
    const auto interval = post_rule("mine.r", R"("trigger_params":{"unit":"seconds","interval":0})");
    EXPECT_EQ(interval.status, 422);
    EXPECT_EQ(field_of(interval), "trigger_params.interval");
    const auto params =
        post_rule("mine.r", R"("trigger_params":{"unit":"seconds","interval":5},"action_params":{"n":"many"})");
    EXPECT_EQ(params.status, 422);
    EXPECT_EQ(field_of(params), "action_params.n");
    EXPECT_EQ(call(Method::get, "/api/v1/rules/mine.r").status, 404);
    EXPECT_EQ(armed(), 0);
}

TEST_F(DefinitionRoutes, ARefIsTakenOnce) {
    EXPECT_EQ(post_rule("mine.r", kGood).status, 201);
    EXPECT_EQ(post_rule("mine.r", kGood).status, 409);
    EXPECT_EQ(post_rule("other.r", kGood).status, 422);
}

TEST_F(DefinitionRoutes, NobodyHandsOnRightsHeDoesNotHold) {
    const auto with = [&](const char* set, const std::string& token) {
        return post_rule("mine.r", fmt::format(R"({},"permission_set_refs":["{}"])", kGood, set), token);
    };
    EXPECT_EQ(with("core.admin", "author").status, 403);
    EXPECT_EQ(with("core.gone", "author").status, 422);
    EXPECT_EQ(with("core.admin", "admin").status, 201);
    const auto change = R"({"action_ref":"core.echo","action_params":{"message":"x"}})";
    EXPECT_EQ(call(Method::put, "/api/v1/rules/mine.r", change, "author").status, 403);
}

TEST_F(DefinitionRoutes, ListsCountWhatTheyPage) {
    for (const auto* ref : {"mine.a", "mine.b", "mine.c"}) EXPECT_EQ(post_rule(ref, kGood).status, 201);
    const auto page = *parse_json(call(Method::get, "/api/v1/packs/mine/rules?page=2&page_size=2").body);
    EXPECT_EQ(page.at("items").get_array().size(), 1U);
    EXPECT_EQ(page.at("pagination").at("total_items").to_number<int>(), 3);
    EXPECT_EQ(call(Method::get, "/api/v1/packs/none/rules").status, 404);
}

TEST_F(DefinitionRoutes, DeletingAPackTakesItsRulesAndTimers) {
    EXPECT_EQ(post_rule("mine.r", kGood).status, 201);
    EXPECT_EQ(call(Method::delete_, "/api/v1/packs/mine").status, 200);
    EXPECT_EQ(armed(), 0);
    EXPECT_EQ(call(Method::get, "/api/v1/actions/mine.act").status, 404);
    EXPECT_EQ(call(Method::delete_, "/api/v1/packs/core").status, 409);
}

TEST_F(DefinitionRoutes, ThePasswordIsChangedByWhoKnowsIt) {
    const auto login = [&](const char* user, const char* password) {
        return call(Method::post, "/auth/login", fmt::format(R"({{"username":"{}","password":"{}"}})", user, password));
    };
    EXPECT_EQ(login("admin", "first password").status, 200);
    EXPECT_EQ(login("admin", "wrong").body, login("nobody", "wrong").body);
    const auto change = R"({"current_password":"first password","new_password":"second password"})";
    EXPECT_EQ(call(Method::post, "/auth/change-password", change).status, 200);
    EXPECT_EQ(call(Method::post, "/auth/change-password", change).status, 401);
    EXPECT_EQ(login("admin", "first password").status, 401);
    EXPECT_EQ(login("admin", "second password").status, 200);
}

TEST_F(DefinitionRoutes, LoggingInSetsTheCookiesOfBrowsersAndLoggingOutClearsThem) {
    const auto cookies = [](const RawResponse& response) {
        std::vector<std::string> out;
        for (const auto& [name, value] : response.headers.all()) {
            if (name == "Set-Cookie") out.push_back(value);
        }
        return out;
    };
    const auto in = cookies(call(Method::post, "/auth/login", R"({"login":"admin","password":"first password"})"));
    ASSERT_EQ(in.size(), 2U);
    EXPECT_EQ(in[0], "attune_access_token=token; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
    EXPECT_EQ(in[1], "attune_refresh_token=token; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    EXPECT_TRUE(cookies(call(Method::post, "/auth/login", R"({"login":"admin","password":"wrong"})")).empty());
    const auto out = cookies(call(Method::get, "/auth/logout"));
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(out[0], "attune_access_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

TEST_F(DefinitionRoutes, WaysToLogInThatAreNotSetUpSaySo) {
    EXPECT_EQ(call(Method::post, "/auth/ldap/login", R"({"login":"a","password":"b"})").status, 501);
    EXPECT_EQ(call(Method::post, "/auth/ldap/login", R"({"login":"","password":"b"})").status, 422);
    EXPECT_EQ(call(Method::post, "/auth/ldap/login", R"({"login":"a"})").status, 422);
    EXPECT_EQ(call(Method::post, "/auth/token-login", R"({"token":"attune_it_x"})").status, 401);
    EXPECT_EQ(call(Method::post, "/auth/token-login", R"({})").status, 422);
    EXPECT_EQ(call(Method::get, "/auth/oidc/login").status, 501);
    EXPECT_EQ(call(Method::get, "/auth/callback").status, 501);
}

TEST_F(DefinitionRoutes, ATriggerShowsAllItsMembers) {
    const auto trigger = parse_json(call(Method::get, "/api/v1/triggers/core.timer_10s").body)->at("data").as_object();
    std::vector<std::string> names;
    for (const auto& member : trigger) names.emplace_back(member.key());
    EXPECT_EQ(names, (std::vector<std::string>{"id", "ref", "pack", "pack_ref", "label", "description", "enabled",
                                               "param_schema", "out_schema", "webhook_enabled", "is_adhoc", "sensor",
                                               "sensor_ref", "created", "updated"}));
}

TEST_F(DefinitionRoutes, TheFirstAdministratorIsMadeOnce) {
    const bool again = world_.write(
        [&](Session& session) { return create_first_admin(session, "other", "password", world_.clock.now()); });
    EXPECT_FALSE(again);
}

TEST_F(DefinitionRoutes, PreviewsATimerOfEitherFormWithoutSavingIt) {
    const auto preview = [&](const std::string& body, const std::string& token = "author") {
        return call(Method::post, "/api/v1/schedules/preview", body, token);
    };
    const auto before = armed();

    const auto of_rule = preview(R"({"trigger_ref":"core.crontimer","after":"2026-03-07T12:00:00Z","count":1,
        "trigger_params":{"expression":"30 2 * * *","timezone":"America/New_York"}})");
    const auto of_config = preview(R"({"config":{"type":"interval","hours":1},"after":"2026-01-01T00:00:00Z"})");

    ASSERT_EQ(of_rule.status, 200) << of_rule.body;
    const auto shown = parse_json(of_rule.body)->at("data");
    EXPECT_EQ(shown.at("description").as_string(),
              "at 02:30 every day, New York time; on 8 March 2026 at 03:00 because 02:30 does not exist");
    const auto& first = shown.at("times").at(0);
    EXPECT_EQ(first.at("local").as_string(), "2026-03-08T03:00:00-04:00");
    EXPECT_EQ(first.at("note").as_string(), "02:30 does not exist that day");
    EXPECT_EQ(parse_json(of_config.body)->at("data").at("times").as_array().size(), 10U);
    EXPECT_EQ(armed(), before);
}

TEST_F(DefinitionRoutes, NamesWhatIsWrongWithAPreviewedTimer) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {R"({})", "config"},
        {R"({"config":{"type":"interval","days":1},"trigger_ref":"core.crontimer"})", "trigger_ref"},
        {R"({"trigger_ref":"core.timer_10s"})", "trigger_ref"},
        {R"({"trigger_ref":"core.crontimer","trigger_params":{"expression":"61 * * * *"}})",
         "trigger_params.expression"},
        {R"({"trigger_ref":"core.intervaltimer","trigger_params":{"unit":"years"}})", "trigger_params.unit"},
        {R"({"config":{"type":"cron","expression":"@daily","timezone":"Mars"}})", "config.timezone"},
        {R"({"config":{"type":"interval","days":1},"count":1001})", "count"},
    };
    for (const auto& [body, field] : cases) {
        const auto response = call(Method::post, "/api/v1/schedules/preview", body);
        EXPECT_EQ(response.status, 422) << body << response.body;
        EXPECT_EQ(field_of(response), field) << body;
    }
    EXPECT_EQ(call(Method::post, "/api/v1/schedules/preview", R"({"config":{}})", "nobody").status, 401);
}

} // namespace
} // namespace attune::api
