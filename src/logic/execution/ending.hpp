#pragma once
#include "domain/execution.hpp"
#include "domain/worker.hpp"

namespace attune::logic::execution {

/// The results of executions that did not end by what their process said.

/// It needed no process.
json::value nothing_done();
/// No live worker was able to run it; `message` says why.
json::value unschedulable(const Execution& execution, std::string_view message, Timestamp now);
/// Cancelled before it started.
json::value never_started(std::string_view reason);
/// Cancelled while it ran; no process is left that could say more.
json::value cancelled_midway();
/// What a process said that ended on its own while its cancellation was on the way.
json::value as_cancelled(json::value result);
/// Its worker is gone; whether it finished is not known.
json::value lost_with(const Worker& worker, const Execution& execution, Timestamp now);

/// What results and alerts say of a worker.
json::object worker_facts(const Worker& worker, Timestamp now);

} // namespace attune::logic::execution
