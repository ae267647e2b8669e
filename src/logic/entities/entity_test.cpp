#include "domain/pack.hpp"
#include "logic/entities/entities.hpp"

#include "base/reflect.hpp"

#include <gmock/gmock.h>
#include <set>

namespace attune::logic::entities {
namespace {

using testing::Contains;
using testing::Not;

constexpr const Entity& (*kAll[])() = {pack, runtime, calendar, trigger, action, rule, key};

std::set<std::string> members_of(const Type& type) {
    std::set<std::string> out;
    for (const auto& field : type.structure().fields) out.emplace(field.name);
    return out;
}

TEST(Entities, SayWhatEachMemberMeansThatClientsMayGive) {
    for (const auto entity : kAll) {
        for (const auto& member : entity().members()) {
            const bool is_owner_of_key = member.name.starts_with("owner_");
            if ((member.places & kGiven) != 0 && !is_owner_of_key)
                EXPECT_FALSE(member.text.empty()) << entity().head().noun << ' ' << member.name;
        }
    }
}

TEST(Entities, ShowInTheirListsWhatTheCommandLineHasColumnsFor) {
    for (const auto entity : kAll) {
        for (const auto column : entity().head().columns)
            EXPECT_THAT(members_of(entity().item()), Contains(std::string(column))) << entity().head().noun;
    }
}

TEST(Entities, ShowWhatTheyList) {
    for (const auto entity : {pack, runtime, trigger, action, rule}) {
        for (const auto& member : members_of(entity().item()))
            EXPECT_THAT(members_of(entity().view()), Contains(member)) << entity().head().noun;
    }
}

TEST(Entities, GiveNoIdsAndTimes) {
    for (const auto entity : kAll) {
        for (const auto* body : {&entity().create_body(), &entity().update_body(), &entity().file()}) {
            for (const auto* member : {"id", "created", "updated", "generation", "is_adhoc"})
                EXPECT_THAT(members_of(*body), Not(Contains(member))) << entity().head().noun;
        }
    }
}

TEST(Entities, ReadAPacksFileByItsKeysTheFirstOfTwoWins) {
    TriggerForm form;
    EXPECT_TRUE(decode_json(trigger().file(), *parse_json(R"({"ref":"a.b","parameters":{"x":1},"output":null})"), {},
                            {}, &form));
    EXPECT_EQ(to_text(json::value(*form.param_schema)), R"({"x":1})");
    EXPECT_FALSE(form.out_schema);
    for (const auto* text :
         {R"({"conf_schema":{"b":1},"config_schema":{"a":1}})", R"({"config_schema":{"a":1},"conf_schema":{"b":1}})"}) {
        Pack read;
        EXPECT_TRUE(decode_json(pack().file(), *parse_json(text), {}, {}, &read));
        EXPECT_EQ(to_text(json::value(read.conf_schema)), R"({"a":1})");
    }
}

TEST(Entities, MakeTheirSentencesOfTheirNouns) {
    EXPECT_EQ(action().read_text(), "Read an action");
    EXPECT_EQ(runtime().create_text(), "Create a runtime");
    EXPECT_EQ(runtime().list_text(), "List runtimes");
    EXPECT_EQ(rule().disable_text(), "Keep a rule from acting");
}

TEST(Given, KnowsWhatIsThereAndWhatNullSays) {
    const auto body = *parse_json(R"({"label":null,"description":null,"enabled":true,"unknown":1})");
    const Given given(rule().update_body(), body);
    EXPECT_FALSE(given.has("label"));      // null leaves it
    EXPECT_TRUE(given.has("description")); // null clears it
    EXPECT_TRUE(given.has("enabled"));
    EXPECT_FALSE(given.has("unknown"));
    EXPECT_FALSE(given.has("action_ref"));
    EXPECT_TRUE(given.has_any({"action_ref", "enabled"}));
    EXPECT_FALSE(Given{}.has("enabled"));
}

} // namespace
} // namespace attune::logic::entities
