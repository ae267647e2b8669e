#include "logic/action/shell_script.hpp"

#include <cstdio>
#include <gtest/gtest.h>

namespace attune::logic::action {
namespace {

std::string script(std::string_view parameters, std::string_view code) {
    return make_shell_script(parse_json(parameters)->as_object(), code);
}

/// What the script prints when bash runs it.
std::string run(std::string_view parameters, std::string_view code) {
    ::setenv("ATTUNE_TEST_SCRIPT", script(parameters, code).c_str(), 1);
    ::setenv("exported_before", "old", 1);
    FILE* pipe = ::popen("bash -c 'eval \"$ATTUNE_TEST_SCRIPT\"' 2>&1", "r");
    std::string out;
    char buffer[4096];
    while (const auto n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
    ::pclose(pipe);
    return out;
}

TEST(ShellScript, DefinesTwoVariablesForEachParameterBeforeTheCode) {
    EXPECT_EQ(script(R"({"message":"hi"})", "echo $message"),
              "#!/bin/bash\nset -e\nunset -v PARAM_MESSAGE; PARAM_MESSAGE='hi'\nunset -v message; message='hi'\n"
              "echo $message\n");
    EXPECT_EQ(script("{}", "true\n"), "#!/bin/bash\nset -e\ntrue\n");
}

TEST(ShellScript, GivesValuesAsTheShellReadsThem) {
    const struct {
        std::string_view parameters;
        std::string_view code;
        std::string_view expected;
    } rows[] = {
        {R"({"a":"it's $HOME `x` \\ \"q\""})", "printf %s \"$a\"", R"(it's $HOME `x` \ "q")"},
        {R"({"a":"x\ny\n"})", "printf '%s|' \"$a\"", "x\ny\n|"},
        {R"({"a":1,"b":true,"c":2.5,"d":null,"e":[1,"x"],"f":{"k":"v"}})",
         "printf '%s ' \"$a\" \"$b\" \"$c\" \"$d\" \"$e\" \"$f\"", R"(1 true 2.5 null [1,"x"] {"k":"v"} )"},
        {R"({"Content-Type":"x","2nd":"y"})", "printf '%s ' $Content_Type $PARAM_CONTENT_TYPE $_2nd $PARAM_2ND",
         "x x y y "},
        {R"({"a-b":"changed","a_b":"exact"})", "printf %s $a_b", "exact"},
        {R"({"a_b":"exact","a-b":"changed"})", "printf %s $a_b", "exact"},
        {R"({"if":"x","exit":"y"})", "printf %s \"$if$exit\"", "xy"},
        {R"({"a":"x"})", "false; printf never", ""},
    };

    for (const auto& row : rows) EXPECT_EQ(run(row.parameters, row.code), row.expected) << row.code;
}

TEST(ShellScript, ExportsNothingEvenWhatTheEnvironmentExported) {
    EXPECT_EQ(run(R"({"exported_before":"secret","x":"secret"})",
                  "printf $exported_before; printenv exported_before x || true"),
              "secret");
}

TEST(ShellScript, LeavesVariablesWithAMeaningAlone) {
    for (const auto* name : {"PATH", "IFS", "UID", "EUID", "PPID", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "HOME",
                             "LD_PRELOAD", "ATTUNE_API_TOKEN", "PARAM_X", "_", "RANDOM"}) {
        const auto parameters = fmt::format(R"({{"{}":"v"}})", name);
        EXPECT_EQ(script(parameters, "true"),
                  fmt::format("#!/bin/bash\nset -e\nunset -v PARAM_{0}; PARAM_{0}='v'\ntrue\n", name));
        EXPECT_EQ(run(parameters, fmt::format("printf %s \"$PARAM_{}\"", name)), "v");
    }
    EXPECT_FALSE(is_special_shell_variable("path"));
    EXPECT_FALSE(is_special_shell_variable("USERNAME"));
}

} // namespace
} // namespace attune::logic::action
