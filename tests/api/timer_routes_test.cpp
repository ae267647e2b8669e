#include "api/definitions_fixture.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

class TimerRoutesTest : public DefinitionRoutes {
protected:
    TimerRoutesTest() {
        post_rule("mine.fast", kGood);
        call(Method::post, "/api/v1/rules",
             R"({"ref":"mine.daily","pack_ref":"mine","label":"R","action_ref":"mine.act","action_params":{"n":1},
                 "trigger_ref":"core.crontimer",
                 "trigger_params":{"expression":"30 2 * * *","timezone":"America/New_York"}})");
        world_.start(test::Role::timers);
    }
    json::value data(const RawResponse& response) {
        EXPECT_LT(response.status, 300) << response.body;
        const auto body = *parse_json(response.body);
        const auto* found = find_member(body, "data");
        return found == nullptr ? body : *found;
    }
    json::value get(const std::string& key) { return data(call(Method::get, "/api/v1/timers/" + key)); }
    json::value post(const std::string& what, std::string body = {}) {
        auto out = data(call(Method::post, "/api/v1/timers/" + what, std::move(body)));
        world_.clock.run_until_idle();
        return out;
    }
    std::vector<std::string> listed(const std::string& query, const std::string& token = "admin") {
        std::vector<std::string> out;
        const auto body = *parse_json(call(Method::get, "/api/v1/timers" + query, {}, token).body);
        for (const auto& one : find_member(body, "items")->as_array()) {
            const auto& ref = one.at("rule_ref");
            out.emplace_back(ref.is_null() ? one.at("trigger_ref").as_string() : ref.as_string());
        }
        return out;
    }
};

TEST_F(TimerRoutesTest, ShowsWhatATimerMeansAndWhatItDid) {
    world_.advance(12s);
    const auto fast = get("mine.fast");

    EXPECT_EQ(fast.at("state"), "armed");
    EXPECT_EQ(fast.at("kind"), "interval");
    EXPECT_EQ(fast.at("counters").at("fired"), 2);
    EXPECT_EQ(fast.at("next").as_array().size(), 10U);
    ASSERT_EQ(fast.at("last").as_array().size(), 2U);
    EXPECT_EQ(fast.at("last").at(0).at("decision"), "fired");
    EXPECT_EQ(fast.at("last").at(0).at("reason"), "normal");
    EXPECT_EQ(fast.at("next_fire_at"), "2026-01-01T00:00:15.000000Z");
}

TEST_F(TimerRoutesTest, SaysWhatDaylightSavingWillDo) {
    world_.clock.step(std::chrono::hours{24 * 62});
    world_.advance(1s);
    const auto daily = get("mine.daily");

    EXPECT_THAT(std::string(daily.at("schedule").as_string()), testing::HasSubstr("02:30"));
    EXPECT_THAT(to_text(daily.at("clock_changes")), testing::HasSubstr("8 March 2026"));
}

TEST_F(TimerRoutesTest, FiltersAndPages) {
    using testing::ElementsAre;
    EXPECT_THAT(listed(""), ElementsAre("mine.fast", "mine.daily"));
    EXPECT_THAT(listed("?kind=cron"), ElementsAre("mine.daily"));
    EXPECT_THAT(listed("?pack=mine&page=2&page_size=1"), ElementsAre("mine.daily"));
    EXPECT_THAT(listed("?pack=min"), ElementsAre());
    EXPECT_THAT(listed("?rule_ref=mine.fast"), ElementsAre("mine.fast"));
    EXPECT_THAT(listed("?state=paused"), ElementsAre());
    post("mine.fast/pause");
    EXPECT_THAT(listed("?state=paused"), ElementsAre("mine.fast"));
    EXPECT_THAT(listed("?state=armed"), ElementsAre("mine.daily"));
    EXPECT_EQ(call(Method::get, "/api/v1/timers?state=asleep").status, 400);
    EXPECT_EQ(call(Method::get, "/api/v1/timers?page=0").status, 400);
}

TEST_F(TimerRoutesTest, PausesWithANoteUntilATimeAndResumes) {
    const auto paused = post("mine.fast/pause", R"({"note":"holidays","until":"2026-01-01T00:00:12Z"})");
    EXPECT_EQ(paused.at("state"), "paused");
    EXPECT_EQ(paused.at("pause_note"), "holidays");
    EXPECT_EQ(paused.at("next_fire_at"), "2026-01-01T00:00:15.000000Z");
    world_.advance(16s);

    const auto later = get("mine.fast");
    EXPECT_EQ(later.at("state"), "armed");
    EXPECT_EQ(later.at("last").at(0).at("decision"), "fired");
    EXPECT_EQ(later.at("last").at(1).at("decision"), "skipped");
    EXPECT_EQ(later.at("last").at(1).at("count"), 2);
    EXPECT_EQ(post("mine.fast/resume").at("state"), "armed");
}

TEST_F(TimerRoutesTest, RefusesAPauseThatIsOver) {
    const auto response = call(Method::post, "/api/v1/timers/mine.fast/pause", R"({"until":"2025-01-01T00:00:00Z"})");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(field_of(response), "until");
}

TEST_F(TimerRoutesTest, FiresNowAndSkipsTheNext) {
    const auto fired = post("mine.fast/fire");
    EXPECT_GT(fired.at("event").as_int64(), 0);
    const auto skipped = post("mine.fast/skip-next");
    EXPECT_EQ(skipped.at("nominal"), "2026-01-01T00:00:05.000000Z");
    EXPECT_EQ(skipped.at("next_fire_at"), "2026-01-01T00:00:10.000000Z");
    world_.advance(11s);

    const auto now = get("mine.fast");
    EXPECT_EQ(now.at("counters").at("fired"), 1);
    EXPECT_EQ(now.at("counters").at("manual"), 1);
    EXPECT_EQ(now.at("counters").at("skipped"), 1);
}

TEST_F(TimerRoutesTest, BackfillsOnlyWhenItIsNoDryRun) {
    post("mine.fast/pause");
    world_.advance(21s);
    post("mine.fast/resume");
    world_.advance(5s);
    const std::string range = R"("from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:01:00Z")";
    const auto dry = post("mine.fast/backfill", "{" + range + "}");
    EXPECT_EQ(dry.at("dry_run"), true);
    EXPECT_EQ(dry.at("count"), 4);
    EXPECT_EQ(dry.at("recorded"), 1);
    EXPECT_EQ(dry.at("refused").as_array().size(), 1U);
    EXPECT_EQ(world_.events().size(), 1U);

    EXPECT_EQ(post("mine.fast/backfill", "{" + range + R"(,"dry_run":false})").at("count"), 4);
    EXPECT_EQ(post("mine.fast/backfill", "{" + range + R"(,"dry_run":false})").at("count"), 0);
    EXPECT_EQ(world_.events().size(), 5U);
}

TEST_F(TimerRoutesTest, RefusesABackfillThatIsEmptyOrEndless) {
    const auto empty = call(Method::post, "/api/v1/timers/mine.daily/backfill",
                            R"({"from":"2025-01-02T00:00:00Z","to":"2025-01-01T00:00:00Z"})");
    EXPECT_EQ(field_of(empty), "to");
    const auto endless = call(Method::post, "/api/v1/timers/mine.daily/backfill",
                              R"({"from":"2015-01-02T00:00:00Z","to":"2025-01-01T00:00:00Z"})");
    EXPECT_EQ(endless.status, 422);
    EXPECT_EQ(field_of(endless), "to");
}

TEST_F(TimerRoutesTest, TellsADisabledRuleAndAnUnknownTimer) {
    call(Method::post, "/api/v1/rules/mine.fast/disable");
    EXPECT_EQ(call(Method::post, "/api/v1/timers/mine.fast/fire").status, 409);
    EXPECT_EQ(call(Method::post, "/api/v1/timers/mine.fast/skip-next").status, 409);
    EXPECT_EQ(get("mine.fast").at("state"), "disabled");
    EXPECT_EQ(call(Method::get, "/api/v1/timers/mine.none").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/timers/999/fire").status, 404);
}

TEST_F(TimerRoutesTest, ShowsEachCallerItsOwn) {
    auto& reader = authenticator_.callers["reader"];
    reader.identity = {3};
    GrantConstraints only;
    only.refs = std::vector<std::string>{"mine.daily"};
    reader.grants = {{Resource::rules, {Right::read}, only}};

    EXPECT_THAT(listed("", "reader"), testing::ElementsAre("mine.daily"));
    EXPECT_EQ(call(Method::get, "/api/v1/timers/mine.fast", {}, "reader").status, 404);
    EXPECT_EQ(call(Method::get, "/api/v1/timers/mine.daily", {}, "reader").status, 200);
    EXPECT_EQ(call(Method::post, "/api/v1/timers/mine.daily/pause", {}, "reader").status, 403);
}

} // namespace
} // namespace attune::api
