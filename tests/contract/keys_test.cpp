// Keys: who owns them, what is sealed of them, and what an action is given, on both databases.
#include "adapters/crypto/crypto.hpp"
#include "adapters/system_random/system_random.hpp"
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/identity.hpp"
#include "flow/definitions.hpp"
#include "flow/generation.hpp"
#include "flow/keys.hpp"
#include "logic/definitions/keys.hpp"

namespace attune::test {
namespace {

using testing::HasSubstr;
using Backends = testing::Types<SqliteFile, PostgresServer>;

const QueryOf<Key> kAll{"test.keys", "select {columns} from key order by id"};
const QueryOf<SealedValue> kSealed{"test.sealed_keys", "select {columns} from execution_secret_value"};
const NewOf<Identity> kNewIdentity{"test.identity"};
const Query kSwap{"test.swap_keys", "update execution_secret_value set entity_id = $2 where entity_id = $1"};
constexpr const char* kSecret = "open-sesame-4711";

Pack pack_named(std::string ref) {
    Pack out;
    out.ref = std::move(ref);
    out.label = "p";
    out.version = "1.0.0";
    return out;
}

Action action_of(const Pack& pack, std::string ref) {
    Action out;
    out.ref = std::move(ref);
    out.pack = pack.id;
    out.pack_ref = pack.ref;
    out.label = "a";
    out.entrypoint = "a.sh";
    return out;
}

Key key_of_system(std::string ref, json::value value, bool encrypted = false) {
    Key out;
    out.name = ref;
    out.ref = std::move(ref);
    out.value = std::move(value);
    out.encrypted = encrypted;
    return out;
}

Key key_of_pack(std::string ref, std::string pack_ref, json::value value, bool encrypted = false) {
    auto out = key_of_system(std::move(ref), std::move(value), encrypted);
    out.owner_type = KeyOwner::pack;
    out.owner_pack_ref = std::move(pack_ref);
    return out;
}

Key key_of_action(std::string ref, std::string action_ref, json::value value, bool encrypted = false) {
    auto out = key_of_system(std::move(ref), std::move(value), encrypted);
    out.owner_type = KeyOwner::action;
    out.owner_action_ref = std::move(action_ref);
    return out;
}

template <class Factory>
class Keys : public DatabaseTest<Factory> {
protected:
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        vault = *crypto::make_vault("the key of this test", {}, random);
        this->db->use(*vault);
        this->change([&](Session& session) -> Result<void> {
            CHECK(flow::ensure_instance(session, "uuid", kNow));
            TRY(pack, flow::create_pack(session, pack_named("ops"), kNow));
            TRY(action, flow::create_action(session, action_of(pack, "ops.act"), kNow));
            TRY(other, flow::create_pack(session, pack_named("other"), kNow));
            return {};
        });
    }
    void change(const std::function<Result<void>(Session&)>& fn) {
        const auto done = this->write([&](Session& session) -> Result<bool> {
            CHECK(fn(session));
            return true;
        });
        ASSERT_TRUE(done) << done.error().text();
    }
    Result<Key> create(const Key& key) {
        return this->write([&](Session& session) { return flow::create_key(session, key, kNow); });
    }
    Result<Key> update(const Key& key, const flow::KeyChange& how) {
        return this->write([&](Session& session) { return flow::update_key(session, key, how, kNow + 1s); });
    }
    std::string field_of(const Key& key) {
        const auto made = create(key);
        return made ? "made" : made.error().field;
    }
    json::value clear(const std::string& ref) {
        return *this->read([&](Session& session) -> Result<json::value> {
            TRY(const auto key, flow::get_key(session, ref));
            return flow::reveal_key(session, key);
        });
    }
    std::vector<Key> all() {
        return *this->read([](Session& session) { return session.all<Key>(kAll); });
    }
    std::size_t sealed() {
        return this->read([](Session& session) { return session.all<SealedValue>(kSealed); })->size();
    }
    json::object given_to(const std::string& action_ref, json::object parameters = {}) {
        const auto given = *this->read([&](Session& session) { return flow::keys_for_actions(session, {action_ref}); });
        secrets = *flow::give_keys(this->db->vault(), given.at(action_ref), parameters);
        return parameters;
    }
    bool gives() {
        return *this->read([](Session& session) { return flow::gives_keys(session); });
    }
    std::int64_t generation() {
        return *this->read([](Session& session) { return flow::current_generation(session); });
    }

    SystemRandom random;
    std::unique_ptr<Vault> vault;
    Pack pack;
    Pack other;
    Action action;
    std::vector<json::value> secrets; ///< of what was given
};
TYPED_TEST_SUITE(Keys, Backends);

TYPED_TEST(Keys, ComeBackWithTheirTypes) {
    const json::value values[] = {nullptr, true, 7, 1.5, "text", json::array{1, "a"}, json::object{{"a", {{"b", 2}}}}};
    int number = 0;
    for (const auto& value : values) {
        for (const bool encrypted : {false, true}) {
            const auto ref = fmt::format("k{}", ++number);
            const auto made = this->create(key_of_system(ref, value, encrypted));
            ASSERT_TRUE(made) << made.error().text();
            EXPECT_EQ(made->value, encrypted ? json::value(kMask) : value);
            EXPECT_EQ(this->clear(ref), value);
        }
    }
}

TYPED_TEST(Keys, AreOwnedByWhatTheirTypeAsksFor) {
    auto by_id = key_of_system("by_id", 1);
    by_id.owner_type = KeyOwner::pack;
    by_id.owner_pack = this->pack.id;
    Identity ann;
    ann.login = "ann";
    ann.created = ann.updated = kNow;
    this->change([&](Session& session) { return session.create(kNewIdentity, ann); });
    auto personal = key_of_system("personal", 1);
    personal.owner_type = KeyOwner::identity;
    personal.owner_identity = ann.id;

    EXPECT_EQ(this->create(key_of_system("s", 1))->owner, "system");
    const auto of_pack = *this->create(key_of_pack("p", "ops", 1));
    EXPECT_EQ(of_pack.owner_pack, this->pack.id);
    EXPECT_EQ(of_pack.owner, std::to_string(this->pack.id.value));
    EXPECT_EQ(*this->create(by_id)->owner_pack_ref, "ops");
    EXPECT_EQ(this->create(key_of_action("a", "ops.act", 1))->owner, std::to_string(this->action.id.value));
    EXPECT_EQ(this->create(personal)->owner, std::to_string(ann.id.value));
}

TYPED_TEST(Keys, SayWhatOfTheirOwnerIsWrong) {
    EXPECT_EQ(this->create(key_of_pack("p", "gone", 1)).error().code, Errc::not_found);
    EXPECT_EQ(this->field_of(key_of_pack("p", "gone", 1)), "owner_pack_ref");
    EXPECT_EQ(this->field_of(key_of_action("a", "ops.gone", 1)), "owner_action_ref");

    auto none = key_of_system("n", 1);
    none.owner_type = KeyOwner::identity;
    EXPECT_EQ(this->field_of(none), "owner_identity");
    none.owner_identity = IdentityId{4711};
    EXPECT_EQ(this->create(none).error().code, Errc::not_found);
    none.owner_type = KeyOwner::sensor;
    EXPECT_EQ(this->field_of(none), "owner_identity") << "it has no place there";
    none.owner_identity.reset();
    EXPECT_EQ(this->field_of(none), "owner_sensor_ref");

    auto twice = key_of_pack("p", "ops", 1);
    twice.owner_action_ref = "ops.act";
    EXPECT_EQ(this->field_of(twice), "owner_action_ref");
    auto system = key_of_system("s", 1);
    system.owner_pack_ref = "ops";
    EXPECT_EQ(this->field_of(system), "owner_pack_ref");
    auto two = key_of_pack("p", "ops", 1);
    two.owner_pack = this->other.id;
    EXPECT_EQ(this->field_of(two), "owner_pack_ref") << "the id is another pack's";
    EXPECT_TRUE(this->all().empty());
}

TYPED_TEST(Keys, AreRefusedWithANameOrAValueThatNoActionCouldGet) {
    auto key = key_of_system("k", 1);
    key.name = "a=b";
    EXPECT_EQ(this->field_of(key), "name");
    EXPECT_EQ(this->field_of(key_of_system("", 1)), "ref");
    EXPECT_EQ(this->field_of(key_of_system("a/b", 1)), "ref");
    EXPECT_EQ(this->field_of(key_of_system("k", json::value(kMask))), "value");
    const json::string most(logic::definitions::kMostValueBytes - 2, 'x');
    EXPECT_EQ(this->create(key_of_system("k", json::string(most.size() + 1, 'x'))).error().code, Errc::too_large);
    EXPECT_EQ(this->field_of(key_of_system("k", most)), "made");
}

TYPED_TEST(Keys, HaveARefAndANameOfTheirOwn) {
    ASSERT_TRUE(this->create(key_of_system("a", 1)));
    EXPECT_EQ(this->create(key_of_system("a", 1)).error().code, Errc::conflict);
    EXPECT_EQ(this->field_of(key_of_system("a", 1)), "ref");
    auto namesake = key_of_system("b", 1);
    namesake.name = "a";
    EXPECT_EQ(this->field_of(namesake), "name");
    const auto second = *this->create(key_of_system("b", 2));
    EXPECT_EQ(this->update(second, {.name = "a"}).error().field, "name");
    auto of_pack = key_of_pack("c", "ops", 1);
    of_pack.name = "a";
    EXPECT_TRUE(this->create(of_pack)) << "the name is another owner's";
}

TYPED_TEST(Keys, OfOneOwnerHaveABound) {
    const json::string text(logic::definitions::kMostValueBytes - 2, 'x');
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(this->create(key_of_system(fmt::format("k{}", i), text, i % 2 == 0)));
    EXPECT_EQ(this->create(key_of_system("k4", "")).error().code, Errc::conflict);
    EXPECT_EQ(this->field_of(key_of_system("k4", "")), "value");
    EXPECT_EQ(this->field_of(key_of_pack("k4", "ops", text)), "made") << "another owner's";
    ASSERT_TRUE(this->update(this->all().at(0), {.value = json::value("")}));
    EXPECT_EQ(this->field_of(key_of_system("k5", text)), "value");
    EXPECT_EQ(this->field_of(key_of_system("k5", "")), "made");
    for (std::int64_t i = 5; i < logic::definitions::kMostKeys; ++i)
        ASSERT_EQ(this->field_of(key_of_system(fmt::format("n{}", i), 1)), "made");
    EXPECT_EQ(this->field_of(key_of_system("last", 1)), "owner_type");
}

TYPED_TEST(Keys, AreSealedWhileTheyAreEncrypted) {
    const auto made = *this->create(key_of_system("k", json::object{{"password", kSecret}}, true));
    EXPECT_THAT(to_text(to_json(this->all().at(0))), testing::Not(HasSubstr(kSecret)));
    EXPECT_EQ(this->sealed(), 1U);

    const auto open = *this->update(made, {.encrypted = false});
    EXPECT_EQ(open.value.at("password"), kSecret);
    EXPECT_EQ(this->sealed(), 0U);

    const auto again = *this->update(open, {.encrypted = true});
    EXPECT_EQ(again.value, json::value(kMask));
    EXPECT_EQ(this->clear("k").at("password"), kSecret);
    EXPECT_EQ(again.updated, kNow + 1s);
    EXPECT_EQ(again.created, kNow);
}

TYPED_TEST(Keys, KeepTheirValueWhenOnlyTheNameChanges) {
    const auto made = *this->create(key_of_system("k", kSecret, true));
    EXPECT_EQ(this->update(made, {.name = "other"})->name, "other");
    EXPECT_EQ(this->clear("k"), kSecret);
    ASSERT_TRUE(this->update(made, {.value = json::value(7)}));
    EXPECT_EQ(this->clear("k"), 7);
    EXPECT_EQ(this->all().at(0).name, "other") << "the row is changed as it is, not as it was read";
    EXPECT_EQ(this->update(made, {.value = json::value(kMask)}).error().field, "value");
}

TYPED_TEST(Keys, LeaveNothingBehind) {
    const auto mine = *this->create(key_of_system("k", kSecret, true));
    ASSERT_TRUE(this->create(key_of_pack("p", "ops", kSecret, true)));
    ASSERT_TRUE(this->create(key_of_action("a", "ops.act", kSecret, true)));
    ASSERT_TRUE(this->create(key_of_pack("q", "other", kSecret, true)));

    this->change([&](Session& session) { return flow::delete_key(session, mine); });
    EXPECT_EQ(this->sealed(), 3U);
    this->change([&](Session& session) { return flow::delete_action(session, this->action, kNow); });
    EXPECT_EQ(this->sealed(), 2U);
    this->change([&](Session& session) { return flow::delete_pack(session, this->pack, kNow); });
    EXPECT_EQ(this->sealed(), 1U);
    ASSERT_EQ(this->all().size(), 1U);
    EXPECT_EQ(this->all()[0].ref, "q");
    EXPECT_EQ(this->update(mine, {.name = "n"}).error().code, Errc::not_found);
}

TYPED_TEST(Keys, GoWithTheirPackThroughItsActions) {
    ASSERT_TRUE(this->create(key_of_action("a", "ops.act", kSecret, true)));
    this->change([&](Session& session) { return flow::delete_pack(session, this->pack, kNow); });
    EXPECT_TRUE(this->all().empty());
    EXPECT_EQ(this->sealed(), 0U);
}

TYPED_TEST(Keys, AreGivenToActionsTheNearestOwnerLast) {
    EXPECT_FALSE(this->gives());
    const auto named = [](Key key, std::string name) {
        key.name = std::move(name);
        return key;
    };
    ASSERT_TRUE(this->create(named(key_of_action("1", "ops.act", "action's"), "a")));
    ASSERT_TRUE(this->create(named(key_of_pack("2", "ops", "pack's", true), "a")));
    ASSERT_TRUE(this->create(named(key_of_pack("3", "ops", kSecret, true), "b")));
    ASSERT_TRUE(this->create(named(key_of_system("4", "system's"), "b")));
    ASSERT_TRUE(this->create(named(key_of_system("5", 7), "c")));
    ASSERT_TRUE(this->create(named(key_of_pack("6", "other", "not mine"), "d")));

    EXPECT_TRUE(this->gives());
    EXPECT_EQ(this->given_to("ops.act", {{"a", "parameter"}, {"e", "stays"}}),
              (json::object{{"a", "action's"}, {"b", kSecret}, {"c", 7}, {"e", "stays"}}));
    EXPECT_THAT(this->secrets, testing::Contains(json::value(kSecret)));
    EXPECT_EQ(this->given_to("nobody.knows"), (json::object{{"b", "system's"}, {"c", 7}}));
}

TYPED_TEST(Keys, AreSeenByGenerationWhenTheyComeAndGo) {
    auto before = this->generation();
    const auto made = *this->create(key_of_system("k", 1));
    EXPECT_GT(this->generation(), before);
    before = this->generation();
    ASSERT_TRUE(this->update(made, {.value = json::value(2)}));
    EXPECT_EQ(this->generation(), before) << "values are read for each run";
    this->change([&](Session& session) { return flow::delete_key(session, made); });
    EXPECT_GT(this->generation(), before);
    EXPECT_FALSE(this->gives());
}

TYPED_TEST(Keys, AreWorthNothingInAnotherRow) {
    const auto one = *this->create(key_of_system("one", kSecret, true));
    const auto two = *this->create(key_of_system("two", "harmless", true));
    this->change([&](Session& session) -> Result<void> {
        CHECK(flow::delete_key(session, two));
        CHECK(session.execute(kSwap, one.id, two.id));
        return {};
    });
    const auto opened = this->read([&](Session& session) { return flow::reveal_key(session, two); });
    EXPECT_FALSE(opened);
}

} // namespace
} // namespace attune::test
