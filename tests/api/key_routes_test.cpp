#include "definitions_fixture.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

class KeyRoutesTest : public DefinitionRoutes {
protected:
    KeyRoutesTest() {
        auto& reader = authenticator_.callers["reader"];
        reader.identity = {3};
        reader.grants = {{Resource::keys, {Right::read}, {}}};
        auto& of_pack = authenticator_.callers["pack reader"];
        of_pack.identity = {4};
        Grant grant{Resource::keys, {Right::read, Right::decrypt}, {}};
        grant.constraints.emplace();
        grant.constraints->owner_types.emplace({std::string("pack")});
        grant.constraints->owner_refs.emplace({std::string("mine")});
        of_pack.grants = {grant};
        auto& owner = authenticator_.callers["owner"];
        owner.identity = {1};
        Grant own{Resource::keys, {Right::read, Right::create, Right::update, Right::delete_, Right::decrypt}, {}};
        own.constraints.emplace();
        own.constraints->owner.emplace(OwnerRule::self);
        owner.grants = {own};
    }

    RawResponse post(const std::string& ref, const std::string& members, const std::string& token = "admin") {
        return call(Method::post, "/api/v1/keys", fmt::format(R"({{"ref":"{}","name":"{}",{}}})", ref, ref, members),
                    token);
    }
    json::value data(const RawResponse& response) {
        const auto body = parse_json(response.body);
        const auto* found = body ? find_member(*body, "data") : nullptr;
        return found == nullptr ? json::value(response.body) : *found;
    }
    json::value value_of(const std::string& ref, const std::string& token = "admin") {
        return data(call(Method::get, "/api/v1/keys/" + ref, {}, token)).at("value");
    }
    std::vector<std::string> refs(std::string_view query, const std::string& token = "admin") {
        std::vector<std::string> out;
        const auto body = parse_json(call(Method::get, fmt::format("/api/v1/keys?{}", query), {}, token).body);
        for (const auto& item : body->at("items").as_array()) out.emplace_back(item.at("ref").as_string());
        return out;
    }

    static constexpr const char* kSecret =
        R"("owner_type":"pack","owner_pack_ref":"mine","value":"hush","encrypted":true)";
    static constexpr const char* kPlain = R"("owner_type":"system","value":{"a":[1,true,null]})";
};

TEST_F(KeyRoutesTest, EchoTheValueOfAKeyThatIsMade) {
    const auto made = post("token", kSecret);

    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(data(made).at("value"), "hush");
    EXPECT_EQ(data(made).at("owner_pack_ref"), "mine");
    EXPECT_EQ(value_of("token"), "hush");
}

TEST_F(KeyRoutesTest, KeepTheTypesOfValues) {
    ASSERT_EQ(post("config", kPlain).status, 201);

    EXPECT_EQ(to_text(value_of("config")), R"({"a":[1,true,null]})");
}

TEST_F(KeyRoutesTest, ShowAnEncryptedValueToThoseWhoMayDecryptItAlone) {
    post("token", kSecret);
    post("config", kPlain);

    EXPECT_TRUE(value_of("token", "reader").is_null());
    EXPECT_TRUE(value_of("config", "reader").is_object());
    EXPECT_EQ(value_of("token", "pack reader"), "hush");
}

TEST_F(KeyRoutesTest, HaveNoValuesInLists) {
    post("token", kSecret);
    post("config", kPlain);

    const auto list = call(Method::get, "/api/v1/keys", {}, "reader");

    EXPECT_EQ(list.status, 200);
    EXPECT_THAT(list.body, testing::Not(testing::HasSubstr("hush")));
    EXPECT_THAT(list.body, testing::Not(testing::HasSubstr("\"value\"")));
}

TEST_F(KeyRoutesTest, ListWhatGrantsAllowByOwnerAndByPages) {
    post("token", kSecret);
    post("config", kPlain);
    post("other", R"("owner_type":"system","value":1)");

    EXPECT_THAT(refs(""), testing::ElementsAre("config", "other", "token"));
    EXPECT_THAT(refs("owner_type=system"), testing::ElementsAre("config", "other"));
    EXPECT_THAT(refs("owner_type=system&owner=system&per_page=1&page=2"), testing::ElementsAre("other"));
    EXPECT_THAT(refs("", "pack reader"), testing::ElementsAre("token"));
    EXPECT_EQ(call(Method::get, "/api/v1/keys", {}, "author").status, 403);
    EXPECT_EQ(call(Method::get, "/api/v1/keys?owner_type=king").status, 400);
}

TEST_F(KeyRoutesTest, AreNotThereForThoseWhoMayNotReadThem) {
    post("config", kPlain);

    EXPECT_EQ(call(Method::get, "/api/v1/keys/config", {}, "pack reader").status, 404);
    EXPECT_EQ(call(Method::get, "/api/v1/keys/none").status, 404);
    EXPECT_EQ(call(Method::delete_, "/api/v1/keys/none").status, 404);
    EXPECT_EQ(call(Method::put, "/api/v1/keys/none", R"({"value":1})").status, 404);
}

TEST_F(KeyRoutesTest, ChangeWhatIsGivenAndLeaveTheRest) {
    post("token", kSecret);

    EXPECT_EQ(call(Method::put, "/api/v1/keys/token", R"({"value":"new"})").status, 200);
    EXPECT_EQ(value_of("token"), "new");
    const auto opened = call(Method::put, "/api/v1/keys/token", R"({"encrypted":false})");
    EXPECT_EQ(data(opened).at("value"), "new");
    EXPECT_EQ(data(opened).at("name"), "token");
    EXPECT_EQ(call(Method::put, "/api/v1/keys/token", R"({"value":1})", "reader").status, 403);
}

TEST_F(KeyRoutesTest, AreNotOpenedByThoseWhoMayChangeButNotDecryptThem) {
    authenticator_.callers["writer"].identity = {5};
    authenticator_.callers["writer"].grants = {{Resource::keys, {Right::read, Right::update}, {}}};
    post("token", kSecret);

    EXPECT_EQ(call(Method::put, "/api/v1/keys/token", R"({"encrypted":false})", "writer").status, 403);
    EXPECT_TRUE(value_of("token", "writer").is_null());
    EXPECT_EQ(value_of("token"), "hush");
    EXPECT_EQ(call(Method::put, "/api/v1/keys/token", R"({"encrypted":false,"value":1})", "writer").status, 200);
    EXPECT_EQ(value_of("token", "writer"), 1);
}

TEST_F(KeyRoutesTest, AreGoneAfterTheirDeletion) {
    post("token", kSecret);

    EXPECT_EQ(call(Method::delete_, "/api/v1/keys/token", {}, "reader").status, 403);
    EXPECT_EQ(call(Method::delete_, "/api/v1/keys/token").status, 200);
    EXPECT_EQ(call(Method::delete_, "/api/v1/keys/token").status, 404);
    EXPECT_EQ(post("token", kSecret).status, 201);
}

TEST_F(KeyRoutesTest, RefuseWhatExistsAndOwnersThatDoNot) {
    post("token", kSecret);

    EXPECT_EQ(post("token", kPlain).status, 409);
    EXPECT_EQ(post("second", R"("owner_type":"pack","owner_pack_ref":"none","value":1)").status, 404);
    EXPECT_GE(post("second", R"("owner_type":"pack","value":1)").status, 400);
    EXPECT_GE(post("second", R"("owner_type":"system","owner_pack_ref":"mine","value":1)").status, 400);
    EXPECT_EQ(post("second", R"("owner_type":"king","value":1)").status, 422);
    EXPECT_EQ(field_of(post("second", R"("owner_type":"system")")), "value");
    EXPECT_THAT(refs(""), testing::ElementsAre("token"));
}

TEST_F(KeyRoutesTest, LetAnIdentityKeepItsOwnKeys) {
    ASSERT_EQ(post("mine", R"("owner_type":"identity","value":"x","encrypted":true)", "owner").status, 201);
    post("config", kPlain);

    EXPECT_THAT(refs("", "owner"), testing::ElementsAre("mine"));
    EXPECT_EQ(value_of("mine", "owner"), "x");
    EXPECT_EQ(post("theirs", R"("owner_type":"identity","owner_identity":2,"value":"x")", "owner").status / 100, 4);
    EXPECT_EQ(post("system", kPlain, "owner").status, 403);
    EXPECT_EQ(refs("").size(), 2U);
}

} // namespace
} // namespace attune::api
