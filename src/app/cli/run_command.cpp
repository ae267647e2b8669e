#include "app/cli/run_command.hpp"

#include "app/cli/exit_code.hpp"
#include "app/cli/output_reader.hpp"
#include "app/cli/requests.hpp"
#include "domain/execution.hpp"

#include <fmt/core.h>
#include <iostream>
#include <thread>

namespace attune::app::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto kPollEvery = 100ms;
constexpr auto kReconnectAfter = 1s;
constexpr std::string_view kRun = "run";

const json::value* data_of(const json::value& answer) {
    return find_member(answer, "data");
}

/// Copies one stream of an execution's output as it comes, until it is done. Over a lost connection it goes on where it
/// was.
void copy_output(ApiClient& client, const std::string& id, std::string_view stream, std::ostream& out,
                 steady_clock::time_point until) {
    OutputReader reader(out, true);
    while (!reader.is_done() && out.good() && steady_clock::now() < until) {
        const auto path = fmt::format("/api/v1/executions/{}/logs/{}/stream{}", id, stream,
                                      reader.offset().empty() ? "" : "?offset=" + reader.offset());
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
        const auto ended = client.stream(path, [&](std::string_view bytes) { return reader.take(bytes); }, left);
        if (!ended && ended.error().code != Errc::unavailable) break; // what asks for the end tells of it
        if (!reader.is_done()) std::this_thread::sleep_for(kReconnectAfter);
    }
    if (!reader.at_line_start()) out << std::endl; // NOLINT(performance-avoid-endl)
}

} // namespace

bool RunCommand::waits() const {
    if (line_.command->path == kRun) return !line_.arguments.has("no-wait");
    return line_.arguments.has("watch");
}

Result<int> RunCommand::run() {
    const auto timeout = parse_duration(line_.arguments.text("timeout", "300s"));
    if (!timeout) return invalid("--timeout", timeout.error().message);
    TRY(const auto request, line_.command->request(line_.arguments));
    TRY(const auto answer, client_.call(request));
    const auto* data = data_of(answer);
    const auto* id = data == nullptr ? nullptr : find_member(*data, "id");
    if (waits() && id != nullptr) return wait_for(to_text(*id), *timeout);
    print_(answer);
    return 0;
}

Result<int> RunCommand::wait_for(const std::string& id, Duration timeout) {
    const auto until = steady_clock::now() + timeout;
    if (for_people_) stream_output(id, until);
    TRY(const auto answer, ended(id, until, timeout));
    return show_end(answer, id);
}

/// Both streams at once, stderr over a connection of its own.
void RunCommand::stream_output(const std::string& id, steady_clock::time_point until) {
    std::thread errors([&] {
        const auto http = make_http_client();
        ApiClient client(*http, client_.connection(), [](const auto&) {});
        copy_output(client, id, "stderr", std::cerr, until);
    });
    copy_output(client_, id, "stdout", std::cout, until);
    errors.join();
}

/// Asks until the execution has ended. Errors: `timeout`.
Result<json::value> RunCommand::ended(const std::string& id, steady_clock::time_point until, Duration timeout) {
    for (;;) {
        TRY(auto answer, client_.call(item_request("GET", "executions", id)));
        const auto* data = data_of(answer);
        const auto status = data == nullptr ? std::string{} : text_member(*data, "status");
        const auto known = parse_enum<ExecutionStatus>(status);
        if (known && is_final(*known)) return answer;
        if (steady_clock::now() >= until) {
            return Error{Errc::timeout,
                         fmt::format("execution {} is still {} after {}", id, status, format_duration(timeout))};
        }
        std::this_thread::sleep_for(kPollEvery);
    }
}

int RunCommand::show_end(const json::value& answer, const std::string& id) {
    const auto& execution = *data_of(answer);
    const auto status = text_member(execution, "status");
    if (!for_people_) print_(answer);
    if (status == "completed") return 0;
    const auto* result = find_member(execution, "result");
    const auto error = result == nullptr ? std::string{} : text_member(*result, "error");
    std::cerr << fmt::format("execution {} {}{}{}\n", id, status, error.empty() ? "" : ": ", error);
    return exit_code_of(execution, status);
}

int RunCommand::exit_code_of(const json::value& execution, std::string_view status) const {
    constexpr int kNotCompleted = static_cast<int>(ExitCode::not_completed);
    const auto* result = find_member(execution, "result");
    const auto* code = result == nullptr ? nullptr : find_member(*result, "exit_code");
    const bool is_own = line_.command->path == kRun && status == "failed" && code != nullptr && code->is_int64() &&
                        code->get_int64() > 0 && code->get_int64() < 256;
    return is_own ? static_cast<int>(code->get_int64()) : kNotCompleted;
}

} // namespace attune::app::cli
