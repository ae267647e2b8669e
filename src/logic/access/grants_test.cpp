#include "logic/access/grants.hpp"

#include <gtest/gtest.h>

namespace attune::logic::access {
namespace {

Grant grant_on(Resource resource, Right right, GrantConstraints constraints) {
    Grant grant{resource, {right}, {}};
    grant.constraints.emplace(std::move(constraints));
    return grant;
}

bool holds(const char* constraints, const Target& target) {
    const auto parsed = from_json<GrantConstraints>(*parse_json(constraints));
    return allows({grant_on(Resource::keys, Right::read, *parsed)}, Resource::keys, Right::read, target);
}

TEST(Grants, AllowOnlyTheResourceAndActionTheyName) {
    const std::vector<Grant> grants{{Resource::rules, {Right::read, Right::update}, {}}};

    EXPECT_TRUE(allows(grants, Resource::rules, Right::read));
    EXPECT_FALSE(allows(grants, Resource::rules, Right::delete_));
    EXPECT_FALSE(allows(grants, Resource::packs, Right::read));
    EXPECT_FALSE(allows({}, Resource::rules, Right::read));
}

TEST(Grants, RequireEveryConstraintToHold) {
    const char* both = R"({"pack_refs":["core"],"ids":[4]})";

    EXPECT_TRUE(holds(both, {.pack_ref = "core", .id = 4}));
    EXPECT_FALSE(holds(both, {.pack_ref = "core", .id = 5}));
    EXPECT_FALSE(holds(both, {.pack_ref = "core"})) << "what is not known does not hold";
    EXPECT_FALSE(holds(both, {}));
}

TEST(Grants, KnowEveryKindOfConstraint) {
    EXPECT_TRUE(holds(R"({"refs":["a","b"]})", {.ref = "b"}));
    EXPECT_TRUE(holds(R"({"owner":"self"})", {.owner = OwnerRule::self}));
    EXPECT_FALSE(holds(R"({"owner":"self"})", {.owner = OwnerRule::none}));
    EXPECT_TRUE(holds(R"({"owner":"none"})", {.owner = OwnerRule::none}));
    EXPECT_TRUE(holds(R"({"owner":"any"})", {}));
    EXPECT_TRUE(
        holds(R"({"owner_types":["pack"],"owner_refs":["core"]})", {.owner_type = "pack", .owner_ref = "core"}));
    EXPECT_FALSE(holds(R"({"visibility":["public"]})", {.visibility = "private"}));
    EXPECT_TRUE(holds(R"({"execution_scope":"descendants"})", {.execution = ExecutionScope::self}));
    EXPECT_FALSE(holds(R"({"execution_scope":"self"})", {.execution = ExecutionScope::descendants}));
    EXPECT_FALSE(holds(R"({"encrypted":false})", {.encrypted = true}));
    EXPECT_TRUE(holds(R"({"attributes":{"team":"ops"}})", {.attributes = {{"team", "ops"}, {"x", 1}}}));
    EXPECT_FALSE(holds(R"({"attributes":{"team":"ops"}})", {.attributes = {{"team", "dev"}}}));
}

TEST(Grants, ConstrainedOnesAllowSomeTargetsButNotAll) {
    GrantConstraints core;
    core.pack_refs.emplace({std::string("core")});
    const std::vector<Grant> grants{grant_on(Resource::packs, Right::read, core)};

    EXPECT_TRUE(allows_some(grants, Resource::packs, Right::read));
    EXPECT_FALSE(allows(grants, Resource::packs, Right::read));
}

TEST(Grants, MayBeHandedOnOnlyByWhoHoldsThem) {
    GrantConstraints core;
    core.pack_refs.emplace({std::string("core")});
    const std::vector<Grant> narrow{grant_on(Resource::packs, Right::read, core)};
    const std::vector<Grant> wide{{Resource::packs, {Right::read}, {}}};

    EXPECT_TRUE(covers(wide, narrow));
    EXPECT_TRUE(covers(narrow, narrow));
    EXPECT_FALSE(covers(narrow, wide));
}

TEST(Grants, AreReadFromTheirContractForm) {
    const auto grant = from_json<Grant>(*parse_json(R"({"resource":"audit_log","actions":["read","delete"]})"));

    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->actions.back(), Right::delete_);
    EXPECT_FALSE(from_json<Grant>(*parse_json(R"({"resource":"moon","actions":[]})")));
}

TEST(Grants, OfASetAreReadStrictly) {
    const auto field = [](const char* grants) {
        const auto read = read_grants(parse_json(grants)->get_array(), "grants");
        return read ? "" : read.error().field;
    };
    EXPECT_EQ(field(R"([{"resource":"packs","actions":["read"]}])"), "");
    EXPECT_EQ(field(R"([{"resource":"moon","actions":["read"]}])"), "grants[0].resource");
    EXPECT_EQ(field(R"([{"resource":"packs","actions":["read","fly"]}])"), "grants[0].actions[1]");
    EXPECT_EQ(field(R"([{"resource":"packs"}])"), "grants[0].actions");
    EXPECT_EQ(field(R"([{"resource":"packs","actions":[],"constraints":{"colour":"red"}}])"),
              "grants[0].constraints.colour");
}

TEST(Grants, OfAStoredSetThatAreNotKnownAllowNothing) {
    PermissionSet set;
    set.grants = parse_json(R"([{"resource":"moon","actions":["read"]},{"resource":"packs","actions":["read"]},
        {"resource":"rules","actions":["read"],"constraints":{"colour":"red"}}])")
                     ->get_array();

    const auto grants = grants_of(set);

    ASSERT_EQ(grants.size(), 1U);
    EXPECT_EQ(grants[0].resource, Resource::packs);
}

TEST(Grants, OfASensorLetItRecordEvents) {
    EXPECT_TRUE(allows(sensor_grants(), Resource::events, Right::create));
    EXPECT_TRUE(allows(sensor_grants(), Resource::rules, Right::read));
    EXPECT_FALSE(allows(sensor_grants(), Resource::rules, Right::update));
}

TEST(Grants, OfTheStandardSetAreForOwnKeysAndArtifacts) {
    const auto metadata =
        parse_json(R"({"standard_access_action_refs":["core.echo",7],"standard_access_pack_refs":5})");
    const auto grants = standard_grants(metadata->get_object());

    EXPECT_TRUE(allows(grants, Resource::keys, Right::decrypt, {.owner_type = "action", .owner_ref = "core.echo"}));
    EXPECT_FALSE(allows(grants, Resource::keys, Right::update, {.owner_type = "action", .owner_ref = "core.echo"}));
    EXPECT_FALSE(allows(grants, Resource::keys, Right::read, {.owner_type = "pack", .owner_ref = "core"}));
    EXPECT_TRUE(standard_grants({}).empty());
}

} // namespace
} // namespace attune::logic::access
