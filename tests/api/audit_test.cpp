// The audit log: every route that may change something is in it, whatever becomes of the request.
#include "api/audit_log.hpp"
#include "api/bootstrap.hpp"
#include "api/fakes.hpp"
#include "flow/workers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const QueryOf<AuditEvent> kAll{"test.audit_events", "select {columns} from audit_event order by id"};
const attune::Query kForget{"test.forget_audit", "delete from audit_event"};

class Audit : public testing::Test {
protected:
    Audit() {
        fakes_.context.options.allow_self_registration = true;
        fakes_.context.read_pack_directory = &a_pack;
        fakes_.context.read_pack_archive = [](std::string_view) { return a_pack(""); };
        router_.audit(log_);
        world_.write([&](Session& session) {
            return create_first_admin(session, "admin", "first password", world_.clock.now());
        });
        auto& admin = authenticator_.callers["admin"];
        admin.identity = {1};
        admin.login = "admin";
        for (const auto name : enum_names<Resource>()) {
            admin.grants.push_back({*parse_enum<Resource>(name), all_rights(), {}});
        }
        authenticator_.callers["nobody"].identity = {2};
        authenticator_.callers["nobody"].login = "nobody";
        auto& running = authenticator_.callers["running"];
        running = admin;
        running.token_type = TokenType::execution;
        auto& sensor = authenticator_.callers["sensor"];
        sensor.identity = {3};
        sensor.token_type = TokenType::sensor;
        sensor.grants = {{Resource::events, {Right::create}, {}}};
    }

    static std::vector<Right> all_rights() {
        std::vector<Right> out;
        for (const auto name : enum_names<Right>()) out.push_back(*parse_enum<Right>(name));
        return out;
    }
    static Result<LoadedPack> a_pack(const std::string&) {
        LoadedPack out;
        out.contents.pack.ref = "brought";
        out.contents.pack.label = "Brought";
        out.contents.pack.version = "1.0.0";
        return out;
    }
    RawResponse call(Method method, const std::string& target, std::string body = {},
                     const std::string& token = "admin", const std::string& content_type = "application/json") {
        auto request = make_request(method, target, {}, token);
        if (!body.empty()) request.headers.add("Content-Type", content_type);
        request.body = std::move(body);
        request.peer = "192.0.2.7";
        request.headers.add("User-Agent", "tests");
        return run_to_end(router_.handle(std::move(request)));
    }
    std::vector<AuditEvent> rows() {
        return world_.write([](Session& session) { return session.all<AuditEvent>(kAll); });
    }
    AuditEvent last() {
        const auto all = rows();
        return all.empty() ? AuditEvent{} : all.back();
    }
    void forget() {
        world_.write([](Session& session) { return session.execute(kForget); });
    }
    static std::string name_of(const Route& route) { return method_name(route.method) + " " + route.pattern; }

    test::World world_;
    FakeContext fakes_{world_};
    FakeApi api_{world_, fakes_.context};
    FakeAuthenticator& authenticator_ = api_.authenticator;
    Router& router_ = api_.router;
    AuditLog log_{world_.db, world_.clock, world_.random, world_.metrics};
};

/// One call of each route that may change something, in an order in which all succeed. "{timer}" and so on stand for
/// ids of what is there.
struct Deed {
    std::string route;
    std::string target;
    std::string body = {};
    std::string token = "admin";
    int status = 200;
    std::string about = {}; ///< ref of what is touched
};

const std::vector<Deed>& deeds() {
    static const std::vector<Deed> kDeeds{
        {"POST /auth/register", "/auth/register", R"({"login":"ada","password":"a good password"})", "", 200, "ada"},
        {"POST /auth/login", "/auth/login", R"({"login":"admin","password":"first password"})", ""},
        {"PUT /auth/me", "/auth/me", R"({"display_name":"The Admin"})", "admin", 200, "admin"},
        {"POST /auth/change-password", "/auth/change-password",
         R"({"current_password":"first password","new_password":"second password"})", "admin", 200, "admin"},
        {"POST /auth/refresh", "/auth/refresh", R"({"refresh_token":"x"})", "", 401},
        {"POST /auth/token-login", "/auth/token-login", R"({"token":"x"})", "", 401},
        {"POST /auth/ldap/login", "/auth/ldap/login", R"({"login":"ada","password":"x"})", "", 501},
        {"POST /api/v1/packs", "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})", "admin", 201,
         "mine"},
        {"PUT /api/v1/packs/{ref}", "/api/v1/packs/mine", R"({"label":"Ours"})", "admin", 200, "mine"},
        {"POST /api/v1/packs/register", "/api/v1/packs/register", R"({"path":"/p"})", "admin", 201, "brought"},
        {"POST /api/v1/packs/upload", "/api/v1/packs/upload",
         "--b\r\nContent-Disposition: form-data; name=\"pack\"; filename=\"p.tgz\"\r\n\r\nbytes\r\n--b\r\n"
         "Content-Disposition: form-data; name=\"force\"\r\n\r\ntrue\r\n--b--\r\n",
         "admin", 201, "brought"},
        {"DELETE /api/v1/packs/{ref}", "/api/v1/packs/brought", "", "admin", 200, "brought"},
        {"POST /api/v1/runtimes", "/api/v1/runtimes", R"({"ref":"mine.rt","pack_ref":"mine","name":"rt"})", "admin",
         201, "mine.rt"},
        {"PUT /api/v1/runtimes/{ref}", "/api/v1/runtimes/mine.rt", R"({"description":"d"})", "admin", 200, "mine.rt"},
        {"DELETE /api/v1/runtimes/{ref}", "/api/v1/runtimes/mine.rt", "", "admin", 200, "mine.rt"},
        {"POST /api/v1/triggers", "/api/v1/triggers", R"({"ref":"mine.trigger","pack_ref":"mine","label":"T"})",
         "admin", 201, "mine.trigger"},
        {"PUT /api/v1/triggers/{ref}", "/api/v1/triggers/mine.trigger", R"({"label":"U"})", "admin", 200,
         "mine.trigger"},
        {"POST /api/v1/triggers/{ref}/disable", "/api/v1/triggers/mine.trigger/disable", "", "admin", 200,
         "mine.trigger"},
        {"POST /api/v1/triggers/{ref}/enable", "/api/v1/triggers/mine.trigger/enable", "", "admin", 200,
         "mine.trigger"},
        {"POST /api/v1/triggers/{ref}/webhooks/enable", "/api/v1/triggers/mine.trigger/webhooks/enable", "", "admin",
         200, "mine.trigger"},
        {"POST /api/v1/triggers/{ref}/webhooks/regenerate", "/api/v1/triggers/mine.trigger/webhooks/regenerate", "",
         "admin", 200, "mine.trigger"},
        {"PUT /api/v1/triggers/{ref}/webhook", "/api/v1/triggers/mine.trigger/webhook", R"({"hmac":{"secret":"hush"}})",
         "admin", 200, "mine.trigger"},
        {"POST /api/v1/triggers/{ref}/webhooks/disable", "/api/v1/triggers/mine.trigger/webhooks/disable", "", "admin",
         200, "mine.trigger"},
        {"POST /api/v1/calendars", "/api/v1/calendars",
         R"({"ref":"mine.free","pack_ref":"mine","label":"C","definition":{"dates":["2026-12-25"]}})", "admin", 201,
         "mine.free"},
        {"PUT /api/v1/calendars/{ref}", "/api/v1/calendars/mine.free", R"({"label":"D"})", "admin", 200, "mine.free"},
        {"DELETE /api/v1/calendars/{ref}", "/api/v1/calendars/mine.free", "", "admin", 200, "mine.free"},
        {"POST /api/v1/keys", "/api/v1/keys",
         R"({"ref":"mine.key","name":"key","owner_type":"system","value":"hush","encrypted":true})", "admin", 201,
         "mine.key"},
        {"PUT /api/v1/keys/{ref}", "/api/v1/keys/mine.key", R"({"value":"hush too"})", "admin", 200, "mine.key"},
        {"DELETE /api/v1/keys/{ref}", "/api/v1/keys/mine.key", "", "admin", 200, "mine.key"},
        {"POST /api/v1/actions", "/api/v1/actions",
         R"({"ref":"mine.act","pack_ref":"mine","label":"A","entrypoint":"echo","runtime_ref":"core.shell"})", "admin",
         201, "mine.act"},
        {"PUT /api/v1/actions/{ref}", "/api/v1/actions/mine.act", R"({"label":"B"})", "admin", 200, "mine.act"},
        {"POST /api/v1/rules", "/api/v1/rules",
         R"({"ref":"mine.rule","pack_ref":"mine","label":"R","action_ref":"mine.act","trigger_ref":"core.intervaltimer",
             "trigger_params":{"unit":"hours","interval":1}})",
         "admin", 201, "mine.rule"},
        {"PUT /api/v1/rules/{ref}", "/api/v1/rules/mine.rule", R"({"label":"S"})", "admin", 200, "mine.rule"},
        {"POST /api/v1/rules/{ref}/disable", "/api/v1/rules/mine.rule/disable", "", "admin", 200, "mine.rule"},
        {"POST /api/v1/rules/{ref}/enable", "/api/v1/rules/mine.rule/enable", "", "admin", 200, "mine.rule"},
        {"POST /api/v1/timers/{id}/pause", "/api/v1/timers/mine.rule/pause", R"({"note":"n"})", "admin", 200,
         "mine.rule"},
        {"POST /api/v1/timers/{id}/resume", "/api/v1/timers/mine.rule/resume", "", "admin", 200, "mine.rule"},
        {"POST /api/v1/timers/{id}/fire", "/api/v1/timers/mine.rule/fire", "", "admin", 200, "mine.rule"},
        {"POST /api/v1/timers/{id}/skip-next", "/api/v1/timers/mine.rule/skip-next", "", "admin", 200, "mine.rule"},
        {"POST /api/v1/timers/{id}/backfill", "/api/v1/timers/mine.rule/backfill",
         R"({"from":"2025-12-31T00:00:00Z","to":"2025-12-31T03:00:00Z","dry_run":false})", "admin", 200, "mine.rule"},
        {"POST /api/v1/triggers/{ref}/fire", "/api/v1/triggers/mine.trigger/fire", "{}", "admin", 201, "mine.trigger"},
        {"POST /api/v1/events", "/api/v1/events", R"({"trigger_ref":"mine.trigger"})", "running", 201, "mine.trigger"},
        {"POST /api/v1/executions/execute", "/api/v1/executions/execute", R"({"action_ref":"mine.act"})", "admin", 201,
         "mine.act"},
        {"POST /api/v1/executions/{id}/rerun", "/api/v1/executions/{execution}/rerun", "", "admin", 201, "mine.act"},
        {"POST /api/v1/executions/{id}/cancel", "/api/v1/executions/{execution}/cancel", "", "admin", 200, "mine.act"},
        {"POST /api/v1/workers/{id}/cordon", "/api/v1/workers/box/cordon", R"({"reason":"r"})", "admin", 200, "box"},
        {"POST /api/v1/workers/{id}/uncordon", "/api/v1/workers/box/uncordon", "", "admin", 200, "box"},
        {"DELETE /api/v1/rules/{ref}", "/api/v1/rules/mine.rule", "", "admin", 200, "mine.rule"},
        {"DELETE /api/v1/triggers/{ref}", "/api/v1/triggers/mine.trigger", "", "admin", 200, "mine.trigger"},
        {"DELETE /api/v1/actions/{ref}", "/api/v1/actions/mine.act", "", "admin", 200, "mine.act"},
    };
    return kDeeds;
}

TEST_F(Audit, HasEveryRouteThatMayChangeSomething) {
    std::set<std::string> routes;
    for (const auto& route : router_.routes()) {
        if (route.may_change()) routes.insert(name_of(route));
    }
    std::set<std::string> done;
    for (const auto& deed : deeds()) done.insert(deed.route);

    EXPECT_EQ(routes, done) << "each has its line in deeds()";
}

TEST_F(Audit, SaysWhoDidWhatToWhichThing) {
    world_.write([&](Session& session) {
        Worker worker;
        worker.name = "box";
        worker.last_heartbeat = world_.clock.now();
        return flow::register_worker(session, worker);
    });
    std::map<std::string, const Route*> routes;
    for (const auto& route : router_.routes()) routes[name_of(route)] = &route;
    for (const auto& deed : deeds()) {
        SCOPED_TRACE(deed.route);
        forget();
        auto target = deed.target;
        if (const auto at = target.find("{execution}"); at != std::string::npos) {
            target.replace(at, 11, std::to_string(world_.executions().back().id.value));
        }
        const auto& route = *routes.at(deed.route);
        const bool is_form = deed.body.starts_with("--b");
        const auto answer = call(route.method, target, deed.body, deed.token,
                                 is_form ? "multipart/form-data; boundary=b" : "application/json");
        ASSERT_EQ(answer.status, deed.status) << answer.body;

        const auto all = rows();
        ASSERT_EQ(all.size(), 1U);
        const auto& row = all.front();
        EXPECT_EQ(row.event_type.substr(0, route.declared.audit_event.size()), route.declared.audit_event);
        EXPECT_EQ(row.outcome, deed.status < 400 ? AuditOutcome::success : AuditOutcome::failure);
        EXPECT_EQ(row.http_path, target);
        EXPECT_EQ(row.actor_ip, "192.0.2.7");
        EXPECT_EQ(row.actor_user_agent, "tests");
        EXPECT_EQ(row.request_id, std::string(answer.headers.get("X-Request-Id")));
        if (deed.token == "admin") EXPECT_EQ(row.actor_login, "admin");
        if (deed.about.empty()) continue;
        EXPECT_EQ(row.resource_type, route.declared.audit_resource);
        EXPECT_EQ(row.resource_ref, deed.about);
        EXPECT_TRUE(row.resource_id.has_value());
        EXPECT_TRUE(row.details && row.details->contains("operation"));
    }
}

TEST_F(Audit, SaysWhoWasDeniedWhat) {
    for (const auto& route : router_.routes()) {
        if (!route.may_change() || route.declared.access == Access::open) continue;
        SCOPED_TRACE(name_of(route));
        for (const auto* token : {"", "unknown", "nobody"}) {
            forget();
            const auto status = call(route.method, route.pattern, "{}", token).status;
            if (status != 401 && status != 403) continue; // one's own account
            const auto row = last();
            EXPECT_EQ(row.event_type, "rbac.denied");
            EXPECT_EQ(row.category, AuditCategory::rbac);
            EXPECT_EQ(row.outcome, AuditOutcome::denied);
            EXPECT_EQ(row.http_status, status);
            EXPECT_EQ(row.actor_login, status == 403 ? std::optional<std::string>("nobody") : std::nullopt);
            EXPECT_EQ(row.details->at("attempted"), json::string(route.declared.audit_event));
        }
    }
}

TEST_F(Audit, SaysWhatWasChangedFromWhatToWhat) {
    call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})");
    call(Method::put, "/api/v1/packs/mine", R"({"label":"Ours"})");

    EXPECT_EQ(rows().front().details->at("after").at("label"), "Mine");
    EXPECT_EQ(*last().details, (json::object{{"operation", "updated"},
                                             {"before", json::object{{"label", "Mine"}}},
                                             {"after", json::object{{"label", "Ours"}}}}));
}

TEST_F(Audit, HasNoSecrets) {
    call(Method::post, "/auth/register", R"({"login":"ada","password":"a good password"})", "");
    call(Method::post, "/auth/login", R"({"login":"ada","password":"a wrong password"})", "");
    call(Method::post, "/auth/login", R"({"login":"ada","password":"a good password"})", "");
    call(Method::post, "/api/v1/packs",
         R"({"ref":"mine","label":"Mine","version":"1.0.0","conf_schema":{"token":{"type":"string","secret":true}},
             "config":{"token":"a hidden token"}})");
    call(Method::post, "/api/v1/actions",
         R"({"ref":"mine.act","pack_ref":"mine","label":"A","entrypoint":"echo","runtime_ref":"core.shell",
             "param_schema":{"key":{"type":"string","secret":true}}})");
    call(Method::post, "/api/v1/rules",
         R"({"ref":"mine.rule","pack_ref":"mine","label":"R","action_ref":"mine.act","trigger_ref":"core.intervaltimer",
             "trigger_params":{"unit":"hours","interval":1},"action_params":{"key":"a hidden key"}})");
    call(Method::put, "/api/v1/rules/mine.rule", R"({"action_params":{"key":"another hidden key"}})");
    call(Method::post, "/api/v1/executions/execute",
         R"({"action_ref":"mine.act","parameters":{"key":"a hidden key"},"env_vars":{"KEY":"a hidden variable"}})");
    call(Method::post, "/api/v1/executions/execute",
         R"({"action_ref":"mine.act","parameters":{"key":["a hidden list"]}})");

    ASSERT_EQ(rows().size(), 9U);
    for (const auto& row : rows()) {
        EXPECT_THAT(to_text(to_json(row)), Not(testing::AnyOf(HasSubstr("hidden"), HasSubstr("password\":"),
                                                              HasSubstr("good password"), HasSubstr("wrong password"))))
            << row.event_type;
    }
}

TEST_F(Audit, NamesWhoTriedToLogIn) {
    call(Method::post, "/auth/login", R"({"login":"admin","password":"wrong"})", "");
    call(Method::post, "/auth/login", R"({"login":"stranger","password":"wrong"})", "");

    const auto all = rows();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].event_type, "auth.login.failure");
    EXPECT_EQ(all[0].actor_login, "admin");
    EXPECT_EQ(all[0].actor_identity, IdentityId{1});
    EXPECT_EQ(all[1].actor_login, "stranger");
    EXPECT_EQ(all[1].actor_identity, std::nullopt);
}

TEST_F(Audit, IsWrittenByTheTransactionOfTheChange) {
    world_.db.faults.run_twice = 1;
    call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})");
    EXPECT_EQ(rows().size(), 1U) << "also when the write was run twice";

    world_.db.faults.run_twice = 0;
    EXPECT_EQ(call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})").status, 409);
    EXPECT_EQ(last().outcome, AuditOutcome::failure);
    EXPECT_EQ(last().details->at("code"), "CONFLICT");
}

TEST_F(Audit, IsBoundedAgainstFloodsOfRefusedRequests) {
    for (int i = 0; i < 300; ++i) call(Method::post, "/api/v1/packs", "{}", "");
    EXPECT_EQ(rows().size(), 200U);
    call(Method::post, "/api/v1/packs", "{}", "nobody");
    EXPECT_EQ(last().actor_login, "nobody") << "strangers do not hide what somebody tries";
    EXPECT_EQ(last().details->at("unrecorded_before"), 100);
    EXPECT_EQ(world_.metrics.counter(Metric::audit_events_dropped).value(), 100U);

    world_.advance(1min);
    call(Method::post, "/api/v1/packs", "{}", "");
    EXPECT_EQ(rows().size(), 202U);
    EXPECT_EQ(last().actor_token_type, std::nullopt);
    call(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})");
    EXPECT_EQ(last().event_type, "pack.created") << "what succeeds is always recorded";
}

TEST_F(Audit, LeavesOutWhatASensorRecords) {
    call(Method::post, "/api/v1/events", R"({"trigger_ref":"core.alert"})", "sensor");

    EXPECT_EQ(world_.events().size(), 1U);
    EXPECT_TRUE(rows().empty()) << "the event itself says who made it";
}

TEST_F(Audit, IsReadByFiltersByIdAndByRequest) {
    const std::string id = "1e7c0b5e-6f0a-4d5c-9c3f-0d7e2a1b4c55";
    auto request =
        make_request(Method::post, "/api/v1/packs", R"({"ref":"mine","label":"Mine","version":"1.0.0"})", "admin");
    request.headers.add("X-Request-Id", id);
    run_to_end(router_.handle(std::move(request)));
    call(Method::put, "/api/v1/packs/mine", R"({"label":"Ours"})");
    call(Method::put, "/api/v1/packs/mine", R"({"label":"Ours"})", "nobody");
    const auto types = [&](const std::string& query) {
        std::vector<std::string> out;
        const auto answer = call(Method::get, "/api/v1/audit-events" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto body = *parse_json(answer.body);
        for (const auto& item : body.at("items").as_array()) out.emplace_back(item.at("event_type").as_string());
        return out;
    };

    EXPECT_THAT(types(""), ElementsAre("rbac.denied", "pack.updated", "pack.created"));
    EXPECT_THAT(types("?outcome=denied&actor_login=nobody"), ElementsAre("rbac.denied"));
    EXPECT_THAT(types("?resource_type=pack&resource_ref=mine&actor_identity=1"),
                ElementsAre("pack.updated", "pack.created"));
    EXPECT_THAT(types("?category=pack&event_type=pack.created&request_id=" + id), ElementsAre("pack.created"));
    EXPECT_THAT(types("?since=2026-01-02T00:00:00Z"), ElementsAre());
    EXPECT_THAT(types("?until=2026-01-02T00:00:00Z&actor_ip=192.0.2.7"), ElementsAre("rbac.denied", "pack.updated"));
    const auto first = rows().front();
    const auto one = *parse_json(call(Method::get, fmt::format("/api/v1/audit-events/{}", first.id.value)).body);
    EXPECT_EQ(one.at("data").at("request_id"), json::string(id));
    const auto chain = *parse_json(call(Method::get, "/api/v1/audit-events/by-request/" + id).body);
    EXPECT_EQ(chain.at("data").as_array().size(), 1U);
    EXPECT_EQ(call(Method::get, "/api/v1/audit-events/99").status, 404);
    EXPECT_EQ(call(Method::get, "/api/v1/audit-events", {}, "nobody").status, 403);
}

TEST(AuditStatements, AppendAndForgetAndDoNothingElse) {
    for (const auto* query : attune::Query::all()) {
        const auto& text = query->text();
        if (text.find("audit_event") == std::string::npos || query->name().starts_with("test.")) continue;
        EXPECT_THAT(text, Not(HasSubstr("update audit_event"))) << query->name();
        if (text.find("delete from audit_event") != std::string::npos)
            EXPECT_EQ(query->name(), "retention.forget_audit");
    }
}

} // namespace
} // namespace attune::api
