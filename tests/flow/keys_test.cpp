// Keys on their way to programs: on stdin alone, as they are when the program starts, and in no stored row.
#include "domain/execution.hpp"
#include "flow/keys.hpp"
#include "flow/secrets.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "open-sesame-4711";

const QueryOf<OutputChunk> kOutput{"test.key_output", "select {columns} from execution_output"};

class KeyFlow : public testing::Test {
protected:
    KeyFlow() {
        world.add_action("core.user");
        world.add_action("core.other");
        world.start_all();
    }
    Key add(std::string ref, json::value value, bool encrypted = true, const char* action = nullptr) {
        Key key;
        key.ref = key.name = std::move(ref);
        key.value = std::move(value);
        key.encrypted = encrypted;
        if (action != nullptr) {
            key.owner_type = KeyOwner::action;
            key.owner_action_ref = action;
        }
        return world.write([&](Session& session) { return flow::create_key(session, key, world.clock.now()); });
    }
    Key add_of_action(std::string ref, json::value value) {
        return add(std::move(ref), std::move(value), true, "core.user");
    }
    void change(const Key& key, const flow::KeyChange& how) {
        world.write([&](Session& session) { return flow::update_key(session, key, how, world.clock.now()); });
    }
    /// What the next run of the action gets on its stdin.
    json::object input_of(const std::string& action_ref, json::object parameters = {}) {
        const auto before = world.processes.started.size();
        world.execute(action_ref, std::move(parameters));
        world.advance(1s);
        EXPECT_EQ(world.processes.started.size(), before + 1);
        if (world.processes.started.size() == before) return {};
        return parse_json(world.processes.started.back().input)->as_object();
    }
    std::string stored() {
        std::string out;
        for (const auto& one : world.executions()) out += to_text(to_json(one));
        for (const auto& one : world.write([](Session& session) { return session.all<OutputChunk>(kOutput); }))
            out += one.content;
        return out;
    }

    World world;
};

TEST_F(KeyFlow, AnActionGetsItsKeysInPlaceOfParametersAndNoRowShowsThem) {
    add("token", kSecret);
    add_of_action("user", "ann-of-the-action");
    add("limit", 7, false);

    EXPECT_EQ(input_of("core.user", {{"token", "parameter"}, {"more", true}}),
              (json::object{{"token", kSecret}, {"more", true}, {"user", "ann-of-the-action"}, {"limit", 7}}));
    EXPECT_EQ(world.executions().at(0).status, ExecutionStatus::completed);
    EXPECT_EQ(*world.executions().at(0).config, (json::object{{"token", "parameter"}, {"more", true}}));
    EXPECT_THAT(stored(), HasSubstr("********")) << "the program printed its stdin";
    EXPECT_THAT(stored(), HasSubstr("limit")) << "what is not encrypted is no secret";
    EXPECT_THAT(stored(), Not(HasSubstr(kSecret)));
    EXPECT_THAT(stored(), Not(HasSubstr("ann-of-the-action")));
}

TEST_F(KeyFlow, AnotherActionDoesNotGetThem) {
    add_of_action("token", kSecret);
    EXPECT_EQ(input_of("core.other", {{"a", 1}}), (json::object{{"a", 1}}));
}

TEST_F(KeyFlow, AnActionGetsTheKeysAsTheyAreWhenItStarts) {
    EXPECT_EQ(input_of("core.user"), json::object{});
    const auto key = add_of_action("token", kSecret);
    EXPECT_EQ(input_of("core.user"), (json::object{{"token", kSecret}}));
    change(key, {.value = json::value("another-secret")});
    EXPECT_EQ(input_of("core.user"), (json::object{{"token", "another-secret"}}));
    change(key, {.name = "renamed", .encrypted = false});
    EXPECT_EQ(input_of("core.user"), (json::object{{"renamed", "another-secret"}}));
    world.write([&](Session& session) -> Result<bool> {
        CHECK(flow::delete_key(session, key));
        return true;
    });
    EXPECT_EQ(input_of("core.user"), json::object{});
}

TEST_F(KeyFlow, AWorkerThatStartsFindsTheKeysThatAreThere) {
    add("token", kSecret);
    world.crash(Role::worker);
    world.start(Role::worker);
    EXPECT_EQ(input_of("core.user"), (json::object{{"token", kSecret}}));
}

TEST_F(KeyFlow, AKeyThatCannotBeOpenedFailsTheRunAndIsNamed) {
    const auto key = add("token", kSecret);
    world.write([&](Session& session) -> Result<bool> {
        CHECK(flow::forget_sealed(session, SealedIn::key, key.id.value));
        return true;
    });
    world.execute("core.user");
    world.advance(1s);

    EXPECT_TRUE(world.processes.started.empty());
    EXPECT_EQ(world.executions().at(0).status, ExecutionStatus::failed);
    EXPECT_THAT(to_text(*world.executions().at(0).result), HasSubstr("key token"));
}

TEST_F(KeyFlow, TheyAreReadOnceForABatchAndNotAtAllWhileThereAreNone) {
    ServiceGroup group{world.loop.get_executor(), world.clock};
    services::KeyDelivery delivery{world.db};
    services::KeyDelivery::Batch batch;
    std::vector<Execution> executions(3);
    executions[0].action_ref = executions[1].action_ref = "core.user";
    executions[2].action_ref = "core.other";
    const auto reads = [&] {
        int count = 0;
        std::function<void()> counts = [&] {
            ++count;
            world.db.after_read = counts;
        };
        world.db.after_read = counts;
        group.spawn_once("test", [](auto& from, const auto& which, auto& out) -> task<void> {
            out = *co_await from.read(which);
        }(delivery, executions, batch));
        world.clock.run_until_idle();
        world.db.after_read = nullptr;
        return count;
    };
    add_of_action("token", kSecret);
    EXPECT_EQ(reads(), 0) << "it was not told that there are any";
    EXPECT_EQ(*batch.of("core.user"), nullptr);
    delivery.expect(true);
    EXPECT_EQ(reads(), 1);
    EXPECT_EQ((*batch.of("core.user"))->keys.size(), 1U);
    EXPECT_EQ(*batch.of("core.other"), nullptr);
}

TEST_F(KeyFlow, ADatabaseThatDoesNotAnswerDelaysTheRunAndFailsNothing) {
    input_of("core.user"); // its definition is known
    add("token", kSecret);
    world.execute("core.user");
    world.db.faults.unavailable = 0.5;
    world.advance(1min);
    world.db.faults.unavailable = 0;
    world.advance(1min);

    ASSERT_EQ(world.processes.started.size(), 2U);
    EXPECT_THAT(world.processes.started[1].input, HasSubstr(kSecret));
    EXPECT_EQ(world.executions().at(1).status, ExecutionStatus::completed);
}

} // namespace
} // namespace attune::test
