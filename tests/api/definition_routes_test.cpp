#include "api/api_test_support.hpp"
#include "api/auth/standings.hpp"
#include "api/bootstrap.hpp"
#include "api/routes/definitions_api.hpp"
#include "flow/timers.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

class EmptyTokens final : public TokenSigner {
public:
    std::string sign(const Claims&) const override { return "token"; }
    Result<Claims> verify(std::string_view, Timestamp, std::initializer_list<TokenType>) const override {
        return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
    }
};
class PlainPasswords final : public PasswordHasher {
public:
    Result<std::string> hash(const std::string& password) override { return password; }
    bool verify(const std::string& password, const std::string& phc) override { return password == phc; }
    void verify_nobody(const std::string&) override {}
};
class EmptyDigests final : public Digests {
public:
    std::string sha256(std::string_view) const override { return {}; }
    std::string hmac(HashAlgorithm, std::string_view, std::string_view) const override { return {}; }
    bool equal(std::string_view, std::string_view) const override { return false; }
};
class DirectPool final : public BlockingPool {
protected:
    task<Result<void>> submit(std::function<void()> work) override {
        work();
        co_return Result<void>{};
    }
};

/// The routes of definitions over a real database with the core pack and an administrator.
class DefinitionRoutes : public testing::Test {
protected:
    DefinitionRoutes() {
        api_.declare(router_);
        world_.write([&](Session& session) {
            return create_first_admin(session, "admin", "first password", world_.clock.now());
        });
        DatabaseStandings standings(world_.db);
        const auto standing = run_to_end(standings.of_identity({1}));
        auto& admin = authenticator_.callers["admin"];
        admin.identity = {1};
        admin.grants = standing->grants;
        auto& author = authenticator_.callers["author"];
        author.identity = {2};
        author.grants = {{Resource::rules, {Right::create, Right::update}, {}}};
        call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})");
        call(Method::post, "/api/v1/actions",
             R"({"ref":"mine.act","pack_ref":"mine","label":"A","entrypoint":"echo","runtime_ref":"core.shell",
                 "param_schema":{"n":{"type":"integer","required":true}}})");
    }

    RawResponse call(Method method, std::string_view target, std::string body = {},
                     const std::string& token = "admin") {
        return run_to_end(router_.handle(make_request(method, target, std::move(body), token)));
    }
    RawResponse post_rule(const std::string& ref, const std::string& members, const std::string& token = "admin") {
        return call(Method::post, "/api/v1/rules",
                    fmt::format(R"({{"ref":"{}","pack_ref":"mine","label":"R","action_ref":"mine.act",)"
                                R"("trigger_ref":"core.intervaltimer",{}}})",
                                ref, members),
                    token);
    }
    static std::string field_of(const RawResponse& response) {
        const auto body = *parse_json(response.body);
        const auto* field = find_member(body, "field");
        return field == nullptr ? "" : std::string(field->get_string());
    }
    std::int64_t armed() {
        return world_.write([](Session& session) { return flow::count_armed_timers(session); });
    }

    static constexpr const char* kGood = R"("trigger_params":{"unit":"seconds","interval":5},"action_params":{"n":1})";

    test::World world_;
    EmptyTokens signer_;
    PlainPasswords hasher_;
    EmptyDigests digests_;
    DirectPool pool_;
    Context ctx_{.clock = world_.clock,
                 .bus = world_.bus,
                 .db = world_.db,
                 .random = world_.random,
                 .ids = world_.ids,
                 .pool = pool_,
                 .signer = signer_,
                 .hasher = hasher_,
                 .digests = digests_,
                 .loop = world_.loop.get_executor(),
                 .options = {},
                 .read_pack_directory = {},
                 .read_pack_archive = {},
                 .armed_timers = {}};
    FakeAuthenticator authenticator_;
    Router router_{authenticator_};
    DefinitionsApi api_{ctx_};
};

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
