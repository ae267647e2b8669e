#include "api/definitions/announce.hpp"

#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"

#include <gmock/gmock.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kAt{1h};

Rule a_rule(bool enabled = true, std::int64_t interval = 5) {
    Rule rule;
    rule.id = RuleId{7};
    rule.ref = "mine.r";
    rule.trigger = TriggerId{3};
    rule.trigger_ref = "core.intervaltimer";
    rule.action = ActionId{4};
    rule.action_ref = "core.echo";
    rule.trigger_params = {{"interval", interval}};
    rule.enabled = enabled;
    return rule;
}

/// "RuleEnabled core.intervaltimer" of each.
std::vector<std::string> told(const std::vector<Announcement>& messages) {
    std::vector<std::string> out;
    for (const auto& message : messages) {
        const auto* trigger = message.payload.if_contains("trigger_ref");
        const auto* pack = message.payload.if_contains("pack_ref");
        out.push_back(message.type + " " + std::string((trigger != nullptr ? trigger : pack)->get_string()));
    }
    return out;
}

TEST(RuleMessages, SayWhatASensorNeedsToKnowOfANewRule) {
    const auto messages = messages_of({std::nullopt, a_rule(false)}, kAt);

    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].exchange, "attune.events");
    EXPECT_EQ(messages[0].routing_key, "rule.created");
    EXPECT_EQ(messages[0].type, "RuleCreated");
    EXPECT_EQ(messages[0].at, kAt);
    EXPECT_EQ(messages[0].payload, (json::object{{"rule_id", 7},
                                                 {"rule_ref", "mine.r"},
                                                 {"trigger_ref", "core.intervaltimer"},
                                                 {"trigger_id", 3},
                                                 {"action_id", 4},
                                                 {"action_ref", "core.echo"},
                                                 {"trigger_params", json::object{{"interval", 5}}},
                                                 {"enabled", false}}));
}

TEST(RuleMessages, TellOfTheEnd) {
    const auto messages = messages_of({a_rule(), std::nullopt}, kAt);

    ASSERT_THAT(told(messages), ElementsAre("RuleDeleted core.intervaltimer"));
    EXPECT_EQ(messages[0].routing_key, "rule.deleted");
    EXPECT_EQ(messages[0].payload.at("rule_id"), 7);
}

TEST(RuleMessages, TellWhatStartsAndWhatStops) {
    EXPECT_THAT(told(messages_of({a_rule(false), a_rule(true)}, kAt)), ElementsAre("RuleEnabled core.intervaltimer"));
    EXPECT_THAT(told(messages_of({a_rule(true), a_rule(false)}, kAt)), ElementsAre("RuleDisabled core.intervaltimer"));
}

TEST(RuleMessages, TellANewTimeOfAnEnabledRuleAlone) {
    const auto messages = messages_of({a_rule(true, 5), a_rule(true, 6)}, kAt);

    ASSERT_THAT(told(messages), ElementsAre("RuleEnabled core.intervaltimer"));
    EXPECT_EQ(messages[0].payload.at("trigger_params"), (json::object{{"interval", 6}}));
    EXPECT_THAT(messages_of({a_rule(false, 5), a_rule(false, 6)}, kAt), IsEmpty());
}

TEST(RuleMessages, SayNothingOfOtherChangesUnlessAsked) {
    auto renamed = a_rule();
    renamed.label = "other";

    EXPECT_THAT(messages_of({a_rule(), renamed}, kAt), IsEmpty());
    EXPECT_THAT(told(messages_of({a_rule(), renamed}, kAt, true)), ElementsAre("RuleEnabled core.intervaltimer"));
    EXPECT_THAT(told(messages_of({a_rule(false), a_rule(false)}, kAt, true)),
                ElementsAre("RuleDisabled core.intervaltimer"));
}

TEST(RuleMessages, TellTheOldTriggerThatItIsOver) {
    auto moved = a_rule();
    moved.trigger_ref = "core.crontimer";

    EXPECT_THAT(told(messages_of({a_rule(), moved}, kAt)),
                ElementsAre("RuleDisabled core.intervaltimer", "RuleEnabled core.crontimer"));
    moved.enabled = false;
    EXPECT_THAT(told(messages_of({a_rule(), moved}, kAt)), ElementsAre("RuleDisabled core.intervaltimer"));
}

TEST(PackMessages, TellOfThePackAndOfWhatBecameOfItsRules) {
    Pack pack;
    pack.id = PackId{2};
    pack.ref = "mine";
    pack.version = "1.2.3";
    std::vector<Action> actions(3);
    actions[0].runtime_ref = "core.shell";
    actions[1].runtime_ref = "python.python";
    actions[2].runtime_ref = "core.shell";
    auto kept = a_rule();
    auto gone = a_rule();
    gone.id = RuleId{8};
    auto fresh = a_rule();
    fresh.id = RuleId{9};

    const auto messages = messages_of_installation(pack, actions, {kept, gone}, {kept, fresh}, kAt);

    ASSERT_THAT(told(messages),
                ElementsAre("PackRegistered mine", "RuleDeleted core.intervaltimer", "RuleCreated core.intervaltimer"));
    EXPECT_EQ(messages[0].routing_key, "pack.registered");
    EXPECT_EQ(messages[0].payload, (json::object{{"pack_id", 2},
                                                 {"pack_ref", "mine"},
                                                 {"version", "1.2.3"},
                                                 {"runtime_names", json::array{"python", "shell"}}}));
    const auto last = messages_of_deletion(pack, {kept, fresh}, kAt);
    EXPECT_THAT(told(last),
                ElementsAre("RuleDeleted core.intervaltimer", "RuleDeleted core.intervaltimer", "PackDeleted mine"));
    EXPECT_EQ(last.back().routing_key, "pack.deleted");
}

} // namespace
} // namespace attune::api
