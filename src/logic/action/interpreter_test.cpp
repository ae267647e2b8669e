#include "logic/action/interpreter.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace attune::logic::action {
namespace {

constexpr std::string_view kShellConfig =
    R"({"interpreter":{"binary":"/bin/bash","args":[],"file_extension":".sh"},)"
    R"("inline_execution":{"strategy":"temp_file","extension":".sh","inject_shell_helpers":true}})";
constexpr std::string_view kPythonConfig =
    R"({"interpreter":{"binary":"python3","args":["-u"]},"environment":{"interpreter_path":"{env_dir}/bin/python3"},)"
    R"("env_vars":{"PYTHONPATH":{"value":"{pack_dir}/lib","operation":"prepend","separator":":"},"HOMES":"{env_dir}"}})";

ActionSource source(std::string entrypoint, std::string runtime, bool is_adhoc, bool has_file) {
    ActionSource out;
    out.entrypoint = std::move(entrypoint);
    out.runtime_name = std::move(runtime);
    out.is_adhoc = is_adhoc;
    out.has_pack_file = has_file;
    out.pack_ref = "demo";
    out.pack_dir = "/packs/demo";
    return out;
}

/// "argv | script | stdin", or the error.
std::string planned(std::string_view config, const ActionSource& from, std::string_view parameters = "{}") {
    auto plan = plan_command(parse_json(config)->as_object(), from, parse_json(parameters)->as_object());
    if (!plan) return "error: " + plan.error().text();
    return fmt::format("{} | {} | {}{}", join(plan->argv, " "), plan->script,
                       plan->stdin_form == StdinForm::empty ? "empty" : "parameters", plan->is_native ? " native" : "");
}

TEST(PlanCommand, ChoosesBetweenFileAndInlineCode) {
    const auto core = [] {
        auto out = source("echo.sh", "shell", true, true);
        out.pack_ref = "core";
        return out;
    }();
    const struct {
        std::string_view config;
        ActionSource from;
        std::string_view expected;
    } rows[] = {
        {kShellConfig, source("run.sh", "shell", false, true), "/bin/bash /packs/demo/actions/run.sh |  | parameters"},
        {kShellConfig, core, "/bin/bash /packs/demo/actions/echo.sh |  | parameters"},
        {kShellConfig, source("echo hi", "shell", true, true),
         "/bin/bash /dev/fd/3 | #!/bin/bash\nset -e\necho hi\n | empty"},
        {kShellConfig, source("echo hi", "shell", false, false),
         "/bin/bash /dev/fd/3 | #!/bin/bash\nset -e\necho hi\n | empty"},
        {R"({"interpreter":{"binary":"sh"}})", source("echo hi", "shell", true, false),
         "sh -c echo hi |  | parameters"},
        {R"({"interpreter":{"binary":"sh","args":["-e"]},"inline_execution":{"strategy":"temp_file"}})",
         source("echo hi", "shell", true, false), "sh -e /dev/fd/3 | echo hi | parameters"},
        {"{}", source("exit 3", "shell", true, false), "/bin/bash -c exit 3 |  | parameters"},
        {kPythonConfig, source("a/run.py", "python", true, true),
         "python3 -u /packs/demo/actions/a/run.py |  | parameters"},
        {kPythonConfig, source("run.py", "python", false, false),
         "error: entrypoint: no file run.py in the actions of pack demo"},
        {"{}", source("tool", "native", false, true), "/packs/demo/actions/tool |  | parameters native"},
        {R"({"interpreter":{"binary":""}})", source("tool", "native", false, false),
         "error: entrypoint: no file tool in the actions of pack demo"},
        {R"({"interpreter":{"binary":"java","args":["-cp","{pack_dir}","{action_file}","{other}"]}})",
         source("a.jar", "java", false, true),
         "java -cp /packs/demo /packs/demo/actions/a.jar {other} |  | parameters"},
    };

    for (const auto& row : rows) EXPECT_EQ(planned(row.config, row.from), row.expected);
}

TEST(PlanCommand, RefusesEntrypointsOutsideThePack) {
    for (const auto* entrypoint : {"../x.py", "a/../../x", "/etc/passwd", ".."}) {
        for (const auto* runtime : {"python", "native"}) {
            EXPECT_EQ(planned("{}", source(entrypoint, runtime, false, true)),
                      "error: entrypoint: expected a path below the pack's actions directory, without '..'");
        }
    }
    EXPECT_EQ(planned(kShellConfig, source("../x.sh", "shell", false, false)),
              "error: entrypoint: expected a path below the pack's actions directory, without '..'");
    EXPECT_EQ(planned("{}", source("", "native", false, true)), "error: entrypoint: must not be empty");
    EXPECT_EQ(planned(kShellConfig, source("", "shell", true, false)), "error: entrypoint: must not be empty");
    EXPECT_EQ(*action_file("/p", "a..b/c"), "/p/actions/a..b/c");
}

TEST(PlanCommand, UsesThePacksEnvironmentWhereThereIsOne) {
    auto from = source("run.py", "python", false, true);
    from.env_dir = "/envs/demo/python";

    EXPECT_EQ(planned(kPythonConfig, from),
              "/envs/demo/python/bin/python3 -u /packs/demo/actions/run.py |  | parameters");
    auto plan = plan_command(parse_json(kPythonConfig)->as_object(), from, {});
    ASSERT_EQ(plan->env_vars.size(), 2U);
    EXPECT_EQ(plan->env_vars[0].value, "/packs/demo/lib");
    EXPECT_EQ(plan->env_vars[0].operation, EnvironmentChange::Operation::prepend);
    EXPECT_EQ(plan->env_vars[1].value, "/envs/demo/python");
}

TEST(PlanCommand, FillsInWhereThePacksDependenciesAreListed) {
    constexpr std::string_view kConfig =
        R"({"interpreter":{"binary":"x","args":["{manifest_path}"]},"dependencies":{"manifest_file":"needs.txt"}})";
    auto from = source("run.x", "x", false, true);

    EXPECT_EQ(planned(kConfig, from), "x /packs/demo/needs.txt /packs/demo/actions/run.x |  | parameters");
    EXPECT_EQ(planned(R"({"dependencies":{"manifest_file":1}})", from),
              "error: execution_config.dependencies.manifest_file: expected a string, got 1");
}

TEST(EnvironmentDir, IsAFolderOfThePackAndTheRuntime) {
    EXPECT_EQ(environment_dir("/envs", "demo", "node.js"), "/envs/demo/node.js");
    EXPECT_EQ(environment_dir("", "demo", "python"), "");
    for (const auto* name : {"", ".", "..", "../other", "a/b"}) EXPECT_EQ(environment_dir("/envs", "demo", name), "");
}

TEST(PlanCommand, DoesNotLookForTokensInWhatItPutIn) {
    auto from = source("{env_dir}.py", "python", false, true);
    from.env_dir = "/secret";

    EXPECT_EQ(planned(R"({"interpreter":{"binary":"x","args":["{action_file}"]}})", from),
              "x /packs/demo/actions/{env_dir}.py |  | parameters");
}

TEST(PlanCommand, NamesTheMemberOfTheConfigurationAtFault) {
    const struct {
        std::string_view config;
        std::string_view expected;
    } rows[] = {
        {R"({"interpreter":"sh"})", R"(execution_config.interpreter: expected an object, got "sh")"},
        {R"({"interpreter":{"binary":1}})", "execution_config.interpreter.binary: expected a string, got 1"},
        {R"({"interpreter":{"binary":"x","args":["a",2]}})",
         "execution_config.interpreter.args[1]: expected a string, got 2"},
        {R"({"inline_execution":{"strategy":"memory"}})",
         R"(execution_config.inline_execution.strategy: expected one of direct|temp_file, got "memory")"},
        {R"({"inline_execution":{"inject_shell_helpers":"yes"}})",
         R"(execution_config.inline_execution.inject_shell_helpers: expected a boolean, got "yes")"},
        {R"({"env_vars":{"A B":"x"}})", "execution_config.env_vars.A B: is not a variable's name"},
        {R"({"env_vars":{"A":{"value":"x","operation":"add"}}})",
         R"(execution_config.env_vars.A.operation: expected one of set|prepend|append, got "add")"},
        {R"({"env_vars":{"A":[1]}})", "execution_config.env_vars.A: expected a string or an object, got an array"},
    };

    for (const auto& row : rows) {
        EXPECT_EQ(planned(row.config, source("x", "shell", true, false)), "error: " + std::string(row.expected));
    }
}

} // namespace
} // namespace attune::logic::action
