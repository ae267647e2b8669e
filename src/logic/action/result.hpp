#pragma once
#include "base/timestamp.hpp"
#include "domain/execution.hpp"
#include "logic/action/output_collector.hpp"
#include "logic/action/output_format.hpp"

namespace attune::logic::action {

/// How a started program ended.
struct RunOutcome {
    enum class Ending { exited, timed_out, cancelled };
    Ending ending = Ending::exited;
    int exit_code = 0; ///< -1 when a signal ended it
    int signal = 0;    ///< that signal, or 0
    Duration duration{};
    Duration timeout{}; ///< the limit that passed, for `timed_out`
};

/// How its output is to be read and where it can be found.
struct OutputReading {
    OutputFormat format = OutputFormat::text;
    bool is_native = false; ///< native programs speak JSON whatever the format says
    YamlParser yaml;
    std::string stderr_log; ///< where the whole of stderr is kept; empty = nowhere
};

/// What is written to the execution's row.
struct FinalState {
    ExecutionStatus status = ExecutionStatus::failed; ///< completed, failed or cancelled
    json::object result;
};

/// The result of a program that ran; both collectors are finished. Sets `stdout` (at most the collector's inline bound)
/// unless it was read as `data`; the truncation fields are there when the log lacks bytes, or `stdout` itself does.
FinalState make_result(const RunOutcome& outcome, const OutputCollector& out, const OutputCollector& err,
                       const OutputReading& reading);

/// The result of one that could not be prepared ("Failed to prepare execution context: ...") or started ("Action
/// execution failed: ...").
FinalState preparation_failure(const Error& error);
FinalState start_failure(const Error& error);

} // namespace attune::logic::action
