// The calendars of packs: they come and go with what the pack's files say, unless somebody needs them.
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/calendar.hpp"
#include "domain/rule.hpp"
#include "flow/calendars.hpp"
#include "flow/definitions.hpp"
#include "flow/generation.hpp"

namespace attune::test {
namespace {

using testing::HasSubstr;
using Backends = testing::Types<SqliteFile, PostgresServer>;

template <class Factory>
class PackCalendars : public DatabaseTest<Factory> {
protected:
    static Calendar calendar(std::string ref, const char* date) {
        Calendar out;
        out.ref = std::move(ref);
        out.label = "Closed";
        out.definition = {{"timezone", "Europe/Berlin"}, {"dates", json::array{date}}};
        return out;
    }
    static Rule rule(std::string ref, const char* calendar) {
        Rule out;
        out.ref = std::move(ref);
        out.label = "Hourly";
        out.trigger_ref = "core.intervaltimer";
        out.action_ref = "ops.act";
        out.trigger_params = {{"unit", "hours"}, {"interval", 1}, {"calendars", json::array{calendar}}};
        return out;
    }
    static logic::packs::PackDefinition pack(std::string ref, std::vector<Calendar> calendars,
                                             std::vector<Rule> rules = {}) {
        logic::packs::PackDefinition out;
        out.pack.ref = out.pack.label = ref;
        out.calendars = std::move(calendars);
        out.rules = std::move(rules);
        for (auto& one : out.rules) one.pack_ref = ref;
        return out;
    }
    /// Empty when it went well.
    std::string install(const logic::packs::PackDefinition& contents) {
        const auto done =
            this->write([&](Session& session) { return flow::install_pack(session, contents, kNow + 1s); });
        return done ? "" : done.error().text();
    }
    std::string remove(const std::string& ref) {
        const auto done = this->write([&](Session& session) -> Result<bool> {
            TRY(const auto row, flow::get_pack(session, ref));
            CHECK(flow::delete_pack(session, row, kNow + 2s));
            return true;
        });
        return done ? "" : done.error().text();
    }
    std::vector<std::string> refs() {
        const auto rows = this->read([](Session& session) { return flow::calendars_of_pack(session, "ops"); });
        std::vector<std::string> out;
        for (const auto& row : *rows) out.push_back(row.ref);
        return out;
    }
    Calendar stored(const std::string& ref) {
        return *this->read([&](Session& session) { return flow::get_calendar(session, ref); });
    }
    std::int64_t generation() {
        return *this->read([](Session& session) { return flow::current_generation(session); });
    }
    /// The trigger and the action that the rules name.
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        ASSERT_TRUE(this->write([](Session& session) { return flow::ensure_instance(session, "uuid", kNow); }));
        auto core = pack("core", {});
        core.triggers.emplace_back().ref = "core.intervaltimer";
        core.triggers.back().label = "Interval";
        core.actions.emplace_back().ref = "ops.act";
        core.actions.back().label = "Act";
        ASSERT_EQ(install(core), "");
    }
    using Refs = std::vector<std::string>;
};
TYPED_TEST_SUITE(PackCalendars, Backends);

TYPED_TEST(PackCalendars, AreInstalledOnceAndChangedWithTheirFile) {
    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25"), this->calendar("ops.b", "12-26")})),
              "");
    EXPECT_EQ(this->stored("ops.a").pack_ref, "ops");
    EXPECT_FALSE(this->stored("ops.a").is_adhoc);
    const auto before = this->generation();

    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25"), this->calendar("ops.b", "12-26")})),
              "");
    EXPECT_EQ(this->generation(), before);
    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25"), this->calendar("ops.b", "01-01")})),
              "");

    EXPECT_LE(this->stored("ops.a").generation, before);
    EXPECT_GT(this->stored("ops.b").generation, before);
}

TYPED_TEST(PackCalendars, GoWithTheirFileAndThoseOfTheApiStay) {
    auto mine = this->calendar("ops.mine", "12-24");
    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25"), this->calendar("ops.b", "12-26")},
                                       {this->rule("ops.r", "ops.b")})),
              "");
    ASSERT_TRUE(this->write([&](Session& session) -> Result<bool> {
        TRY(const auto row, flow::get_pack(session, "ops"));
        mine.pack = row.id;
        mine.pack_ref = "ops";
        mine.is_adhoc = true;
        CHECK(flow::create_calendar(session, mine, kNow));
        return true;
    }));

    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25")})), "");

    EXPECT_EQ(this->refs(), (typename TestFixture::Refs{"ops.a", "ops.mine"}));
    EXPECT_EQ(this->remove("ops"), "");
    EXPECT_EQ(this->refs(), typename TestFixture::Refs{});
}

TYPED_TEST(PackCalendars, StayWhileATimerUsesThemAndTheErrorSaysWhich) {
    EXPECT_EQ(this->install(this->pack("ops", {this->calendar("ops.a", "12-25")})), "");
    EXPECT_EQ(this->install(this->pack("other", {}, {this->rule("other.r", "ops.a")})), "");

    EXPECT_THAT(this->install(this->pack("ops", {})), HasSubstr("'ops.a' is in use by rule other.r"));
    EXPECT_THAT(this->remove("ops"), HasSubstr("'ops.a' is in use by rule other.r"));
    EXPECT_EQ(this->refs(), typename TestFixture::Refs{"ops.a"});

    EXPECT_EQ(this->remove("other"), "");
    EXPECT_EQ(this->install(this->pack("ops", {})), "");
    EXPECT_EQ(this->refs(), typename TestFixture::Refs{});
}

} // namespace
} // namespace attune::test
