#include "logic/placement/worker_traits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::placement {
namespace {

using testing::HasSubstr;

json::object object(std::string_view text) {
    return parse_json(text)->get_object();
}

/// A GPU worker in eu, kept for batch work, which others should rather not use.
WorkerTraits worker() {
    return traits_of(object(R"({
        "runtimes": ["shell", "python"],
        "runtime_versions": {"shell": ["5.2.15"], "python": ["3.11.2"]},
        "runtime_names": {"shell": ["core.shell", "bash"], "python": ["python.python", "python3"]},
        "labels": {"zone": "eu", "gpu": true, "cores": 8},
        "taints": [{"key": "dedicated", "value": "batch", "effect": "no_schedule"},
                   {"key": "spot", "effect": "prefer_no_schedule"}]})"));
}

/// With a toleration of the worker's hard taint, unless the requirement has its own.
std::string why_not(std::string_view requirement) {
    auto stored = object(requirement);
    if (!stored.contains("runtime")) stored["runtime"] = "core.shell";
    if (!stored.contains("tolerations"))
        stored["tolerations"] = object(R"({"x":[{"key":"dedicated","value":"batch"}]})")["x"];
    const auto parsed = Requirement::parse(stored);
    if (!parsed) return "invalid: " + parsed.error().text();
    return unmet(*parsed, worker()).value_or("");
}

TEST(Placement, MatchesRuntimesLabelsAndTaintsByTheTable) {
    struct Row {
        std::string_view requirement;
        std::string_view why; ///< empty = the worker may run it
    };
    constexpr Row kTable[] = {
        {"{}", ""},
        {R"({"runtime":"python.python"})", ""},
        {R"({"runtime":"Core.Shell"})", ""},
        {R"({"runtime":"node.node"})", "has no runtime node.node"},
        {R"({"runtime":"python.python","version":">=3.9,<3.12"})", ""},
        {R"({"runtime":"python.python","version":"3.12"})", "version 3.11.2"},
        {R"({"runtimes":{"python3":"^3.10","bash":"*"}})", ""},
        {R"({"runtimes":{"perl":"*"}})", "has no runtime perl"},
        {R"({"selector":{"zone":"eu"}})", ""},
        {R"({"selector":{"zone":"eu","gpu":"true","cores":8}})", ""},
        {R"({"selector":{"zone":"us"}})", "has no label zone=us"},
        {R"({"selector":{"zone":"eu","disk":"ssd"}})", "has no label disk=ssd"},
        {R"({"tolerations":[]})", "taint dedicated=batch"},
        {R"({"tolerations":[{"key":"dedicated","value":"web"}]})", "taint dedicated=batch"},
        {R"({"tolerations":[{"key":"dedicated","operator":"exists"}]})", ""},
        {R"({"tolerations":[{"operator":"exists"}]})", ""},
        {R"({"tolerations":[{"operator":"exists","effect":"prefer_no_schedule"}]})", "taint dedicated=batch"},
        {R"({"tolerations":[{"key":"dedicated","operator":"equal","value":"batch","effect":"no_schedule"}]})", ""},
        {R"({"affinity":{"required":[{"match_labels":{"zone":"us"}},{"match_labels":{"zone":"eu"}}]}})", ""},
        {R"({"affinity":{"required":[{"match_labels":{"zone":"us"}}]}})", "worker_affinity.required"},
        {R"({"affinity":{"required":[{"match_labels":{"zone":"eu"},
            "match_expressions":[{"key":"gpu","operator":"does_not_exist"}]}]}})",
         "worker_affinity.required"},
        {R"({"affinity":{"anti_affinity":[{"match_labels":{"zone":"us"}},{"match_labels":{"gpu":"true"}}]}})",
         "anti_affinity[1]"},
        {R"({"affinity":{"anti_affinity":[{"match_labels":{"gpu":"false"}}]}})", ""},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"zone","operator":"in","values":["eu","us"]}]}]}})",
         ""},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"zone","operator":"in","values":["us"]}]}]}})",
         "worker_affinity.required"},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"zone","operator":"not_in","values":["us"]}]}]}})",
         ""},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"none","operator":"not_in","values":["us"]}]}]}})",
         ""},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"gpu","operator":"exists"}]}]}})", ""},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"none","operator":"exists"}]}]}})",
         "worker_affinity.required"},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"none","operator":"does_not_exist"}]}]}})", ""},
    };
    for (const auto& row : kTable) {
        const auto why = why_not(row.requirement);
        if (row.why.empty()) {
            EXPECT_EQ(why, "") << row.requirement;
        } else {
            EXPECT_THAT(why, HasSubstr(std::string(row.why))) << row.requirement;
        }
    }
}

TEST(Placement, RefusesWhatIsMalformedAtItsPlace) {
    struct Row {
        std::string_view requirement;
        std::string_view field;
    };
    constexpr Row kTable[] = {
        {R"({"selector":{"zone":{"a":1}}})", "worker_selector.zone"},
        {R"({"selector":["zone"]})", "worker_selector"},
        {R"({"tolerations":[{"value":"x"}]})", "worker_tolerations[0].key"},
        {R"({"tolerations":[{"key":"a","operator":"like"}]})", "worker_tolerations[0].operator"},
        {R"({"tolerations":[{"key":"a","operator":"exists","value":"b"}]})", "worker_tolerations[0].value"},
        {R"({"tolerations":[{"key":"a","effect":"no_execute"}]})", "worker_tolerations[0].effect"},
        {R"({"tolerations":["a"]})", "worker_tolerations[0]"},
        {R"({"affinity":{"requierd":[]}})", "worker_affinity.requierd"},
        {R"({"affinity":{"required":[{}]}})", "worker_affinity.required[0]"},
        {R"({"affinity":{"required":{}}})", "worker_affinity.required"},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"a","operator":"in"}]}]}})",
         "worker_affinity.required[0].match_expressions[0].values"},
        {R"({"affinity":{"required":[{"match_expressions":[{"key":"a","operator":"exists","values":["b"]}]}]}})",
         "worker_affinity.required[0].match_expressions[0].values"},
        {R"({"affinity":{"preferred":[{"match_labels":{"a":"b"},"weight":0}]}})",
         "worker_affinity.preferred[0].weight"},
        {R"({"affinity":{"required":[{"match_labels":{"a":"b"},"weight":3}]}})", "worker_affinity.required[0].weight"},
        {R"({"version":"newest"})", "runtime_version_constraint"},
        {R"({"runtimes":{"python":3}})", "required_worker_runtimes.python"},
    };
    for (const auto& row : kTable) {
        EXPECT_THAT(why_not(row.requirement), HasSubstr("invalid: " + std::string(row.field) + ":")) << row.requirement;
    }
}

TEST(Placement, PrefersByWeightAndAvoidsSoftTaints) {
    const auto score = [](std::string_view requirement) {
        return preference(*Requirement::parse(object(requirement)), worker());
    };
    EXPECT_EQ(score("{}"), -100);
    EXPECT_EQ(score(R"({"tolerations":[{"key":"spot","operator":"exists"}]})"), 0);
    EXPECT_EQ(score(R"({"tolerations":[{"operator":"exists"}],"affinity":{"preferred":[
        {"match_labels":{"zone":"eu"},"weight":10},{"match_labels":{"gpu":"true"}},{"match_labels":{"zone":"us"},"weight":50}]}})"),
              11);
}

TEST(Placement, SurvivesTheWayThroughCapabilities) {
    const auto before = worker();
    const auto after = traits_of(capabilities_of(before));

    EXPECT_EQ(to_text(json::value(capabilities_of(after))), to_text(json::value(capabilities_of(before))));
    EXPECT_EQ(after.labels, before.labels);
    EXPECT_EQ(after.taints.size(), 2U);
    EXPECT_EQ(after.runtimes.at(1).versions, std::vector<std::string>{"3.11.2"});
}

TEST(Placement, ReadsNothingFromCapabilitiesOfAnotherShape) {
    const auto traits = traits_of(object(R"({"runtimes":"shell","labels":[],"taints":{"a":1}})"));

    EXPECT_TRUE(traits.runtimes.empty());
    EXPECT_TRUE(traits.labels.empty());
    EXPECT_TRUE(traits.taints.empty());
}

} // namespace
} // namespace attune::logic::placement
