#pragma once
// Calendars: their rows, and the timers that follow them, in one transaction.
#include "domain/calendar.hpp"
#include "logic/schedule/schedule.hpp"
#include "storage/session.hpp"

namespace attune::flow {

Result<std::optional<Calendar>> find_calendar(Session& session, std::string_view ref);
/// Errors: `not_found`.
Result<Calendar> get_calendar(Session& session, std::string_view ref);

/// Id, generation, created and updated are filled in. Errors: `conflict` when the ref exists.
Result<Calendar> create_calendar(Session& session, Calendar calendar, Timestamp now);
/// Writes the whole row as given (read it in the same transaction first); timers that use it follow at once. Times up
/// to `now` that the calendar has kept from them stay decided, whatever it says from now on.
Result<Calendar> update_calendar(Session& session, const Calendar& before, Calendar after, Timestamp now);
/// Errors: `conflict` when a rule or a trigger uses it, with their refs.
Result<void> delete_calendar(Session& session, const Calendar& calendar, Timestamp now);
/// The calendars of a pack, of the API's making or its own.
Result<std::vector<Calendar>> calendars_of_pack(Session& session, std::string_view pack_ref);
/// The calendars of a pack that is deleted.
Result<void> delete_calendars_of(Session& session, std::string_view pack_ref, Timestamp now);

/// Calendars that changed after this definition generation.
Result<std::vector<Calendar>> calendars_changed_since(Session& session, std::int64_t generation);
/// Refs of those that were deleted after it.
Result<std::vector<std::string>> calendars_removed_since(Session& session, std::int64_t generation);

/// Finds calendars as the session sees them; not to be used after it.
logic::schedule::CalendarLookup calendars_in(Session& session);
/// The schedule of a timer's configuration, with its calendars. Errors: as Schedule::compile.
Result<logic::schedule::Schedule> compile_schedule(Session& session, const json::object& config);

} // namespace attune::flow
