// Secrets on their way through the flow: programs get them, no stored row shows them.
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "flow/secrets.hpp"

#include "flow/events.hpp"
#include "flow/keys.hpp"
#include "flow/sealed_definitions.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "open-sesame-4711";
constexpr const char* kMasked = "********";

const QueryOf<SealedValue> kSealed{"test.sealed",
                                   "select {columns} from execution_secret_value order by entity_type, entity_id"};
const QueryOf<Rule> kRules{"test.rules", "select {columns} from rule order by id"};
const QueryOf<OutputChunk> kOutput{"test.output", "select {columns} from execution_output"};

json::object read(std::string_view text) {
    return parse_json(text)->as_object();
}

class SecretFlow : public testing::Test {
protected:
    SecretFlow() {
        keeper(0, R"({"password": {"type": "string", "secret": true}, "user": {"type": "string"}})");
        world.start_all();
    }
    Action keeper(std::int64_t max_retries, const char* param_schema, const char* out_schema = nullptr,
                  const std::string& ref = "core.keeper") {
        return world.write([&](Session& session) -> Result<Action> {
            Action action;
            action.ref = ref;
            action.pack_ref = "core";
            action.label = "Keeper";
            action.entrypoint = "true";
            action.runtime_ref = "core.shell";
            action.is_adhoc = true;
            action.max_retries = max_retries;
            action.output_format = out_schema == nullptr ? OutputFormat::text : OutputFormat::json;
            action.param_schema = read(param_schema);
            if (out_schema != nullptr) action.out_schema = read(out_schema);
            return flow::create_action(session, action, world.clock.now());
        });
    }
    /// A trigger whose events carry a secret.
    Trigger sender() {
        return world.write([&](Session& session) -> Result<Trigger> {
            Trigger trigger;
            trigger.ref = "core.sender";
            trigger.pack_ref = "core";
            trigger.label = "Sender";
            trigger.is_adhoc = true;
            trigger.out_schema = read(R"({"token": {"type": "string", "secret": true}, "user": {"type": "string"}})");
            return flow::create_trigger(session, trigger, world.clock.now());
        });
    }
    void send(const Trigger& trigger) {
        Event event;
        event.id = EventId{++last_event_};
        event.trigger = trigger.id;
        event.trigger_ref = trigger.ref;
        event.payload = json::object{{"token", kSecret}, {"user", "ann"}};
        event.created = world.clock.now();
        const auto secrets = flow::take_secrets(*world.vault, trigger, event);
        world.write([&](Session& session) { return flow::record_events(session, {&event, 1}, secrets); });
        world.bus.ring(Topic::events, {});
        world.advance(1s);
    }
    std::vector<SealedValue> sealed() {
        return world.write([](Session& session) { return session.all<SealedValue>(kSealed); });
    }
    Rule rule() {
        return world.write([](Session& session) { return session.all<Rule>(kRules); }).at(0);
    }
    /// Every row that a secret could be in, as text.
    std::vector<std::string> rows() {
        std::vector<std::string> out;
        const auto add = [&](const auto& list) {
            for (const auto& one : list) out.push_back(to_text(to_json(one)));
        };
        add(world.events());
        add(world.enforcements());
        add(world.executions());
        add(sealed());
        add(world.write([](Session& session) { return session.all<Rule>(kRules); }));
        add(world.write([](Session& session) { return session.all<OutputChunk>(kOutput); }));
        return out;
    }
    Result<Rule> change(const std::function<void(Rule&)>& how) {
        return world.db.write_blocking([&](Session& session) -> Result<Rule> {
            TRY(const auto before, flow::get_rule(session, "core.demo"));
            auto after = before;
            how(after);
            return flow::update_rule(session, before, after, world.clock.now());
        });
    }

    World world;
    std::int64_t last_event_ = 5'000'000;
};

TEST_F(SecretFlow, AnActionGetsTheSecretOfItsRuleAndNoRowShowsIt) {
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", kSecret}, {"user", "ann"}});
    world.advance(11s);

    ASSERT_EQ(world.processes.started.size(), 1U);
    EXPECT_THAT(world.processes.started[0].input, HasSubstr(kSecret));
    const auto execution = world.executions().at(0);
    EXPECT_EQ(*execution.config, (json::object{{"password", kMasked}, {"user", "ann"}}));
    EXPECT_EQ(execution.status, ExecutionStatus::completed);
    EXPECT_THAT(to_text(*execution.result), HasSubstr(kMasked)) << "the program printed it";
    EXPECT_EQ(sealed().size(), 3U) << "the rule's, the enforcement's, the execution's";
    EXPECT_THAT(rows(), Each(Not(HasSubstr(kSecret))));
}

TEST_F(SecretFlow, ARetryGetsTheSecretsOfItsFirstAttempt) {
    keeper(1, R"({"password": {"secret": true}})", nullptr, "core.flaky");
    world.processes.script("core.flaky", {{.exit_code = 1}, {.exit_code = 0}});
    world.add_rule("core.demo", "core.timer_10s", "core.flaky", {}, {{"password", kSecret}});
    world.advance(11s);
    world.set_enabled("core.demo", false);
    world.advance(1min);

    ASSERT_EQ(world.processes.started.size(), 2U);
    for (const auto& one : world.processes.started) EXPECT_THAT(one.input, HasSubstr(kSecret));
    EXPECT_THAT(rows(), Each(Not(HasSubstr(kSecret))));
}

TEST_F(SecretFlow, ATemplateHandsTheSecretOfAnEventToASecretParameter) {
    const auto trigger = sender();
    world.add_rule("core.demo", "core.sender", "core.keeper", {},
                   {{"password", "{{ event.payload.token }}"}, {"user", "{{ event.payload.user }}"}});
    send(trigger);

    ASSERT_EQ(world.processes.started.size(), 1U);
    EXPECT_THAT(world.processes.started[0].input, HasSubstr(kSecret));
    EXPECT_THAT(world.processes.started[0].input, HasSubstr("ann"));
    EXPECT_EQ(world.events().at(0).payload->at("token"), kMasked);
    EXPECT_THAT(rows(), Each(Not(HasSubstr(kSecret))));
}

TEST_F(SecretFlow, ATemplateThatWouldShowTheSecretRunsNothingAndSaysWhy) {
    const auto trigger = sender();
    world.add_rule("core.demo", "core.sender", "core.keeper", {}, {{"user", "{{ event.payload.token }}"}});
    send(trigger);

    EXPECT_TRUE(world.executions().empty());
    EXPECT_THAT(to_text(*world.events().at(0).decision), HasSubstr("event.payload.token leads to a secret"));
    EXPECT_THAT(rows(), Each(Not(HasSubstr(kSecret))));
}

TEST_F(SecretFlow, WhatTheOutSchemaMarksSecretIsSealed) {
    keeper(0, "{}", R"({"token": {"secret": true}, "name": {"type": "string"}})", "core.maker");
    world.processes.script("core.maker", {{.out = fmt::format(R"({{"token": "{}", "name": "ann"}})", kSecret)}});
    world.add_rule("core.demo", "core.timer_10s", "core.maker");
    world.advance(11s);

    const auto execution = world.executions().at(0);
    EXPECT_EQ(execution.result->at("data"), (json::value{{"token", kMasked}, {"name", "ann"}}));
    ASSERT_EQ(sealed().size(), 1U);
    EXPECT_EQ(sealed()[0].json_path, "/result/data/token");
    EXPECT_THAT(rows(), Each(Not(HasSubstr(kSecret))));
}

TEST_F(SecretFlow, WhoWritesTheMaskBackKeepsTheSecret) {
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", kSecret}});
    ASSERT_EQ(rule().action_params.at("password"), kMasked);
    ASSERT_TRUE(change([](Rule& after) { after.label = "Another"; }));
    world.advance(11s);

    EXPECT_THAT(world.processes.started.at(0).input, HasSubstr(kSecret));
    EXPECT_EQ(rule().label, "Another");
}

TEST_F(SecretFlow, AnotherActionDoesNotGetTheSecretThatWasGivenForTheFirst) {
    keeper(0, R"({"password": {"type": "string"}})", nullptr, "core.teller");
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", kSecret}});
    const auto changed = change([](Rule& after) { after.action_ref = "core.teller"; });

    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().field, "action_params.password");
    EXPECT_EQ(rule().action_ref, "core.keeper");
}

TEST_F(SecretFlow, ASecretThatIsStoredNoMoreIsNeverRunAsItsMask) {
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", kSecret}});
    world.crash(Role::worker);
    world.advance(11s);
    const auto id = world.executions().at(0).id.value;
    world.write([&](Session& session) -> Result<bool> {
        CHECK(flow::forget_sealed(session, SealedIn::execution, id));
        return true;
    });
    world.set_enabled("core.demo", false);
    world.start(Role::worker);
    world.advance(1s);

    EXPECT_TRUE(world.processes.started.empty());
    EXPECT_EQ(world.executions().at(0).status, ExecutionStatus::failed);
    EXPECT_THAT(to_text(*world.executions().at(0).result), HasSubstr("password"));
}

TEST_F(SecretFlow, ANewKeySealsEverythingAnewAndTheOldOneOpensNothingMore) {
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", kSecret}});
    Key key;
    key.ref = key.name = "token";
    key.encrypted = true;
    key.value = json::array{kSecret, 7};
    key = world.write([&](Session& session) { return flow::create_key(session, key, world.clock.now()); });
    const auto check = [&] { return world.db.write_blocking([](Session& s) { return flow::check_key(s); }); };
    EXPECT_EQ(*check(), flow::KeyState::fresh);
    EXPECT_EQ(*check(), flow::KeyState::same);

    const auto other = *crypto::make_vault("some other key, unknown", {}, world.random);
    world.db.use(*other);
    EXPECT_EQ(check().error().field, "security.encryption_key");

    const auto rotated = *crypto::make_vault("the next key of it all", {"the key of this world"}, world.random);
    world.db.use(*rotated);
    EXPECT_EQ(*check(), flow::KeyState::rotated);
    world.write([](Session& session) -> Result<bool> {
        TRY(const auto last, flow::reseal(session, {}, 500));
        TRY(const auto more, flow::reseal(session, *last, 500));
        EXPECT_FALSE(more);
        CHECK(flow::adopt_key(session));
        return true;
    });
    EXPECT_EQ(*check(), flow::KeyState::same);

    const auto next_alone = *crypto::make_vault("the next key of it all", {}, world.random);
    auto params = rule().action_params;
    EXPECT_FALSE(flow::unseal(*world.vault, sealed(), "action_params", params));
    ASSERT_TRUE(flow::unseal(*next_alone, sealed(), "action_params", params));
    EXPECT_EQ(params.at("password"), kSecret);
    world.db.use(*next_alone);
    const auto value = world.write([&](Session& session) { return flow::reveal_key(session, key); });
    EXPECT_EQ(value, (json::array{kSecret, 7}));
    world.db.use(*world.vault);
}

} // namespace
} // namespace attune::test
