// What became of each rule that an event met, and what would: /events/{id}/evaluations, /rules/test and /explain.
#include "api/definitions_fixture.hpp"
#include "flow/events.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "open-sesame-4711";

class EvaluationRoutes : public DefinitionRoutes {
protected:
    EvaluationRoutes() {
        call(Method::post, "/api/v1/triggers",
             R"({"ref":"mine.seen","pack_ref":"mine","label":"S",
                 "out_schema":{"token":{"type":"string","secret":true},"host":{"type":"string"}}})");
        call(Method::post, "/api/v1/actions",
             R"({"ref":"mine.keep","pack_ref":"mine","label":"K","entrypoint":"true","runtime_ref":"core.shell",
                 "param_schema":{"password":{"type":"string","secret":true},"host":{"type":"string"},
                                 "port":{"type":"integer","default":22}}})");
        auto& reader = authenticator_.callers["reader"];
        reader.identity = {3};
        reader.grants = {{Resource::rules, {Right::read}, {}}};
        world_.start(test::Role::matcher);
    }
    json::value ok(Method method, const std::string& target, std::string body = {}) {
        const auto response = call(method, "/api/v1" + target, std::move(body));
        EXPECT_EQ(response.status, 200) << target << ": " << response.body;
        return *parse_json(response.body);
    }
    void make(const std::string& ref, const std::string& members) {
        const auto made = call(Method::post, "/api/v1/rules",
                               fmt::format(R"({{"ref":"{}","pack_ref":"mine","label":"R","action_ref":"mine.keep",)"
                                           R"("trigger_ref":"mine.seen",{}}})",
                                           ref, members));
        ASSERT_EQ(made.status, 201) << made.body;
    }
    std::int64_t post(json::object payload) {
        Event event;
        event.id = {++last_};
        event.trigger_ref = "mine.seen";
        event.created = world_.clock.now();
        event.payload = std::move(payload);
        world_.write([&](Session& session) -> Result<bool> {
            TRY(const auto trigger, flow::get_trigger(session, event.trigger_ref));
            event.trigger = trigger.id;
            TRY(const auto* vault, session.vault());
            const auto secrets = flow::take_secrets(*vault, trigger, event);
            CHECK(flow::record_events(session, {&event, 1}, secrets));
            return true;
        });
        world_.bus.ring(Topic::events, std::array{event.id.value});
        world_.advance(1s);
        return last_;
    }
    json::value test(const std::string& ref, const std::string& body) {
        return ok(Method::post, fmt::format("/rules/{}test", ref.empty() ? "" : ref + "/"), body).at("data");
    }
    static std::vector<std::string> outcomes(const json::value& report) {
        std::vector<std::string> out;
        for (const auto& one : report.at("results").as_array()) out.emplace_back(one.at("outcome").as_string());
        return out;
    }
    RawResponse refused(const std::string& body, const std::string& token = "admin") {
        return call(Method::post, "/api/v1/rules/test", body, token);
    }

private:
    std::int64_t last_ = 0;
};

TEST_F(EvaluationRoutes, EachRuleThatAnEventMetIsTold) {
    make("mine.all", R"("action_params":{"host":"{{ event.payload.lost }}"})");
    make("mine.one", R"("conditions":{"all":[{"field":"host","operator":"equals","value":"web2"}]})");
    make("mine.bad", R"("conditions":{"expression":"event.payload.lost > 1"})");
    make("mine.off", R"("enabled":false)");
    make("mine.slow", R"("conditions":{"throttle":{"per":"1h"}})");
    post({{"host", "web1"}});
    const auto id = post({{"host", "web1"}, {"token", kSecret}});

    const auto path = fmt::format("/events/{}/evaluations", id);
    const auto items = ok(Method::get, path).at("items").as_array();
    ASSERT_EQ(items.size(), 4U) << "a rule that is disabled is not met";
    EXPECT_EQ(items[0].at("outcome"), "matched");
    EXPECT_EQ(items[0].at("matched"), true);
    EXPECT_TRUE(items[0].at("execution").is_int64());
    EXPECT_EQ(items[0].at("unresolved"), json::array{"event.payload.lost"});
    EXPECT_EQ(items[1].at("outcome"), "unmatched");
    EXPECT_EQ(items[1].at("condition"), "conditions.all[0]");
    EXPECT_EQ(items[1].at("seen"), "\"web1\"");
    EXPECT_TRUE(items[1].at("execution").is_null());
    EXPECT_EQ(items[2].at("outcome"), "failed");
    EXPECT_EQ(items[3].at("outcome"), "throttled");
    EXPECT_THAT(std::string(items[3].at("pacing").as_string()), HasSubstr("it ran once within 1h"));

    EXPECT_EQ(ok(Method::get, path + "?outcome=failed").at("items").as_array().size(), 1U);
    EXPECT_EQ(ok(Method::get, path + "?rule_ref=mine.one").at("items").as_array().size(), 1U);
    const auto page = ok(Method::get, path + "?page=2&per_page=3&include_total=true");
    EXPECT_EQ(page.at("items").as_array().size(), 1U);
    EXPECT_EQ(page.at("pagination").at("total_items"), 4);
    EXPECT_EQ(ok(Method::get, path + "?page=9&per_page=3").at("items").as_array().size(), 0U);
}

TEST_F(EvaluationRoutes, NoConditionShowsASecretThatItSaw) {
    make("mine.one", R"("conditions":{"all":[{"field":"token","operator":"equals","value":"x"}]})");
    const auto id = post({{"token", kSecret}});
    const auto answer = call(Method::get, fmt::format("/api/v1/events/{}/evaluations", id));
    EXPECT_THAT(answer.body, Not(HasSubstr(kSecret)));
    EXPECT_THAT(answer.body, HasSubstr(R"("seen":"\"********\"")"));
}

TEST_F(EvaluationRoutes, AreEmptyForAnEventThatMetNoRuleOrIsNotDecided) {
    const auto id = post({});
    const auto path = fmt::format("/api/v1/events/{}/evaluations", id);
    EXPECT_EQ(ok(Method::get, fmt::format("/events/{}/evaluations", id)).at("items").as_array().size(), 0U);
    EXPECT_EQ(call(Method::get, "/api/v1/events/4711/evaluations").status, 404);
    EXPECT_EQ(call(Method::get, path, {}, "reader").status, 403);
    EXPECT_EQ(call(Method::get, path + "?outcome=odd").status, 400);
}

TEST_F(EvaluationRoutes, AStoredRuleIsTriedOnTheLastEvents) {
    for (const auto* host : {"web1", "web2", "web3", "web2"}) post({{"host", host}});
    make("mine.one", R"("conditions":{"all":[{"field":"host","operator":"equals","value":"web2"}]},
                       "action_params":{"host":"{{ event.payload.host }}","password":"open-sesame-4711"})");

    const auto report = test("mine.one", "{}");
    EXPECT_EQ(report.at("tested"), 4);
    EXPECT_EQ(report.at("matched"), 2);
    EXPECT_THAT(outcomes(report), ElementsAre("matched", "unmatched", "matched", "unmatched")) << "newest first";
    EXPECT_EQ(report.at("results").at(0).at("event"), 4);
    EXPECT_EQ(report.at("results").at(0).at("action_params"),
              (json::object{{"host", "web2"}, {"password", "********"}, {"port", 22}}));
    EXPECT_TRUE(report.at("results").at(1).at("action_params").is_null());
    EXPECT_EQ(report.at("blocked").as_array().size(), 0U);
    EXPECT_THAT(outcomes(test("mine.one", R"({"last":1})")), ElementsAre("matched"));
    EXPECT_THAT(outcomes(test("mine.one", R"({"event":1})")), ElementsAre("unmatched"));
    EXPECT_THAT(outcomes(test("mine.one", R"({"payload":{"host":"web2"}})")), ElementsAre("matched"));
    EXPECT_TRUE(world_.executions().empty()) << "it is only tried";
    EXPECT_TRUE(world_.enforcements().empty());
}

TEST_F(EvaluationRoutes, ADraftOrAChangeIsTriedBeforeItIsWritten) {
    post({{"host", "web1"}});
    make("mine.one", R"("conditions":{"all":[{"field":"host","operator":"equals","value":"web2"}]},"enabled":false)");
    EXPECT_THAT(outcomes(test("mine.one", "{}")), ElementsAre("unmatched"));
    const auto changed = test("mine.one", R"({"conditions":{}})");
    EXPECT_THAT(outcomes(changed), ElementsAre("matched"));
    EXPECT_EQ(changed.at("blocked"), json::array{"the rule is disabled"});

    const auto draft =
        test("", R"({"trigger_ref":"mine.seen","conditions":{"expression":"event.payload.host == 'web1'"},
                                    "action_ref":"mine.keep","action_params":{"password":"open-sesame-4711"}})");
    EXPECT_THAT(outcomes(draft), ElementsAre("matched"));
    EXPECT_TRUE(draft.at("rule_ref").is_null());
    EXPECT_THAT(to_text(draft), Not(HasSubstr(kSecret)));
}

TEST_F(EvaluationRoutes, ATestFollowsThrottleAndDebounce) {
    for (int i = 0; i < 4; ++i) post({{"host", i % 2 == 0 ? "web1" : "web2"}});
    EXPECT_THAT(outcomes(test("", R"({"trigger_ref":"mine.seen","conditions":{"throttle":{"per":"1h"}}})")),
                ElementsAre("throttled", "throttled", "throttled", "matched"));
    EXPECT_THAT(outcomes(test("", R"({"trigger_ref":"mine.seen","conditions":
                                     {"debounce":{"wait":"1m","key":"event.payload.host"}}})")),
                ElementsAre("matched", "matched", "superseded", "superseded"));
    EXPECT_THAT(outcomes(test("", R"({"trigger_ref":"mine.seen","conditions":{"debounce":
                                     {"wait":"1m","key":"event.payload.host"},"throttle":{"per":"1h"}}})")),
                ElementsAre("throttled", "matched", "superseded", "superseded"));
}

TEST_F(EvaluationRoutes, ATestShowsNoSecretOfItsEvents) {
    post({{"token", kSecret}, {"host", "web1"}});
    const auto tried = call(Method::post, "/api/v1/rules/test",
                            fmt::format(R"({{"trigger_ref":"mine.seen","action_ref":"mine.keep","payload":
                                            {{"token":"{}"}},"action_params":{{"host":"{{{{ event.payload.token }}}}"}},
                                            "conditions":[{{"field":"token","operator":"equals","value":"x"}}]}})",
                                        kSecret));
    ASSERT_EQ(tried.status, 200) << tried.body;
    EXPECT_THAT(tried.body, Not(HasSubstr(kSecret)));
    EXPECT_THAT(tried.body, HasSubstr("leads to a secret"));
    const auto stored = call(Method::post, "/api/v1/rules/test",
                             R"({"trigger_ref":"mine.seen","action_params":{"a":"{{ event.payload.token }}"}})");
    EXPECT_THAT(stored.body, Not(HasSubstr(kSecret)));
    EXPECT_THAT(stored.body, HasSubstr(R"("action_params":{"a":"********"})"));
}

TEST_F(EvaluationRoutes, WhatATestCannotBeIsRefusedByName) {
    post({});
    make("mine.one", R"("enabled":true)");
    const auto field = [&](const std::string& body) {
        const auto answer = refused(body);
        EXPECT_EQ(answer.status, 422) << body << answer.body;
        return field_of(answer);
    };
    EXPECT_EQ(field("{}"), "trigger_ref");
    EXPECT_EQ(field(R"({"trigger_ref":"mine.seen","last":0})"), "last");
    EXPECT_EQ(field(R"({"trigger_ref":"mine.seen","last":101})"), "last");
    EXPECT_EQ(field(R"({"trigger_ref":"mine.seen","last":1,"event":1})"), "event");
    EXPECT_EQ(field(R"({"trigger_ref":"core.timer_10s","event":1})"), "event");
    EXPECT_EQ(field(R"({"trigger_ref":"mine.seen","conditions":{"any":[]}})"), "conditions.any");
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.nothing"})").status, 404);
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.seen","action_ref":"mine.nothing"})").status, 404);
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.seen","event":4711})").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.nothing/test", "{}").status, 404);
}

TEST_F(EvaluationRoutes, ATestTakesTheRightsToWhatItShows) {
    post({{"host", "web1"}});
    make("mine.one", R"("action_params":{"host":"{{ pack.config.host }}"})");
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.seen"})", "reader").status, 403) << "events:read";
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.seen","payload":{}})", "reader").status, 200);
    EXPECT_EQ(refused(R"({"trigger_ref":"mine.seen","payload":{}})", "author").status, 403) << "rules:read";
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.one/test", R"({"payload":{}})", "reader").status, 403)
        << "packs:read";
    auto& limited = authenticator_.callers["limited"];
    limited.identity = {4};
    GrantConstraints others;
    others.refs = {"mine.other"};
    limited.grants = {{Resource::rules, {Right::read}, others}};
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.one/test", R"({"payload":{}})", "limited").status, 404);
}

TEST_F(EvaluationRoutes, ARuleSaysWhyItRanAndWhyItDidNot) {
    make("mine.other", R"("enabled":true)");
    const auto before = post({{"host", "web2"}});
    make("mine.one", R"("conditions":{"all":[{"field":"host","operator":"equals","value":"web2"}]})");
    const auto other = post({{"host", "web1"}, {"token", kSecret}});
    const auto met = post({{"host", "web2"}});

    const auto told = ok(Method::get, "/rules/mine.one/explain").at("data");
    EXPECT_EQ(told.at("enabled"), true);
    EXPECT_EQ(told.at("trigger_enabled"), true);
    EXPECT_EQ(told.at("action_exists"), true);
    EXPECT_TRUE(told.at("timer").is_null());
    EXPECT_EQ(told.at("blocked"), json::array{"no worker takes work: its executions wait"});
    const auto& events = told.at("events").as_array();
    ASSERT_EQ(events.size(), 3U) << "newest first";
    EXPECT_EQ(events[0].at("event"), met);
    EXPECT_EQ(events[0].at("outcome"), "matched");
    EXPECT_EQ(events[0].at("execution"), told.at("executions").at(0).at("id"));
    EXPECT_TRUE(events[0].at("status").is_string());
    EXPECT_EQ(events[1].at("event"), other);
    EXPECT_EQ(events[1].at("outcome"), "unmatched");
    EXPECT_EQ(events[1].at("condition"), "conditions.all[0]");
    EXPECT_EQ(events[1].at("seen"), "\"web1\"");
    EXPECT_EQ(events[2].at("event"), before);
    EXPECT_TRUE(events[2].at("outcome").is_null());
    EXPECT_THAT(std::string(events[2].at("reason").as_string()), HasSubstr("made later"));
    ASSERT_EQ(told.at("executions").as_array().size(), 1U);
    EXPECT_EQ(told.at("executions").at(0).at("rule_ref"), "mine.one");
}

TEST_F(EvaluationRoutes, WhatKeepsARuleFromRunningIsSaid) {
    make("mine.off", R"("enabled":false)");
    ok(Method::post, "/triggers/mine.seen/disable");
    EXPECT_EQ(call(Method::delete_, "/api/v1/actions/mine.keep").status, 200);
    const auto told = ok(Method::get, "/rules/mine.off/explain").at("data");
    EXPECT_EQ(told.at("blocked"),
              (json::array{"the rule is disabled", "the trigger mine.seen is disabled",
                           "the action mine.keep does not exist", "no worker takes work: its executions wait"}));
    EXPECT_EQ(told.at("events").as_array().size(), 0U);

    ASSERT_EQ(post_rule("mine.timed", kGood).status, 201);
    const auto timed = ok(Method::get, "/rules/mine.timed/explain").at("data");
    EXPECT_EQ(timed.at("timer").at("state"), "armed");
    EXPECT_TRUE(timed.at("timer").at("next_fire_at").is_string());
}

TEST_F(EvaluationRoutes, AnExplanationShowsWhatTheCallerMayRead) {
    make("mine.all", R"("enabled":true)");
    post({{"token", kSecret}});
    const auto explain = [&](const std::string& token) {
        return call(Method::get, "/api/v1/rules/mine.all/explain", {}, token);
    };
    const auto rules_alone = explain("reader");
    ASSERT_EQ(rules_alone.status, 200) << rules_alone.body;
    const auto told = parse_json(rules_alone.body)->at("data");
    EXPECT_TRUE(told.at("events").is_null());
    EXPECT_TRUE(told.at("executions").is_null());
    authenticator_.callers["reader"].grants.push_back({Resource::events, {Right::read}, {}});
    const auto with_events = parse_json(explain("reader").body)->at("data");
    EXPECT_EQ(with_events.at("events").as_array().size(), 1U);
    EXPECT_TRUE(with_events.at("events").at(0).at("status").is_null());
    EXPECT_TRUE(with_events.at("executions").is_null());
    EXPECT_EQ(explain("author").status, 403);
    EXPECT_THAT(explain("admin").body, Not(HasSubstr(kSecret)));
    EXPECT_EQ(call(Method::get, "/api/v1/rules/mine.nothing/explain").status, 404);
    auto& limited = authenticator_.callers["limited"];
    limited.identity = {4};
    GrantConstraints others;
    others.refs = {"mine.other"};
    limited.grants = {{Resource::rules, {Right::read}, others}};
    EXPECT_EQ(explain("limited").status, 404);
}

} // namespace
} // namespace attune::api
