#include "logic/action/result.hpp"

#include <csignal>
#include <gtest/gtest.h>

namespace attune::logic::action {
namespace {

using Ending = RunOutcome::Ending;

OutputCollector collected(std::string_view stream, std::string_view text, OutputCollector::Limits limits) {
    OutputCollector output(stream, limits);
    output.append(text);
    output.finish();
    return output;
}

Result<json::value> small_yaml(std::string_view text) {
    if (text == "a: 1") return json::value{{"a", 1}};
    return invalid("", "not YAML");
}

struct Run {
    RunOutcome outcome;
    std::string out;
    std::string err;
    OutputFormat format = OutputFormat::text;
    bool is_native = false;
    OutputCollector::Limits limits = {};
};

/// "status result".
std::string result_of(const Run& run) {
    auto outcome = run.outcome;
    outcome.duration = 1500us + 40ms;
    const OutputReading reading{run.format, run.is_native, small_yaml, "/logs/stderr.log"};
    const auto state = make_result(outcome, collected("stdout", run.out, run.limits),
                                   collected("stderr", run.err, run.limits), reading);
    return fmt::format("{} {}", enum_name(state.status), to_text(state.result));
}

const RunOutcome kSuccess{};
const RunOutcome kExit3{.exit_code = 3};

TEST(MakeResult, TellsOfSuccess) {
    EXPECT_EQ(result_of({kSuccess, "", ""}), R"(completed {"succeeded":true,"exit_code":0,"duration_ms":41})");
    EXPECT_EQ(result_of({kSuccess, "hi\n", "warning"}),
              R"(completed {"succeeded":true,"exit_code":0,"duration_ms":41,"stdout":"hi\n",)"
              R"("stderr_log":"/logs/stderr.log"})");
}

TEST(MakeResult, ReadsStdoutInTheActionsFormat) {
    const struct {
        OutputFormat format;
        std::string_view out;
        std::string_view expected; ///< of the member data, or "none"
    } rows[] = {
        {OutputFormat::text, R"({"a":1})", "none"},
        {OutputFormat::json, " {\"a\":1}\n", R"({"a":1})"},
        {OutputFormat::json, "log\nmore\n[1]\n", "[1]"},
        {OutputFormat::json, "5", "5"},
        {OutputFormat::json, "{\"a\":1}\nno", "none"},
        {OutputFormat::json, " \n ", "none"},
        {OutputFormat::yaml, "a: 1\n", R"({"a":1})"},
        {OutputFormat::yaml, ": :", "none"},
        {OutputFormat::jsonl, "{\"a\":1}\nno\n\n2\n", R"([{"a":1},2])"},
        {OutputFormat::jsonl, "no\n", "none"},
    };

    for (const auto& row : rows) {
        const auto out = collected("stdout", row.out, {});
        const auto result =
            make_result(kSuccess, out, collected("stderr", "", {}), {row.format, false, small_yaml, ""});
        const auto* data = result.result.if_contains("data");
        EXPECT_EQ(data == nullptr ? "none" : to_text(*data), row.expected) << row.out;
        EXPECT_NE(result.result.contains("data"), result.result.contains("stdout")) << row.out;
    }
}

TEST(MakeResult, ReadsNativeProgramsAsJson) {
    EXPECT_EQ(result_of({kSuccess, "[1]", "", OutputFormat::text, true}),
              R"(completed {"succeeded":true,"exit_code":0,"duration_ms":41,"data":[1]})");
}

TEST(MakeResult, LiftsTheQueueAcknowledgement) {
    EXPECT_EQ(result_of({kSuccess, R"({"queue_ack":{"x":1}})", "", OutputFormat::json}),
              R"(completed {"succeeded":true,"exit_code":0,"duration_ms":41,"queue_ack":{"x":1},)"
              R"("data":{"queue_ack":{"x":1}}})");
}

TEST(MakeResult, TellsWhyACommandFailed) {
    const struct {
        RunOutcome outcome;
        std::string_view err;
        std::string_view expected;
    } rows[] = {
        {kExit3, "", "Command exited with code 3"},
        {kExit3, " \n", "Command exited with code 3"},
        {kExit3, "boom\n", "boom"},
        {kExit3, "1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5"},
        {kExit3, "1\n2\n3\n4\n5\n6\n", "6"},
        {{.exit_code = -1, .signal = SIGKILL}, "", "Command exited with code -1"},
    };

    for (const auto& row : rows) {
        const auto state = make_result(row.outcome, collected("stdout", "x", {}), collected("stderr", row.err, {}),
                                       {OutputFormat::json, false, nullptr, ""});
        EXPECT_EQ(state.status, ExecutionStatus::failed);
        EXPECT_EQ(std::string_view(state.result.at("error").get_string()), row.expected);
        EXPECT_FALSE(state.result.contains("data"));
        EXPECT_EQ(state.result.at("stdout").get_string(), "x");
    }
}

TEST(MakeResult, TellsOfTimeoutAndCancel) {
    EXPECT_EQ(result_of({{.ending = Ending::timed_out, .exit_code = 0, .timeout = 5s}, "part", ""}),
              R"(failed {"succeeded":false,"exit_code":-1,"duration_ms":41,)"
              R"("error":"Execution timed out after 5 seconds","stdout":"part"})");
    EXPECT_EQ(result_of({{.ending = Ending::timed_out, .exit_code = -1, .signal = SIGTERM, .timeout = 1500ms}, "", ""}),
              R"(failed {"succeeded":false,"exit_code":-1,"signal":15,"duration_ms":41,)"
              R"("error":"Execution timed out after 1.5 seconds"})");
    EXPECT_EQ(result_of({{.ending = Ending::cancelled, .exit_code = 0}, "[1]", "", OutputFormat::json}),
              R"(cancelled {"succeeded":false,"cancelled":true,"exit_code":0,"duration_ms":41,)"
              R"("error":"Execution cancelled by user","stdout":"[1]"})");
}

TEST(MakeResult, CountsWhatIsMissing) {
    EXPECT_EQ(result_of({kExit3, std::string(20, 'x'), std::string(300, 'e'), OutputFormat::text, false, {8, 228}}),
              R"(failed {"succeeded":false,"exit_code":3,"duration_ms":41,"error":"eeeeeeee","stdout":"xxxxxxxx",)"
              R"("stdout_truncated":true,"stdout_bytes_truncated":12,"stderr_log":"/logs/stderr.log",)"
              R"("stderr_truncated":true,"stderr_bytes_truncated":200})");
    EXPECT_EQ(result_of({kSuccess, std::string(200, 'x') + "\n[1]", "", OutputFormat::json, false, {8, 228}}),
              R"(completed {"succeeded":true,"exit_code":0,"duration_ms":41,"data":[1],)"
              R"("stdout_truncated":true,"stdout_bytes_truncated":104})");
}

TEST(MakeResult, HoldsAtMost64KiBOfStdout) {
    const auto state =
        make_result(kSuccess, collected("stdout", std::string(100'000, '\xFF'), {}), collected("stderr", "", {}), {});

    EXPECT_LE(state.result.at("stdout").get_string().size(), 64U * 1024);
    EXPECT_TRUE(state.result.at("stdout_truncated").get_bool());
}

TEST(PreparationFailure, SaysWhatWentWrong) {
    const auto error = Error{Errc::not_found, "no such program: x", "interpreter"};

    EXPECT_EQ(to_text(preparation_failure(error).result),
              R"({"succeeded":false,"error":"Failed to prepare execution context: interpreter: no such program: x"})");
    EXPECT_EQ(to_text(start_failure(error).result),
              R"({"succeeded":false,"error":"Action execution failed: interpreter: no such program: x"})");
    EXPECT_EQ(start_failure(error).status, ExecutionStatus::failed);
}

} // namespace
} // namespace attune::logic::action
