// What a process that is behind learns of changed definitions, and what it may still write, on both databases.
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/definitions.hpp"
#include "flow/events.hpp"
#include "flow/generation.hpp"

namespace attune::test {
namespace {

using flow::DefinitionBasis;
using flow::DefinitionChanges;
using testing::ElementsAre;
using testing::IsEmpty;
using Backends = testing::Types<SqliteFile, PostgresServer>;

Pack pack_named(std::string ref) {
    Pack out;
    out.ref = std::move(ref);
    out.label = "p";
    out.version = "1.0.0";
    return out;
}

Trigger trigger(std::string ref) {
    Trigger out;
    out.ref = std::move(ref);
    out.label = "t";
    out.enabled = true;
    return out;
}

Action action(std::string ref) {
    Action out;
    out.ref = std::move(ref);
    out.pack_ref = "a";
    out.label = "a";
    out.entrypoint = "a.sh";
    return out;
}

Rule rule(std::string ref, std::string trigger_ref) {
    Rule out;
    out.ref = std::move(ref);
    out.pack_ref = "a";
    out.label = "r";
    out.action_ref = "a.act";
    out.trigger_ref = std::move(trigger_ref);
    out.enabled = true;
    return out;
}

template <class Factory>
class ChangedDefinitions : public DatabaseTest<Factory> {
protected:
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        commit([&](Session& s) -> Result<bool> {
            CHECK(flow::ensure_instance(s, "uuid", kNow));
            TRY(pack, flow::create_pack(s, pack_named("a"), kNow));
            CHECK(flow::create_trigger(s, trigger("a.one"), kNow));
            CHECK(flow::create_trigger(s, trigger("a.two"), kNow));
            CHECK(flow::create_action(s, action("a.act"), kNow));
            TRY(on_one, flow::create_rule(s, rule("a.r1", "a.one"), kNow));
            TRY(on_two, flow::create_rule(s, rule("a.r2", "a.two"), kNow));
            return true;
        });
        generation = commit([](Session& s) { return flow::current_generation(s); });
    }
    template <class F>
    auto commit(F fn) {
        auto out = this->write(fn);
        EXPECT_TRUE(out) << out.error().text();
        return *std::move(out);
    }
    DefinitionChanges changes() {
        auto out = this->read([&](Session& s) { return flow::definitions_changed_since(s, generation); });
        EXPECT_TRUE(out) << out.error().text();
        return *std::move(out);
    }
    void remove(const Rule& gone) {
        commit([&](Session& s) -> Result<bool> {
            CHECK(flow::delete_rule(s, gone, kNow));
            return true;
        });
    }
    /// Moves the rule `on_two` to another trigger.
    void move_to(const std::string& trigger_ref) {
        commit([&](Session& s) {
            auto moved = on_two;
            moved.trigger_ref = trigger_ref;
            return flow::update_rule(s, on_two, moved, kNow);
        });
    }
    /// What the decision of an event on a trigger with these rules rests on.
    static std::shared_ptr<const DefinitionBasis> basis(const std::string& trigger_ref, std::set<RuleId> rules) {
        return std::make_shared<const DefinitionBasis>(DefinitionBasis{.rules = std::move(rules),
                                                                       .rules_of = trigger_ref,
                                                                       .triggers = {trigger_ref},
                                                                       .actions = {"a.act"},
                                                                       .packs = {"a"}});
    }
    /// Two events, of a.one and of a.two, decided by what held at `generation`.
    flow::DecideOutcome decide() {
        std::vector<Event> events(2);
        flow::Decisions batch;
        batch.generation = generation;
        batch.now = kNow;
        for (std::int64_t i = 0; i < 2; ++i) {
            auto& event = events[static_cast<std::size_t>(i)];
            event.id = {i + 1};
            event.trigger_ref = i == 0 ? "a.one" : "a.two";
            event.created = kNow;
            const auto& met = i == 0 ? on_one : on_two;
            Enforcement enforcement;
            enforcement.id = {i + 1};
            enforcement.rule = met.id;
            enforcement.rule_ref = met.ref;
            enforcement.event = event.id;
            enforcement.created = kNow;
            batch.events.push_back({.event = event.id,
                                    .decision = json::array{},
                                    .enforcements = {enforcement},
                                    .executions = {},
                                    .secrets = {},
                                    .timer = {},
                                    .basis = basis(event.trigger_ref, {met.id})});
        }
        commit([&](Session& s) { return flow::record_events(s, events); });
        return commit([&](Session& s) { return flow::decide_events(s, batch); });
    }
    std::vector<EventId> undecided() {
        std::vector<EventId> out;
        const auto events = this->read([](Session& s) { return flow::undecided_events(s, 10); });
        for (const auto& event : *events) out.push_back(event.id);
        return out;
    }

    Pack pack;
    Rule on_one;
    Rule on_two;
    std::int64_t generation = 0;
};
TYPED_TEST_SUITE(ChangedDefinitions, Backends);

TYPED_TEST(ChangedDefinitions, AreNoneAsLongAsNothingIsChanged) {
    const auto changes = this->changes();

    EXPECT_EQ(changes.generation, this->generation);
    EXPECT_FALSE(changes.everything);
    EXPECT_THAT(changes.rules, IsEmpty());
    EXPECT_FALSE(this->basis("a.one", {this->on_one.id})->touched_by(changes));
}

TYPED_TEST(ChangedDefinitions, AreNamedByWhatTheyAre) {
    this->move_to("a.one");
    this->commit([&](Session& s) -> Result<bool> {
        CHECK(flow::create_trigger(s, trigger("a.three"), kNow));
        CHECK(flow::create_action(s, action("a.more"), kNow));
        Runtime python;
        python.ref = "a.python";
        python.name = "python";
        CHECK(flow::create_runtime(s, python, kNow));
        CHECK(flow::create_pack(s, pack_named("b"), kNow));
        return true;
    });

    const auto changes = this->changes();

    EXPECT_GT(changes.generation, this->generation);
    EXPECT_FALSE(changes.everything);
    EXPECT_THAT(changes.rules, ElementsAre(this->on_two.id));
    EXPECT_THAT(changes.rules_of, ElementsAre("a.one"));
    EXPECT_THAT(changes.triggers, ElementsAre("a.three"));
    EXPECT_THAT(changes.actions, ElementsAre("a.more"));
    EXPECT_THAT(changes.runtimes, ElementsAre("a.python"));
    EXPECT_THAT(changes.packs, ElementsAre("b"));
}

TYPED_TEST(ChangedDefinitions, NameWhatWasDeleted) {
    this->commit([&](Session& s) -> Result<bool> {
        CHECK(flow::delete_rule(s, this->on_two, kNow));
        TRY(const auto two, flow::get_trigger(s, "a.two"));
        CHECK(flow::delete_trigger(s, two, kNow));
        TRY(const auto act, flow::get_action(s, "a.act"));
        CHECK(flow::delete_action(s, act, kNow));
        return true;
    });

    const auto changes = this->changes();

    EXPECT_THAT(changes.rules, ElementsAre(this->on_two.id));
    EXPECT_THAT(changes.triggers, ElementsAre("a.two"));
    EXPECT_THAT(changes.actions, ElementsAre("a.act"));
}

TYPED_TEST(ChangedDefinitions, AreEverythingWhenNobodyKnowsAnyMoreWhatWasDeleted) {
    this->remove(this->on_two);
    this->commit([&](Session& s) { return flow::forget_deletions(s, kNow + 1s, 100); });

    const auto changes = this->changes();

    EXPECT_TRUE(changes.everything);
    EXPECT_TRUE(this->basis("a.one", {this->on_one.id})->touched_by(changes));
}

TYPED_TEST(ChangedDefinitions, AreEverythingWhenThereAreTooMany) {
    this->commit([&](Session& s) -> Result<bool> {
        for (int i = 0; i <= 1000; ++i) CHECK(flow::create_action(s, action(fmt::format("a.act{}", i)), kNow));
        return true;
    });

    EXPECT_TRUE(this->changes().everything);
}

TYPED_TEST(ChangedDefinitions, LeaveEventsAloneThatTheyDoNotTouch) {
    this->commit([&](Session& s) { return flow::create_action(s, action("a.other"), kNow); });

    const auto outcome = this->decide();

    EXPECT_THAT(outcome.decided, ElementsAre(0U, 1U));
    EXPECT_THAT(outcome.stale, IsEmpty());
    EXPECT_THAT(this->undecided(), IsEmpty());
    EXPECT_GT(outcome.changes.generation, this->generation);
}

TYPED_TEST(ChangedDefinitions, LeaveUndecidedOnlyTheEventsThatTheyTouch) {
    this->move_to("a.three");

    const auto outcome = this->decide();

    EXPECT_THAT(outcome.decided, ElementsAre(0U));
    EXPECT_THAT(outcome.stale, ElementsAre(1U));
    EXPECT_THAT(this->undecided(), ElementsAre(EventId{2}));
}

TYPED_TEST(ChangedDefinitions, TouchTheEventsOfTheTriggerThatARuleIsOnNow) {
    this->move_to("a.one");

    const auto outcome = this->decide();

    EXPECT_THAT(outcome.stale, ElementsAre(0U, 1U)) << "the one that it has left, and the one that it has come to";
}

TYPED_TEST(ChangedDefinitions, TouchEventsByTheTriggerOfTheirRules) {
    this->commit([&](Session& s) -> Result<bool> {
        TRY(auto one, flow::get_trigger(s, "a.one"));
        one.enabled = false;
        CHECK(flow::update_trigger(s, one, kNow));
        return true;
    });

    EXPECT_THAT(this->decide().stale, ElementsAre(0U));
}

TYPED_TEST(ChangedDefinitions, TouchEventsByTheActionOrThePackOfTheirRules) {
    this->commit([&](Session& s) -> Result<bool> {
        TRY(auto act, flow::get_action(s, "a.act"));
        act.max_retries = 3;
        CHECK(flow::update_action(s, act, kNow));
        return true;
    });

    EXPECT_THAT(this->decide().stale, ElementsAre(0U, 1U));
}

TYPED_TEST(ChangedDefinitions, TouchEventsByTheConfigurationOfThePackOfTheirRules) {
    this->commit([&](Session& s) {
        auto configured = this->pack;
        configured.config = {{"a", 1}};
        return flow::update_pack(s, configured, kNow);
    });

    EXPECT_THAT(this->decide().stale, ElementsAre(0U, 1U));
}

TYPED_TEST(ChangedDefinitions, TouchEventsOfARuleThatIsGone) {
    this->remove(this->on_one);

    EXPECT_THAT(this->decide().stale, ElementsAre(0U));
}

} // namespace
} // namespace attune::test
