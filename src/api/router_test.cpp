#include "api/router.hpp"

#include "api/api_test_support.hpp"
#include "api/openapi.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

enum class Shade { light, dark };
ATTUNE_ENUM(Shade, light, dark)

struct ThingFilter : PageQuery {
    std::optional<bool> enabled;
    std::optional<Shade> shade;
    std::string name;
    std::vector<std::int64_t> ids;
};
ATTUNE_FIELDS_AFTER(PageQuery, ThingFilter, enabled, shade, name, ids);

struct ThingView {
    std::string ref;
    std::int64_t size = 0;
};
ATTUNE_FIELDS(ThingView, ref, size);

struct NewThing {
    std::string ref;
    Omittable<std::int64_t> size;
};
ATTUNE_FIELDS(NewThing, ref, size);

struct PartKey {
    std::string ref;
    std::int64_t part = 0;
};
ATTUNE_FIELDS(PartKey, ref, part);

class ThingRoutes {
public:
    task<Result<Page<ThingView>>> list(const Caller&, Query<ThingFilter> filter) {
        last = *filter;
        CO_TRY(const auto window, filter->window());
        std::vector<ThingView> rows{{"a", 1}, {"b", 2}, {"c", 3}};
        co_return window.page_of(std::move(rows), 3);
    }
    task<Result<Data<ThingView>>> create(Body<NewThing> thing, const Caller& who) {
        CO_CHECK(who.require(Resource::rules, Right::create, Target{.ref = thing->ref}));
        co_return Data{ThingView{thing->ref, 7}, "made"};
    }
    task<Result<Data<ThingView>>> get(Path<std::string> ref) { co_return Data{ThingView{*ref, 0}}; }
    task<Result<Data<ThingView>>> enabled() { co_return Data{ThingView{"enabled ones", 0}}; }
    task<Result<Data<ThingView>>> part(Path<PartKey> key) { co_return Data{ThingView{key->ref, key->part}}; }
    task<Result<Deleted>> remove(Path<std::string> ref) {
        if (*ref == "busy") co_return Error{Errc::conflict, "it is in use"};
        if (*ref == "broken") co_return Error{Errc::internal, "secret detail"};
        co_return Deleted{*ref + " deleted"};
    }
    task<Result<Bare<std::vector<std::string>>>> file(Path<std::string> path) {
        co_return Bare<std::vector<std::string>>{{*path}};
    }
    task<Result<Data<std::string>>> maybe(Body<std::optional<NewThing>> thing) {
        co_return Data<std::string>{*thing ? (*thing)->ref : "nothing"};
    }

    void declare(Router& r) {
        r.get("/api/v1/things", &ThingRoutes::list, *this).summary("List").needs(Resource::rules, Right::read);
        r.post("/api/v1/things", &ThingRoutes::create, *this)
            .summary("Create")
            .audited("thing.created", "thing")
            .needs_some(Resource::rules, Right::create)
            .status(201);
        r.get("/api/v1/things/{ref}", &ThingRoutes::get, *this).summary("Read").open();
        r.del("/api/v1/things/{ref}", &ThingRoutes::remove, *this)
            .summary("Delete")
            .audited("thing.deleted", "thing")
            .open();
        r.get("/api/v1/things/enabled", &ThingRoutes::enabled, *this).summary("Enabled").open();
        r.get("/api/v1/things/{ref}/parts/{part}", &ThingRoutes::part, *this).summary("Part").open();
        r.get("/api/v1/files/{path...}", &ThingRoutes::file, *this).summary("File").open();
        r.post("/api/v1/maybe", &ThingRoutes::maybe, *this).summary("Maybe").changes_nothing().authenticated();
    }
    ThingFilter last;
};

class RouterTest : public testing::Test {
protected:
    RouterTest() {
        things.declare(router);
        auto& admin = who.callers["admin"];
        admin.grants = {{Resource::rules, {Right::read, Right::create}, {}}};
        auto& narrow = who.callers["narrow"];
        GrantConstraints own;
        own.refs.emplace({std::string("mine")});
        narrow.grants = {{Resource::rules, {Right::create, Right::read}, {}}};
        narrow.grants.front().constraints.emplace(std::move(own));
        who.callers["sensor"].token_type = TokenType::sensor;
    }
    RawResponse ask(RawRequest request) { return run_to_end(router.handle(std::move(request))); }
    RawResponse get(std::string_view target, const std::string& token = {}) {
        return ask(make_request(Method::get, target, {}, token));
    }
    RawResponse post(std::string_view target, std::string body, const std::string& token = "admin") {
        return ask(make_request(Method::post, target, std::move(body), token));
    }

    FakeAuthenticator who;
    ThingRoutes things;
    Router router{who};
};

TEST_F(RouterTest, WrapsASingleObjectInData) {
    const auto answer = get("/api/v1/things/core.echo");

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.body, R"({"data":{"ref":"core.echo","size":0}})");
}

TEST_F(RouterTest, GivesAListWithItsPagination) {
    const auto answer = get("/api/v1/things?page=2&page_size=2", "admin");

    EXPECT_EQ(answer.body, R"({"items":[{"ref":"a","size":1},{"ref":"b","size":2}],"pagination":{"page":2,)"
                           R"("page_size":2,"total_items":3,"total_pages":2,"has_previous":true,"has_next":true}})");
}

TEST_F(RouterTest, EchoesThePageSizeThatWasAskedForAboveTheCap) {
    const auto answer = get("/api/v1/things?page_size=1000", "admin");

    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find(R"("page_size":1000)"), std::string::npos);
}

TEST_F(RouterTest, ReadsQueryParametersByTheirTypes) {
    get("/api/v1/things?enabled=true&shade=dark&name=a%20b+c&ids=1,2&ids=3&unknown=x&page=", "admin");

    EXPECT_EQ(things.last.enabled, true);
    EXPECT_EQ(things.last.shade, Shade::dark);
    EXPECT_EQ(things.last.name, "a b c");
    EXPECT_EQ(things.last.ids, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(things.last.page, 1);
}

TEST_F(RouterTest, NamesTheQueryParameterThatIsWrong) {
    for (const auto* target : {"/api/v1/things?page=x", "/api/v1/things?page=0", "/api/v1/things?page=-1",
                               "/api/v1/things?page=99999999999999999999"}) {
        const auto answer = get(target, "admin");
        EXPECT_EQ(answer.status, 400) << target;
        EXPECT_NE(answer.body.find(R"("field":"page")"), std::string::npos) << answer.body;
    }
    EXPECT_NE(get("/api/v1/things?shade=grey", "admin").body.find("light|dark"), std::string::npos);
}

TEST_F(RouterTest, PrefersALiteralToAParameter) {
    EXPECT_NE(get("/api/v1/things/enabled").body.find("enabled ones"), std::string::npos);
    EXPECT_EQ(get("/api/v1/things/enabled/parts/4").body, R"({"data":{"ref":"enabled","size":4}})");
}

TEST_F(RouterTest, KeepsAnEncodedSlashInsideItsSegment) {
    EXPECT_EQ(get("/api/v1/things/a%2Fb").body, R"({"data":{"ref":"a/b","size":0}})");
    EXPECT_EQ(get("/api/v1/files/a/b/c.txt").body, R"(["a/b/c.txt"])");
}

TEST_F(RouterTest, ForgivesATrailingSlash) {
    EXPECT_EQ(get("/api/v1/things/x/").status, 200);
}

TEST_F(RouterTest, TellsAnUnknownPathFromAWrongMethod) {
    EXPECT_EQ(get("/api/v1/nothing").status, 404);
    const auto answer = ask(make_request(Method::put, "/api/v1/things/x"));
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.get("allow"), "DELETE, GET, HEAD, OPTIONS");
    EXPECT_EQ(ask(make_request(Method::options, "/api/v1/things/x")).status, 204);
    EXPECT_EQ(ask(make_request(Method::head, "/api/v1/things/x")).status, 200);
}

TEST_F(RouterTest, RefusesAPathParameterOfTheWrongType) {
    const auto answer = get("/api/v1/things/a/parts/b");

    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.body.find(R"("field":"part")"), std::string::npos);
}

TEST_F(RouterTest, AnswersBearerProblemsWithTheirOwnBody) {
    EXPECT_EQ(get("/api/v1/things").body, R"({"error":{"code":401,"message":"Missing authentication token"}})");
    EXPECT_EQ(get("/api/v1/things", "nobody").status, 401);
}

TEST_F(RouterTest, ChecksTheRightThatARouteNeeds) {
    EXPECT_EQ(get("/api/v1/things", "admin").status, 200);
    const auto answer = get("/api/v1/things", "sensor");
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.body, R"({"error":"Insufficient permissions: rules:read","code":"FORBIDDEN"})");
    EXPECT_EQ(get("/api/v1/things", "narrow").status, 403) << "a constrained grant is not enough for needs()";
}

TEST_F(RouterTest, LetsTheHandlerJudgeConstrainedGrants) {
    EXPECT_EQ(post("/api/v1/things", R"({"ref":"mine"})", "narrow").status, 201);
    EXPECT_EQ(post("/api/v1/things", R"({"ref":"other"})", "narrow").status, 403);
}

TEST_F(RouterTest, RefusesTokenTypesThatARouteDoesNotAdmit) {
    EXPECT_EQ(post("/api/v1/maybe", "", "admin").body, R"({"data":"nothing"})");
    EXPECT_EQ(post("/api/v1/maybe", "", "sensor").status, 403);
}

TEST_F(RouterTest, UsesTheDeclaredStatus) {
    const auto answer = post("/api/v1/things", R"({"ref":"x"})");

    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, R"({"data":{"ref":"x","size":7},"message":"made"})");
}

TEST_F(RouterTest, TellsTheKindsOfBadBodiesApart) {
    EXPECT_EQ(post("/api/v1/things", "{").status, 400);
    EXPECT_EQ(post("/api/v1/things", "").status, 415);
    EXPECT_EQ(post("/api/v1/things", "[]").status, 422);
    const auto missing = post("/api/v1/things", R"({"size":1})");
    EXPECT_EQ(missing.status, 422);
    EXPECT_NE(missing.body.find(R"("field":"ref")"), std::string::npos);
    EXPECT_NE(missing.body.find("VALIDATION_ERROR"), std::string::npos);

    auto plain = make_request(Method::post, "/api/v1/things", {}, "admin");
    plain.body = R"({"ref":"x"})";
    plain.headers.add("Content-Type", "text/plain");
    EXPECT_EQ(ask(std::move(plain)).status, 415);
    auto charset = make_request(Method::post, "/api/v1/things", {}, "admin");
    charset.body = R"({"ref":"x"})";
    charset.headers.add("content-type", "Application/JSON; charset=utf-8");
    EXPECT_EQ(ask(std::move(charset)).status, 201);
}

TEST_F(RouterTest, ReportsHandlerErrorsAndHidesInternalOnes) {
    EXPECT_EQ(ask(make_request(Method::delete_, "/api/v1/things/x")).body, R"({"success":true,"message":"x deleted"})");
    EXPECT_EQ(ask(make_request(Method::delete_, "/api/v1/things/busy")).body,
              R"({"error":"it is in use","code":"CONFLICT"})");
    const auto broken = ask(make_request(Method::delete_, "/api/v1/things/broken"));
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(broken.body.find("secret"), std::string::npos);
}

TEST_F(RouterTest, ListsWhatIsNotDeclared) {
    EXPECT_TRUE(router.undeclared().empty());

    router.get("/api/v1/loose/{other}", &ThingRoutes::part, things);
    router.get("/api/v1/things", &ThingRoutes::enabled, things).summary("Twice").open();
    router.post("/api/v1/loose", &ThingRoutes::maybe, things).summary("Unnamed").authenticated();

    // access, summary, parameters, declared twice, what the audit log calls it
    EXPECT_EQ(router.undeclared().size(), 5U);
    EXPECT_EQ(get("/api/v1/loose/x", "admin").status, 403);
}

TEST_F(RouterTest, RefusesBigBodiesOfStrangersEarly) {
    EXPECT_EQ(run_to_end(router.refuse(make_request(Method::post, "/api/v1/maybe")))->status, 401);
    EXPECT_FALSE(run_to_end(router.refuse(make_request(Method::post, "/api/v1/maybe", {}, "admin"))));
}

TEST_F(RouterTest, DescribesItselfAsOpenApi) {
    DocsRoutes docs(router);
    docs.declare(router);

    const auto answer = get("/api-spec/openapi.json");

    const auto document = parse_json(answer.body);
    ASSERT_TRUE(document);
    const auto& paths = document->at("paths").as_object();
    const auto& list = paths.at("/api/v1/things").at("get");
    EXPECT_EQ(list.at("tags").at(0), "things");
    EXPECT_EQ(list.at("operationId"), "getApiV1Things");
    EXPECT_EQ(list.at("parameters").as_array().size(), 6U);
    EXPECT_EQ(list.at("responses")
                  .at("200")
                  .at("content")
                  .at("application/json")
                  .at("schema")
                  .at("properties")
                  .at("items")
                  .at("items")
                  .at("$ref"),
              "#/components/schemas/ThingView");
    const auto& part = paths.at("/api/v1/things/{ref}/parts/{part}").at("get").at("parameters");
    EXPECT_EQ(part.at(1).at("schema").at("type"), "integer");
    EXPECT_TRUE(paths.contains("/api/v1/files/{path}"));
    EXPECT_EQ(document->at("components").at("schemas").at("NewThing").at("required"), json::array{"ref"});
    EXPECT_EQ(get("/docs").content_type, "text/html; charset=utf-8");
}

TEST(ParseTarget, RefusesWhatIsNoPath) {
    for (const auto* target : {"/%", "/%4", "/%zz", "/a/../b", "/%2e%2e/x", "/%00", "/%ff", "/?a=%"}) {
        RawRequest request;
        EXPECT_FALSE(parse_target(target, request)) << target;
    }
}

TEST(ParseTarget, TakesTheAbsoluteForm) {
    RawRequest request;

    ASSERT_TRUE(parse_target("http://host:80/a/b?c=d", request));

    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query.front().second, "d");
}

} // namespace
} // namespace attune::api
