#pragma once
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"

namespace attune::logic::execution {

/// A run of the action as its definition says: its permissions, retries, and how long its artifacts are kept. It may be
/// claimed at once (no policy holds it back). Without id and placement; with a reason (a rule, a request) only where
/// the caller adds one. Every execution but a retry begins here.
Execution new_run(const Action& action, Timestamp now);

/// Because a rule matched: the parameters are the enforcement's, with the defaults of the action's schema.
Execution run_of_rule(const Rule& rule, const Action& action, const Event& event, const Enforcement& enforcement,
                      Timestamp now);

/// The execution that tries `failed` again, or nothing when it has had all its tries. A retry is a new row: it names
/// the first attempt, and comes due after a growing, jittered pause.
std::optional<Execution> retry_of(const Execution& failed, std::string_view reason, ExecutionId id, Timestamp now,
                                  double jitter01);
/// Whether retry_of() would give one.
bool may_retry(const Execution& failed);

/// What a run of the action asks of a worker, its own overrides included; the key of its placement. What needs no
/// process says {process: false}.
json::object requirement_of(const Action& action, const Execution* overrides = nullptr);

} // namespace attune::logic::execution
