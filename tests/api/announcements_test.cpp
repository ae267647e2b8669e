// What programs outside are told when somebody changes rules and packs.
#include "api/definitions_fixture.hpp"

#include "domain/rule.hpp"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Recorded final : public Announcements {
public:
    void announce(Announcement announcement) override {
        keys.push_back(announcement.routing_key);
        all.push_back(std::move(announcement));
    }
    std::vector<std::string> take_keys() { return std::exchange(keys, {}); }

    std::vector<std::string> keys;
    std::vector<Announcement> all;
};

class AnnouncementsOfRoutes : public DefinitionRoutes {
protected:
    AnnouncementsOfRoutes() { ctx_.announcements = &recorded_; }
    void put(std::string body) { EXPECT_EQ(call(Method::put, "/api/v1/rules/mine.r", std::move(body)).status, 200); }

    Recorded recorded_;
};

TEST_F(AnnouncementsOfRoutes, FollowTheLifeOfARule) {
    ASSERT_EQ(post_rule("mine.r", kGood).status, 201);
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.created"));

    put(R"({"label":"Other"})");
    EXPECT_THAT(recorded_.take_keys(), IsEmpty());
    put(R"({"trigger_params":{"unit":"seconds","interval":6}})");
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.enabled"));
    put(R"({"enabled":false})");
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.disabled"));

    for (int i = 0; i < 2; ++i) call(Method::post, "/api/v1/rules/mine.r/enable");
    for (int i = 0; i < 2; ++i) call(Method::post, "/api/v1/rules/mine.r/disable");
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.enabled", "rule.enabled", "rule.disabled", "rule.disabled"));

    EXPECT_EQ(call(Method::delete_, "/api/v1/rules/mine.r").status, 200);
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.deleted"));
    EXPECT_EQ(recorded_.all.back().at, world_.clock.now());
}

TEST_F(AnnouncementsOfRoutes, AreNotMadeOfWhatFailed) {
    EXPECT_EQ(post_rule("mine.r", R"("trigger_params":{"unit":"seconds","interval":0})").status, 422);
    EXPECT_EQ(call(Method::delete_, "/api/v1/rules/mine.none").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/rules/mine.none/enable").status, 404);

    EXPECT_THAT(recorded_.all, IsEmpty());
}

TEST_F(AnnouncementsOfRoutes, TellOfAnInstalledPackAndOfItsEnd) {
    ctx_.read_pack_directory = [](const std::string&) {
        LoadedPack out;
        out.contents.pack.ref = "fresh";
        out.contents.pack.label = "Fresh";
        out.contents.pack.version = "1.0.0";
        Rule rule;
        rule.ref = "fresh.r";
        rule.pack_ref = "fresh";
        rule.label = "R";
        rule.action_ref = "core.noop";
        rule.trigger_ref = "core.intervaltimer";
        rule.trigger_params = {{"unit", "seconds"}, {"interval", 5}};
        out.contents.rules.push_back(rule);
        return Result<LoadedPack>(std::move(out));
    };
    const auto installed = call(Method::post, "/api/v1/packs/register", R"({"path":"/somewhere"})");
    ASSERT_EQ(installed.status, 201) << installed.body;
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("pack.registered", "rule.created"));

    EXPECT_EQ(call(Method::post, "/api/v1/packs/register", R"({"path":"/somewhere"})").status, 409);
    EXPECT_THAT(recorded_.take_keys(), IsEmpty());

    EXPECT_EQ(call(Method::delete_, "/api/v1/packs/fresh").status, 200);
    EXPECT_THAT(recorded_.take_keys(), ElementsAre("rule.deleted", "pack.deleted"));
}

} // namespace
} // namespace attune::api
