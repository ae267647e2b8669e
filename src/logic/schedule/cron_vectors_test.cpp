#include "logic/schedule/test_support.hpp"

namespace attune::logic::schedule {
namespace {

std::string describe(const json::object& vector) {
    return to_text(vector).substr(0, 300);
}

/// The vectors were made with tz database 2025b. Later editions have Morocco leave +01 for good on 2026-09-20.
bool outdated(const json::object& vector) {
    return vector.at("timezone").as_string() == "Africa/Casablanca" && !vector.at("next").as_array().empty() &&
           vector.at("next").as_array().back().as_string() > "2026-09-20";
}

TEST(CronVectors, AgreeWithTheIndependentImplementation) {
    const auto vectors = read_vectors("cron.jsonl");
    ASSERT_GT(vectors.size(), 2000U);
    for (const auto& vector : vectors) {
        const auto spec = CronSpec::parse(std::string_view(vector.at("expression").as_string()));
        if (outdated(vector)) continue;
        ASSERT_TRUE(spec) << describe(vector) << spec.error().text();
        const auto tz = zone(std::string_view(vector.at("timezone").as_string()));
        auto from = at(std::string_view(vector.at("after").as_string()));
        for (const auto& expected : vector.at("next").as_array()) {
            const auto found = spec->next(from, tz);
            EXPECT_EQ(text_of(found), std::string_view(expected.as_string())) << describe(vector);
            from = at(std::string_view(expected.as_string()));
            // The way back leads to where we came from.
            EXPECT_EQ(text_of(spec->prev(from + Duration{1}, tz)), text_of(from)) << describe(vector);
        }
    }
}

} // namespace
} // namespace attune::logic::schedule
