#pragma once
#include "live/thing.hpp"

/// The flow as people watch it: event, decision, execution, hop by hop.
namespace attune::api {

using live::EventRow;
using live::ExecutionRow;

/// {"hop":"event", ...}: lateness is how long after its nominal time a timer's event was recorded.
json::object event_hop(const EventRow& event);
/// {"hop":"decision", ...} of a decided event.
json::object decision_hop(const EventRow& event);
/// {"hop":"execution", ...}
json::object execution_hop(const ExecutionRow& execution);
/// The execution as GET /executions/stream and notifications tell it.
json::object execution_payload(const ExecutionRow& execution);

} // namespace attune::api
