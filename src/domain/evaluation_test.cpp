#include "domain/evaluation.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Evaluation, IsALineWithoutWhatIsEmpty) {
    Evaluation line;
    line.rule = {7};
    line.rule_ref = "a.b";
    line.reason = "no conditions";
    line.matched = true;
    line.outcome = EvaluationOutcome::matched;
    line.execution = {9};
    EXPECT_EQ(
        to_text(line_of(line)),
        R"({"rule":7,"rule_ref":"a.b","matched":true,"outcome":"matched","reason":"no conditions","execution":9})");
    const auto read = find_line(json::array{line_of(line)}, {7});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->execution, ExecutionId{9});
    EXPECT_EQ(read->seen, std::nullopt);
}

TEST(Evaluation, LinesOfFormerVersionsHaveOneOfTwoOutcomes) {
    const auto lines = evaluations_of(parse_json(R"([{"rule":1,"rule_ref":"a.b","matched":true,"reason":"x"},
                                                     {"rule":2,"rule_ref":"a.c","matched":false,"reason":"y"}])")
                                          .value());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].outcome, EvaluationOutcome::matched);
    EXPECT_EQ(lines[1].outcome, EvaluationOutcome::unmatched);
    EXPECT_TRUE(evaluations_of(json::value(json::object{{"reason", "none"}})).empty());
    EXPECT_TRUE(evaluations_of(std::nullopt).empty());
}

TEST(Evaluation, ALineIsAmendedInItsPlace) {
    auto decision = parse_json(R"([{"rule":1,"rule_ref":"a.b","matched":true,"outcome":"waiting","reason":"x"},
                                   {"rule":2,"rule_ref":"a.c","matched":false,"outcome":"failed","reason":"y"}])")
                        .value();
    amend_line(decision, {1}, [](Evaluation& line) { line.outcome = EvaluationOutcome::superseded; });
    amend_line(decision, {3}, [](Evaluation& line) { line.rule_ref = "nobody's"; });
    EXPECT_EQ(to_text(decision), R"([{"rule":1,"rule_ref":"a.b","matched":true,"outcome":"superseded","reason":"x"},)"
                                 R"({"rule":2,"rule_ref":"a.c","matched":false,"outcome":"failed","reason":"y"}])");
}

} // namespace
} // namespace attune
