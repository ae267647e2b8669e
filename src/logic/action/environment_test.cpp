#include "logic/action/environment.hpp"

#include <algorithm>
#include <gmock/gmock.h>

namespace attune::logic::action {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using Operation = EnvironmentChange::Operation;

std::string value_of(const Environment& environment, std::string_view name) {
    const auto at = std::ranges::find(environment, name, &Environment::value_type::first);
    return at == environment.end() ? "(absent)" : at->second;
}

TEST(BaseEnvironment, LetsOnlyFourVariablesThrough) {
    const Environment server{{"HOME", "/h"}, {"PATH", "/p"},           {"LANG", "C"},      {"TZ", "UTC"},
                             {"USER", "u"},  {"AWS_SECRET", "secret"}, {"LD_PRELOAD", "x"}};

    EXPECT_THAT(base_environment(server),
                UnorderedElementsAre(Pair("PATH", "/p"), Pair("HOME", "/h"), Pair("LANG", "C"), Pair("TZ", "UTC")));
    EXPECT_EQ(value_of(base_environment({}), "PATH"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
}

TEST(MakeEnvironment, TellsTheChildAboutItsExecution) {
    ExecutionContext context;
    context.execution = 42;
    context.action_ref = "demo.run";
    context.pack_ref = "demo";
    context.rule_ref = "demo.rule";
    context.trigger_ref = "core.timer";
    context.api_url = "http://localhost:8080";
    context.instance_id = "i-1";
    context.worker_name = "host-2";
    context.api_token = "token";
    context.context = {{"request-id", "r1"}, {"n", 5}, {"list", {1, 2}}};

    EXPECT_THAT(
        make_environment({{"PATH", "/bin"}}, {}, context),
        UnorderedElementsAre(Pair("PATH", "/bin"), Pair("ATTUNE_EXEC_ID", "42"), Pair("ATTUNE_ACTION", "demo.run"),
                             Pair("ATTUNE_PACK_REF", "demo"), Pair("ATTUNE_API_URL", "http://localhost:8080"),
                             Pair("ATTUNE_PARAMETER_DELIVERY", "stdin"), Pair("ATTUNE_PARAMETER_FORMAT", "json"),
                             Pair("ATTUNE_RULE", "demo.rule"), Pair("ATTUNE_TRIGGER", "core.timer"),
                             Pair("ATTUNE_CONTEXT_REQUEST_ID", "r1"), Pair("ATTUNE_CONTEXT_N", "5"),
                             Pair("ATTUNE_CONTEXT_LIST", "[1,2]"), Pair("ATTUNE_API_TOKEN", "token"),
                             Pair("ATTUNE_INSTANCE_ID", "i-1"), Pair("ATTUNE_WORKER", "host-2")));
}

TEST(MakeEnvironment, NamesTheParameterFileOnlyInFileMode) {
    ExecutionContext context;
    context.parameter_file = "/run/p";

    EXPECT_EQ(value_of(make_environment({}, {}, context), "ATTUNE_PARAMETER_FILE"), "(absent)");
    context.delivery = ParameterDelivery::file;
    EXPECT_EQ(value_of(make_environment({}, {}, context), "ATTUNE_PARAMETER_FILE"), "/run/p");
}

TEST(MakeEnvironment, AppliesTheRuntimesChanges) {
    const struct {
        Environment base;
        EnvironmentChange change;
        std::string_view expected;
    } rows[] = {
        {{}, {"V", "x", Operation::set, ":"}, "x"},
        {{{"V", "old"}}, {"V", "x", Operation::set, ":"}, "x"},
        {{{"V", "old"}}, {"V", "x", Operation::prepend, ":"}, "x:old"},
        {{{"V", "old"}}, {"V", "x", Operation::append, ";"}, "old;x"},
        {{}, {"V", "x", Operation::prepend, ":"}, "x"},
        {{{"V", ""}}, {"V", "x", Operation::append, ":"}, "x"},
    };

    for (const auto& row : rows) {
        const auto environment = make_environment(row.base, std::vector{row.change}, {});
        EXPECT_EQ(value_of(environment, "V"), row.expected);
    }
}

TEST(MakeEnvironment, LetsNobodyForgeItsOwnVariables) {
    ExecutionContext context;
    context.execution = 1;
    context.env_vars = {{"ATTUNE_API_TOKEN", "forged"}, {"bad name", "x"}, {"MODE", "fast"}, {"N", 3}};
    const std::vector<EnvironmentChange> changes{{"ATTUNE_EXEC_ID", "2", Operation::set, ":"},
                                                 {"ATTUNE_RULE", "forged", Operation::set, ":"}};

    const auto environment = make_environment({}, changes, context);

    EXPECT_EQ(value_of(environment, "ATTUNE_API_TOKEN"), "(absent)");
    EXPECT_EQ(value_of(environment, "ATTUNE_RULE"), "(absent)");
    EXPECT_EQ(value_of(environment, "ATTUNE_EXEC_ID"), "1");
    EXPECT_EQ(value_of(environment, "bad name"), "(absent)");
    EXPECT_EQ(value_of(environment, "MODE"), "fast");
    EXPECT_EQ(value_of(environment, "N"), "3");
}

} // namespace
} // namespace attune::logic::action
