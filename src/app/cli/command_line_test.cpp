// From the words of a command line to the request that it makes.
#include "app/cli/completion.hpp"
#include "app/cli/examples.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/parser.hpp"
#include "app/cli/requests.hpp"
#include "app/golden_for_test.hpp"
#include "base/text.hpp"

#include <gmock/gmock.h>
#include <set>

namespace attune::app::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> out;
    for (const auto word : split(line, ' ')) out.emplace_back(word);
    return out;
}

/// "GET /path {body}", or "error: …".
std::string request_of(std::vector<std::string> words) {
    const auto line = parse_command_line(std::move(words));
    if (line.command == nullptr) return "error: " + line.message;
    const auto request = line.command->request ? line.command->request(line.arguments) : execute_action(line.arguments);
    if (!request) return "error: " + request.error().text();
    return request->method + " " + request->path + (request->body ? " " + to_text(*request->body) : "");
}

std::string request_of(std::string_view line) {
    return request_of(words_of(line));
}

TEST(CommandLine, ListsWithFiltersAndPages) {
    EXPECT_EQ(request_of("rule list"), "GET /api/v1/rules");
    EXPECT_EQ(request_of("rule list --page 2 -l 10"), "GET /api/v1/rules?page=2&page_size=10");
    EXPECT_EQ(request_of("execution list -a core.echo -s completed --top-level-only -l 5"),
              "GET /api/v1/executions?per_page=5&action_ref=core.echo&status=completed&top_level_only=true");
    EXPECT_EQ(request_of("event list --trigger a&b=c"), "GET /api/v1/events?trigger_ref=a%26b%3Dc");
    EXPECT_THAT(request_of("rule list --page x"), HasSubstr("--page: expected a whole number"));
}

TEST(CommandLine, NamesOneThing) {
    EXPECT_EQ(request_of("rule show core.r"), "GET /api/v1/rules/core.r");
    EXPECT_EQ(request_of("rule disable core.r"), "POST /api/v1/rules/core.r/disable");
    EXPECT_EQ(request_of("pack delete demo"), "DELETE /api/v1/packs/demo");
    EXPECT_EQ(request_of("execution cancel 12"), "POST /api/v1/executions/12/cancel");
    EXPECT_EQ(request_of("rule show ../../auth"), "GET /api/v1/rules/..%2F..%2Fauth");
}

TEST(CommandLine, TriesARuleOrADraftAndAsksWhy) {
    EXPECT_EQ(request_of("why ops.greet"), "GET /api/v1/rules/ops.greet/explain");
    EXPECT_EQ(request_of("rule test ops.greet --last 5"), R"(POST /api/v1/rules/ops.greet/test {"last":5})");
    EXPECT_EQ(request_of("rule test -t ops.deployed -a core.echo --param message=hi --criteria [] --payload {}"),
              R"(POST /api/v1/rules/test {"trigger_ref":"ops.deployed","action_ref":"core.echo","conditions":[],)"
              R"("action_params":{"message":"hi"},"payload":{}})");
    EXPECT_THAT(request_of("rule test ops.greet --event x"), HasSubstr("--event"));
}

TEST(CommandLine, SetsWhatAWebhookAsksFor) {
    EXPECT_EQ(request_of("webhook enable mine.push"), "POST /api/v1/triggers/mine.push/webhooks/enable");
    EXPECT_EQ(
        request_of("webhook set mine.push --provider github --secret hush --allow 10.0.0.0/8 --allow ::1"
                   " --requests 5 --window-seconds 60 --size-limit-kb 64"),
        R"(PUT /api/v1/triggers/mine.push/webhook {"hmac":{"secret":"hush"},"ip_whitelist":{"ips":["10.0.0.0/8",)"
        R"("::1"]},"rate_limit":{"requests":5,"window_seconds":60},"provider":"github","payload_size_limit_kb":64})");
    EXPECT_EQ(request_of({"webhook", "set", "mine.push", "--config", R"({"auth":{"scheme":"bearer"},"hmac":null})",
                          "--token", "hush\n"}),
              R"(PUT /api/v1/triggers/mine.push/webhook {"auth":{"scheme":"bearer","secret":"hush"},"hmac":null})");
    EXPECT_THAT(request_of("webhook set mine.push --config 5"), HasSubstr("--config: expected a JSON object"));
    EXPECT_EQ(request_of("webhook hits mine.push --verdict repeated -l 5"),
              "GET /api/v1/triggers/mine.push/webhook/hits?per_page=5&verdict=repeated");
}

TEST(CommandLine, CreatesARule) {
    EXPECT_EQ(
        request_of({"rule", "create", "-n", "echo", "-p", "demo", "-t", "core.timer_10s", "-a", "core.echo", "--param",
                    "message=Hello World", "--param", "n=3"}),
        R"(POST /api/v1/rules {"action_ref":"core.echo","trigger_ref":"core.timer_10s",)"
        R"("action_params":{"message":"Hello World","n":3},"ref":"demo.echo","pack_ref":"demo","label":"demo.echo"})");
    EXPECT_EQ(request_of({"rule", "create", "--name", "demo.x", "-t", "core.intervaltimer", "-a", "core.echo",
                          "--trigger-params", R"({"unit":"seconds"})", "--trigger-param", "interval=5", "--enabled",
                          "false", "--criteria", "[]", "--label", "X"}),
              R"(POST /api/v1/rules {"label":"X","action_ref":"core.echo","trigger_ref":"core.intervaltimer",)"
              R"("conditions":[],"trigger_params":{"unit":"seconds","interval":5},"enabled":false,)"
              R"("ref":"demo.x","pack_ref":"demo"})");
}

TEST(CommandLine, HasAnOptionForEveryMemberThatMayBeGiven) {
    EXPECT_EQ(request_of("action create -n demo.x -e x.sh -r core.shell --timeout-seconds 30 --max-retries 2"
                         " --output-format json --accesses-mcp true --permission-set core.viewer --permission-set a.b"),
              R"(POST /api/v1/actions {"entrypoint":"x.sh","runtime_ref":"core.shell","output_format":"json",)"
              R"("timeout_seconds":30,"max_retries":2,"accesses_mcp":true,)"
              R"("default_execution_permission_set_refs":["core.viewer","a.b"],)"
              R"("ref":"demo.x","pack_ref":"demo","label":"demo.x"})");
    EXPECT_THAT(request_of("action create -n demo.x -e x.sh --timeout-seconds soon"),
                HasSubstr("--timeout-seconds: expected a whole number"));
    EXPECT_EQ(request_of("runtime create -n demo.ruby --alias rb"),
              R"(POST /api/v1/runtimes {"aliases":["rb"],"ref":"demo.ruby","pack_ref":"demo","name":"ruby"})");
}

TEST(CommandLine, TakesParametersOfARunAsTheyStand) {
    EXPECT_EQ(request_of({"run", "core.echo", "message=Hello World", "n=3", "--param", "n=2"}),
              R"(POST /api/v1/executions/execute {"action_ref":"core.echo",)"
              R"("parameters":{"n":3,"message":"Hello World"}})");
    EXPECT_THAT(request_of("run core.echo message"), HasSubstr("parameter: expected name=value, got 'message'"));
    EXPECT_THAT(request_of("run core.echo message"), Not(HasSubstr("--parameter")));
}

TEST(CommandLine, RefusesABadRuleBeforeItIsSent) {
    EXPECT_THAT(request_of("rule create -n x -t a.b -a a.c"), HasSubstr("expected <pack>.<name>"));
    EXPECT_THAT(request_of("rule create -n d.x -t a.b -a a.c --enabled maybe"), HasSubstr("--enabled: expected true"));
    EXPECT_THAT(request_of("rule create -n d.x -t a.b -a a.c --criteria {"), HasSubstr("--criteria: expected JSON"));
    EXPECT_THAT(request_of("rule create -n d.x -t a.b -a a.c --param x"), HasSubstr("expected name=value"));
    EXPECT_THAT(request_of("rule create -n d.x -t a.b"), HasSubstr("--action"));
    EXPECT_THAT(request_of("rule update d.x"), HasSubstr("nothing to change"));
}

TEST(CommandLine, UpdatesOnlyWhatIsGiven) {
    EXPECT_EQ(request_of("rule update d.x --trigger-param interval=20"),
              R"(PUT /api/v1/rules/d.x {"trigger_params":{"interval":20}})");
    EXPECT_EQ(request_of("trigger update d.x --enabled false"), R"(PUT /api/v1/triggers/d.x {"enabled":false})");
}

TEST(CommandLine, RunsAnAction) {
    EXPECT_EQ(request_of({"run", "core.echo", "--params-json", R"({"message":"a","x":[1]})", "--param", "message=b=c"}),
              R"(POST /api/v1/executions/execute {"action_ref":"core.echo","parameters":{"message":"b=c","x":[1]}})");
    EXPECT_EQ(request_of("action execute core.noop"), R"(POST /api/v1/executions/execute {"action_ref":"core.noop"})");
}

TEST(CommandLine, LooksAfterWorkersAndIsOneWithoutASubcommand) {
    EXPECT_EQ(request_of("worker list --health offline --cordoned true"),
              "GET /api/v1/workers?cordoned=true&health_state=offline");
    EXPECT_EQ(request_of({"worker", "cordon", "build-2", "--reason", "New kernel"}),
              R"(POST /api/v1/workers/build-2/cordon {"reason":"New kernel"})");
    EXPECT_EQ(request_of("worker uncordon 3"), "POST /api/v1/workers/3/uncordon");
    const auto role = parse_command_line(words_of("worker --config x.yaml"));
    ASSERT_NE(role.command, nullptr) << role.message;
    EXPECT_EQ(role.command->path, "worker");
    EXPECT_THAT(parse_command_line(words_of("worker --help")).message, HasSubstr("cordon"));
}

TEST(CommandLine, LoadsPacks) {
    EXPECT_EQ(request_of("pack register /srv/demo --force"),
              R"(POST /api/v1/packs/register {"path":"/srv/demo","force":true})");
    const auto line = parse_command_line(words_of("pack upload demo.tar.gz --force"));
    ASSERT_NE(line.command, nullptr);
    const auto request = line.command->request(line.arguments);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->upload, "demo.tar.gz");
    EXPECT_EQ(request->fields.size(), 1U);
}

TEST(CommandLine, TakesGlobalOptionsAnywhere) {
    for (const auto* text : {"--json rule list", "rule --json list", "rule list --json", "rule list --output json"}) {
        const auto line = parse_command_line(words_of(text));
        ASSERT_NE(line.command, nullptr) << line.message;
        EXPECT_EQ(line.globals.output, OutputForm::json) << text;
    }
    EXPECT_EQ(parse_command_line(words_of("rule list --api-url http://x -p work")).globals.profile, "work");
}

TEST(CommandLine, SuggestsWhatWasMeant) {
    EXPECT_THAT(parse_command_line(words_of("rule craete")).message, HasSubstr("Did you mean 'create'?"));
    EXPECT_THAT(parse_command_line(words_of("rule list --josn")).message, HasSubstr("Did you mean '--json'?"));
    EXPECT_THAT(parse_command_line(words_of("ruel list")).message, HasSubstr("Did you mean 'rule'?"));
    EXPECT_TRUE(parse_command_line(words_of("rule list --output xml")).is_error);
    EXPECT_TRUE(parse_command_line({}).is_error);
}

TEST(CommandLine, RefusesAnEmptyRef) {
    const auto line = parse_command_line({"timer", "show", ""});
    EXPECT_EQ(line.command, nullptr);
    EXPECT_THAT(line.message, HasSubstr("id: must not be empty"));
}

TEST(CommandLine, HelpIsTheGoldenFile) {
    expect_golden("tests/golden/cli-help.txt", help_of_everything());
    EXPECT_FALSE(parse_command_line({"--help"}).is_error);
    EXPECT_THAT(parse_command_line({"rule", "create", "--help"}).message, HasSubstr("attune rule create [OPTIONS]"));
}

TEST(CommandTable, HasNoNameTwice) {
    std::set<std::string> paths;
    for (const auto& command : command_table()) {
        EXPECT_TRUE(paths.insert(command.path).second) << command.path;
        std::set<std::string> names;
        for (const auto& parameter : command.parameters) {
            EXPECT_TRUE(names.insert(parameter.name()).second) << command.path << " " << parameter.name();
        }
        const auto group = command.path.substr(0, command.path.find(' '));
        EXPECT_TRUE(group == command.path || !group_text(group).empty()) << group;
    }
}

/// Words as a shell reads them, with single quotes only.
std::vector<std::string> shell_words(std::string_view line) {
    std::vector<std::string> out{""};
    bool quoted = false;
    for (const char c : line) {
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

TEST(Examples, EveryCommandHasSomeAndEachIsItsCommand) {
    for (const auto& command : command_table()) {
        EXPECT_FALSE(examples_of(command.path).empty()) << command.path;
        for (const auto example : split(examples_of(command.path), '\n')) {
            const auto line = parse_command_line(shell_words(example));
            ASSERT_NE(line.command, nullptr) << example << "\n" << line.message;
            EXPECT_EQ(line.command->path, command.path) << example;
        }
    }
}

TEST(Completion, KnowsEveryShellAndCommand) {
    for (const auto* shell : {"bash", "zsh", "fish"}) {
        const auto script = completion_script(shell);
        ASSERT_TRUE(script);
        EXPECT_THAT(*script, HasSubstr("enforcement"));
    }
    EXPECT_FALSE(completion_script("tcsh"));
}

TEST(ExitCode, TellsKindsOfFailureApart) {
    EXPECT_EQ(exit_code(Errc::invalid), ExitCode::usage);
    EXPECT_EQ(exit_code(Errc::unauthenticated), ExitCode::not_authenticated);
    EXPECT_EQ(exit_code(Errc::not_found), ExitCode::not_found);
    EXPECT_EQ(exit_code(Errc::conflict), ExitCode::conflict);
    EXPECT_EQ(exit_code(Errc::unavailable), ExitCode::unreachable);
}

} // namespace
} // namespace attune::app::cli
