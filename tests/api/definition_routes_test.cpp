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

TEST_F(DefinitionRoutes, TheFirstAdministratorIsMadeOnce) {
    const bool again = world_.write(
        [&](Session& session) { return create_first_admin(session, "other", "password", world_.clock.now()); });
    EXPECT_FALSE(again);
}

} // namespace
} // namespace attune::api
