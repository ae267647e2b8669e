#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

TEST(RRuleVectors, AgreeWithTheIndependentImplementation) {
    const auto vectors = read_vectors("rrule.jsonl");
    ASSERT_GT(vectors.size(), 700U);
    for (const auto& vector : vectors) {
        const auto shown = to_text(vector).substr(0, 300);
        const auto rule = RRule::compile(vector, TimeZone{}, {});
        ASSERT_TRUE(rule) << shown << rule.error().text();
        auto from = at(std::string_view(vector.at("after").as_string()));
        for (const auto& expected : vector.at("next").as_array()) {
            EXPECT_EQ(text_of(rule->next(from)), std::string_view(expected.as_string())) << shown;
            from = at(std::string_view(expected.as_string()));
            EXPECT_EQ(text_of(rule->prev(from + Duration{1})), text_of(from)) << shown;
        }
        if (vector.at("next").as_array().empty()) EXPECT_EQ(text_of(rule->next(from)), "never") << shown;
    }
}

} // namespace
} // namespace attune::logic::schedule
