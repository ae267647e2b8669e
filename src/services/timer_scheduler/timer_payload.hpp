#pragma once
#include "domain/trigger.hpp"
#include "logic/schedule/decide.hpp"

namespace attune::services {

/// The payload of a firing's event: the fields of the timer's kind, then nominal, lateness_ms, reason, missed_count and
/// sequence. `sequence` counts the timer's firings from 1.
json::object timer_payload(const Timer& timer, const logic::schedule::Schedule& schedule,
                           const logic::schedule::Firing& firing, std::int64_t sequence, Timestamp now);

} // namespace attune::services
