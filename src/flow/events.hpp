#pragma once
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "flow/definition_changes.hpp"
#include "flow/overlap.hpp"
#include "flow/pacing.hpp"
#include "flow/secrets.hpp"
#include "storage/session.hpp"

#include <memory>

namespace attune::flow {

/// Records events: the whole of what a source does. Those of a firing that is recorded already are left out. Returns
/// the indices of those that were recorded. `secrets`: of their payloads, taken by take_secrets().
Result<Changed<std::vector<std::size_t>>> record_events(Session& session, std::span<const Event> events,
                                                        std::span<const SealedValue> secrets = {});

/// Takes what the trigger's out_schema marks secret out of the payload, and seals it for the event's id.
std::vector<SealedValue> take_secrets(const Vault& vault, const Trigger& trigger, Event& event);

/// A part of the events, by blocks of ids: number 0 of 1 is all. Matchers that get in each other's way take different
/// ones.
struct Stripe {
    std::int64_t of = 1;
    std::int64_t number = 0; ///< less than `of`
};

/// Events that no matcher has decided, oldest first.
Result<std::vector<Event>> undecided_events(Session& session, std::int64_t limit, Stripe stripe = {});

Result<std::optional<Event>> find_event(Session& session, EventId id);

/// What the matcher made of one batch, with the definitions of one generation.
struct Decisions {
    struct OfEvent {
        EventId event;
        json::value decision;
        std::vector<Enforcement> enforcements;
        std::vector<Execution> executions;                 ///< each names its enforcement
        std::vector<SealedValue> secrets;                  ///< of the enforcements' and executions' config
        std::optional<TimerId> timer;                      ///< that it came from, for its counters
        std::shared_ptr<const DefinitionBasis> basis = {}; ///< null: any change touches it
        std::vector<ThrottledRun> throttled = {};          ///< those enforcements that a throttle is to admit
        std::vector<DebouncedMatch> debounced = {};        ///< matches that are to wait
    };
    std::int64_t generation = 0;
    Timestamp now;
    std::vector<OfEvent> events;
    OverlapPolicies overlap; ///< of rules whose runs exclude each other
};

struct DecideOutcome {
    DefinitionChanges changes;            ///< since the batch's generation
    std::vector<std::size_t> stale;       ///< indices of events that these touch: not written, to be decided again
    std::vector<std::size_t> decided;     ///< indices of events that this call decided; the rest had been before
    std::vector<ExecutionId> waiting;     ///< made, but held back until the last run of their rule is over
    std::vector<ExecutionId> skipped;     ///< not made, because the last run of their rule is not over
    std::vector<ExecutionId> cancelled;   ///< older runs that made room
    std::vector<EnforcementId> throttled; ///< not made, because their rule ran often enough
    std::vector<Superseded> superseded;   ///< matches that another event followed
    Effects effects;
};

/// Writes the decisions of those events that are still undecided and rest on what still holds, with their enforcements
/// and executions. An event meets a rule at most once, whoever races.
Result<DecideOutcome> decide_events(Session& session, const Decisions& batch);

/// Writes what becomes of matches that waited: `batch` has one event for each of them, decided before, with the line of
/// the match's rule alone. Those that are taken already, or may yet be followed, are left out.
Result<DecideOutcome> decide_due(Session& session, std::span<const DebouncedMatch> matches, const Decisions& batch);

} // namespace attune::flow
