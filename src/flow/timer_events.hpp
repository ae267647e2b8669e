#pragma once
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "logic/schedule/decide.hpp"

namespace attune::flow {

/// The event of a firing, without its id: it names the timer and the nominal time (but for a manual one, which decides
/// no nominal time), and the rule when the timer is a rule's. Its payload has the fields of the timer's kind, then
/// those that every kind has: nominal, lateness_ms, reason, missed_count, sequence. `sequence` counts the firings of
/// the series.
Event event_of(const Timer& timer, const logic::schedule::Schedule& schedule, const logic::schedule::Firing& firing,
               std::int64_t sequence, Timestamp now);

/// Of the nominal times that a misfire's event stands for, `fired` have events of their own; `first` is the first of
/// the others. Changes nothing when it stands for itself alone.
void stand_for_less(Event& event, std::int64_t fired, std::optional<Timestamp> first);

} // namespace attune::flow
