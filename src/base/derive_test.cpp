#include "base/derive.hpp"
#include "base/reflect.hpp"

#include <gmock/gmock.h>

namespace attune {
namespace {

using testing::HasSubstr;

struct Thing {
    std::string name = "unnamed";
    std::optional<std::string> note;
    std::vector<std::string> tags;
    json::object options;
    json::value any = json::object{};
    std::int64_t count = 7;
};
ATTUNE_STRUCT(Thing);
ATTUNE_FIELDS(Thing, name, note, tags, options, any, count);

json::value parsed(std::string_view text) {
    return *parse_json(text);
}

class DerivedStructureTest : public testing::Test {
protected:
    Result<void> read(std::string_view text) { return decode_json(derived_.type(), parsed(text), {}, {}, &thing_); }
    std::string shown() const { return to_text(encode_json(derived_.type(), &thing_)); }

    DerivedStructure derived_{"ThingView", structure_of<Thing>()};
    Thing thing_;
};

TEST_F(DerivedStructureTest, ShowsTheMembersThatItHasInItsOrderAndByItsNames) {
    derived_.add("count", Form::plain);
    derived_.add("name", Form::plain, "title");
    EXPECT_EQ(shown(), R"({"count":7,"title":"unnamed"})");
}

TEST_F(DerivedStructureTest, LeavesOutWhatIsEmpty) {
    for (const auto* member : {"note", "tags", "options", "name"}) derived_.add(member, Form::omit_empty);
    thing_.name.clear();
    EXPECT_EQ(shown(), "{}");
    thing_.note = "n";
    thing_.tags = {"t"};
    thing_.options["o"] = 1;
    EXPECT_EQ(shown(), R"({"note":"n","tags":["t"],"options":{"o":1}})");
}

TEST_F(DerivedStructureTest, KeepsWhatIsNotGivenOrNull) {
    for (const auto* member : {"name", "note", "tags", "count"}) derived_.add(member, Form::optional);
    thing_.note = "kept";
    thing_.tags = {"kept"};
    EXPECT_TRUE(read(R"({"name":null,"note":null,"count":8})"));
    EXPECT_EQ(shown(), R"({"name":"unnamed","note":"kept","tags":["kept"],"count":8})");
    EXPECT_TRUE(read(R"({"tags":["other"]})"));
    EXPECT_EQ(thing_.tags, std::vector<std::string>{"other"});
}

TEST_F(DerivedStructureTest, ClearsWhatAPatchSaysToClear) {
    derived_.add("note", Form::patch);
    derived_.add("any", Form::patch);
    thing_.note = "old";
    thing_.any = 5;
    EXPECT_TRUE(read(R"({"note":null,"any":{"op":"clear"}})"));
    EXPECT_EQ(shown(), R"({"note":null,"any":{}})");
    EXPECT_TRUE(read(R"({"note":{"op":"set","value":"new"},"any":[1]})"));
    EXPECT_EQ(shown(), R"({"note":"new","any":[1]})");
}

TEST_F(DerivedStructureTest, TakesNullForAValueWhereItIsOne) {
    derived_.add("any", Form::value);
    EXPECT_TRUE(read(R"({"any":null})"));
    EXPECT_EQ(shown(), R"({"any":null})");
    EXPECT_TRUE(takes_null(*derived_.structure().find("any")->type));
}

TEST_F(DerivedStructureTest, NamesTheMemberThatIsWrong) {
    derived_.add("count", Form::optional, "how_many");
    const auto refused = read(R"({"how_many":"x"})");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "how_many");
    EXPECT_THAT(refused.error().message, HasSubstr("a whole number"));
}

TEST_F(DerivedStructureTest, SaysInItsSchemaWhatIsRequiredAndWhatMembersMean) {
    derived_.add("name", Form::plain, {}, "What it is called");
    derived_.add("count", Form::optional);
    EXPECT_EQ(to_text(json::value(schema_of(derived_.type()))),
              R"({"type":"object","properties":{"name":{"type":"string","description":"What it is called"},)"
              R"("count":{"type":["integer","null"]}},"required":["name"]})");
}

} // namespace
} // namespace attune
