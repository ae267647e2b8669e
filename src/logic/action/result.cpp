#include "logic/action/result.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>

namespace attune::logic::action {
namespace {

using Ending = RunOutcome::Ending;

constexpr std::ptrdiff_t kLinesOfError = 5;

/// Full stderr, or its last line when there are more than five (or it is too long to be kept).
std::string error_of(const RunOutcome& outcome, const OutputCollector& err) {
    if (err.is_blank()) return fmt::format("Command exited with code {}", outcome.exit_code);
    if (!err.is_whole()) return err.last_line();
    const auto head = err.head();
    const auto text = trim(head);
    const auto lines = std::ranges::count(text, '\n') + 1;
    return lines > kLinesOfError ? err.last_line() : std::string(text);
}

std::string seconds_text(Duration duration) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
    if (whole == duration) return fmt::format("{}", whole.count());
    return number_text(std::chrono::duration<double>(duration).count());
}

std::string error_text(const RunOutcome& outcome, const OutputCollector& err) {
    switch (outcome.ending) {
    case Ending::exited: return error_of(outcome, err);
    case Ending::timed_out: return fmt::format("Execution timed out after {} seconds", seconds_text(outcome.timeout));
    case Ending::cancelled: return "Execution cancelled by user";
    }
    return {};
}

void set_truncation(json::object& result, std::string_view stream, std::uint64_t missing) {
    if (missing == 0) return;
    result[fmt::format("{}_truncated", stream)] = true;
    result[fmt::format("{}_bytes_truncated", stream)] = missing;
}

/// stdout as text, when it says anything; returns the bytes of it that are not there.
std::uint64_t set_stdout(json::object& result, const OutputCollector& out) {
    if (out.total_bytes() == 0) return 0;
    const auto text = out.head();
    result["stdout"] = text;
    return out.is_whole() ? out.dropped_bytes() : out.total_bytes() - std::min(out.total_bytes(), text.size());
}

void set_data(json::object& result, json::value data) {
    const auto* ack = find_member(data, "queue_ack");
    if (ack != nullptr) result["queue_ack"] = *ack;
    result["data"] = std::move(data);
}

FinalState not_started(std::string_view stage, const Error& error) {
    return {ExecutionStatus::failed, {{"succeeded", false}, {"error", fmt::format("{}: {}", stage, error.text())}}};
}

} // namespace

FinalState make_result(const RunOutcome& outcome, const OutputCollector& out, const OutputCollector& err,
                       const OutputReading& reading) {
    const bool succeeded = outcome.ending == Ending::exited && outcome.exit_code == 0 && outcome.signal == 0;
    const bool timed_out = outcome.ending == Ending::timed_out;
    json::object result;
    result["succeeded"] = succeeded;
    if (outcome.ending == Ending::cancelled) result["cancelled"] = true;
    result["exit_code"] = timed_out ? -1 : outcome.exit_code;
    if (outcome.signal != 0) result["signal"] = outcome.signal;
    result["duration_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(outcome.duration).count();
    if (!succeeded) result["error"] = error_text(outcome, err);

    std::optional<json::value> data;
    if (succeeded) data = parse_output(out, reading.is_native ? OutputFormat::json : reading.format, reading.yaml);
    const auto missing = data ? out.dropped_bytes() : set_stdout(result, out);
    if (data) set_data(result, *std::move(data));
    set_truncation(result, "stdout", missing);
    if (!err.is_blank() && !reading.stderr_log.empty()) result["stderr_log"] = reading.stderr_log;
    set_truncation(result, "stderr", err.dropped_bytes());

    if (outcome.ending == Ending::cancelled) return {ExecutionStatus::cancelled, std::move(result)};
    return {succeeded ? ExecutionStatus::completed : ExecutionStatus::failed, std::move(result)};
}

FinalState preparation_failure(const Error& error) {
    return not_started("Failed to prepare execution context", error);
}

FinalState start_failure(const Error& error) {
    return not_started("Action execution failed", error);
}

} // namespace attune::logic::action
