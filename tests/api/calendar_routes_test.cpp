#include "api/definitions_fixture.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::HasSubstr;

class CalendarRoutesTest : public DefinitionRoutes {
protected:
    RawResponse post(const std::string& ref, const std::string& members) {
        return call(Method::post, "/api/v1/calendars",
                    fmt::format(R"({{"ref":"{}","pack_ref":"mine","label":"C",{}}})", ref, members));
    }
    RawResponse rule_with(const std::string& ref, const std::string& calendar) {
        return post_rule(ref, fmt::format(R"("trigger_params":{{"unit":"hours","interval":1,"calendars":["{}"]}},)"
                                          R"("action_params":{{"n":1}})",
                                          calendar));
    }
};

TEST_F(CalendarRoutesTest, AreCreatedReadListedChangedAndDeleted) {
    EXPECT_EQ(post("mine.b", R"("definition":{"dates":["12-25"]})").status, 201);
    EXPECT_EQ(post("mine.a", R"("definition":{"mode":"include","weekly":[{"days":["mon"]}]})").status, 201);
    EXPECT_EQ(post("mine.a", R"("definition":{"dates":["12-25"]})").status, 409);
    const auto first = call(Method::get, "/api/v1/calendars?page_size=1").body;
    EXPECT_THAT(first, HasSubstr(R"("ref":"mine.a")"));
    EXPECT_THAT(first, HasSubstr(R"("mode":"include")"));
    EXPECT_THAT(call(Method::get, "/api/v1/calendars?page=2&page_size=1").body, HasSubstr(R"("ref":"mine.b")"));
    EXPECT_EQ(call(Method::put, "/api/v1/calendars/mine.b", R"({"definition":{"dates":["12-26"]}})").status, 200);
    EXPECT_THAT(call(Method::get, "/api/v1/calendars/mine.b").body, HasSubstr("12-26"));
    EXPECT_EQ(call(Method::delete_, "/api/v1/calendars/mine.b").status, 200);
    EXPECT_EQ(call(Method::get, "/api/v1/calendars/mine.b").status, 404);
    EXPECT_EQ(call(Method::delete_, "/api/v1/calendars/mine.b").status, 404);
}

TEST_F(CalendarRoutesTest, ErrorsNameTheMemberOfTheDefinition) {
    EXPECT_EQ(field_of(post("mine.a", R"("definition":{"dates":["2026-13-01"]})")), "definition.dates[0]");
    EXPECT_EQ(field_of(post("mine.a", R"("definition":{"days":[]})")), "definition.days");
    EXPECT_EQ(field_of(post("mine.a", R"("description":"nothing in it")")), "definition.dates");
    EXPECT_EQ(field_of(post("other.a", R"("definition":{"dates":["12-25"]})")), "ref");
    EXPECT_EQ(call(Method::get, "/api/v1/calendars/mine.a").status, 404);
}

TEST_F(CalendarRoutesTest, TakeTheEventsOfAnIcsFile) {
    EXPECT_EQ(post("mine.a", R"("ics":"good")").status, 201);
    EXPECT_THAT(call(Method::get, "/api/v1/calendars/mine.a").body, HasSubstr(R"("start":"2026-01-01")"));
    EXPECT_EQ(field_of(post("mine.b", R"("ics":"bad")")), "ics");
    EXPECT_EQ(field_of(post("mine.b", R"("ics":"good","definition":{"events":[]})")), "ics");
    EXPECT_EQ(
        call(Method::put, "/api/v1/calendars/mine.a", R"({"definition":{"timezone":"Europe/Berlin"},"ics":"good"})")
            .status,
        200);
    const auto changed = call(Method::get, "/api/v1/calendars/mine.a").body;
    EXPECT_THAT(changed, HasSubstr("Europe/Berlin"));
    EXPECT_THAT(changed, HasSubstr("2026-01-01"));
}

TEST_F(CalendarRoutesTest, ATimerNamesOnlyCalendarsThatThereAre) {
    EXPECT_EQ(field_of(rule_with("mine.r", "mine.closed")), "trigger_params.calendars[0]");
    EXPECT_EQ(post("mine.closed", R"("definition":{"dates":["2026-01-01"]})").status, 201);
    EXPECT_EQ(rule_with("mine.r", "mine.closed").status, 201);
    const auto timer = call(Method::get, "/api/v1/timers/mine.r");
    EXPECT_THAT(timer.body, HasSubstr(R"("next_fire_at":"2026-01-02T00:00:00)"));
    const auto preview = call(Method::post, "/api/v1/schedules/preview",
                              R"({"config":{"type":"cron","expression":"0 * * * *","calendars":["mine.closed"]},)"
                              R"("count":1})");
    EXPECT_THAT(preview.body, HasSubstr("2026-01-02T00:00:00"));
    EXPECT_EQ(call(Method::post, "/api/v1/timers/mine.r/skip-next").status, 200);
    EXPECT_EQ(call(Method::post, "/api/v1/timers/mine.r/fire").status, 200);
}

TEST_F(CalendarRoutesTest, OneThatIsInUseStays) {
    EXPECT_EQ(post("mine.closed", R"("definition":{"dates":["2026-01-01"]})").status, 201);
    EXPECT_EQ(rule_with("mine.r", "mine.closed").status, 201);
    const auto trigger = R"({"ref":"mine.t","pack_ref":"mine","label":"T",)"
                         R"("param_schema":{"type":"interval","hours":1,"calendars":["mine.closed"]}})";
    EXPECT_EQ(call(Method::post, "/api/v1/triggers", trigger).status, 201);
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.r/disable").status, 200);
    const auto refused = call(Method::delete_, "/api/v1/calendars/mine.closed");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("rule mine.r, trigger mine.t"));
    EXPECT_EQ(call(Method::delete_, "/api/v1/rules/mine.r").status, 200);
    EXPECT_EQ(call(Method::delete_, "/api/v1/triggers/mine.t").status, 200);
    EXPECT_EQ(call(Method::delete_, "/api/v1/calendars/mine.closed").status, 200);
}

TEST_F(CalendarRoutesTest, AreForThoseWhoMayWriteTriggers) {
    const auto body = R"({"ref":"mine.a","pack_ref":"mine","label":"C","definition":{"dates":["12-25"]}})";
    EXPECT_EQ(call(Method::post, "/api/v1/calendars", body, "author").status, 403);
    EXPECT_EQ(call(Method::get, "/api/v1/calendars", {}, "author").status, 403);
}

TEST_F(CalendarRoutesTest, GoWithTheirPackUnlessARuleOfAnotherUsesThem) {
    EXPECT_EQ(call(Method::post, "/api/v1/packs", R"({"ref":"days","label":"Days","version":"1.0.0"})").status, 201);
    EXPECT_EQ(call(Method::post, "/api/v1/calendars",
                   R"({"ref":"days.off","pack_ref":"days","label":"C","definition":{"dates":["12-25"]}})")
                  .status,
              201);
    EXPECT_EQ(rule_with("mine.r", "days.off").status, 201);
    EXPECT_EQ(call(Method::delete_, "/api/v1/packs/days").status, 409);
    EXPECT_EQ(call(Method::delete_, "/api/v1/rules/mine.r").status, 200);
    EXPECT_EQ(call(Method::delete_, "/api/v1/packs/days").status, 200);
    EXPECT_EQ(call(Method::get, "/api/v1/calendars/days.off").status, 404);
}

} // namespace
} // namespace attune::api
