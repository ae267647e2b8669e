#pragma once
#include "domain/calendar.hpp"
#include "domain/trigger.hpp"
#include "logic/entities/entity.hpp"
#include "logic/schedule/calendars.hpp"

#include <span>

namespace attune::logic::entities {

/// A calendar, with what is read of its definition, and the text of an .ics file to read its events from.
struct CalendarForm : Calendar {
    schedule::CalendarMode mode = schedule::CalendarMode::exclude;
    std::string timezone;
    std::optional<std::string> ics; ///< in a pack's file: the path of that file in the pack
};
ATTUNE_STRUCT(CalendarForm);

/// A trigger, with what clients expect of one that this server has not.
struct TriggerForm : Trigger {
    std::optional<std::int64_t> sensor; ///< none yet: there are no sensors
    std::optional<std::string> sensor_ref;
};
ATTUNE_STRUCT(TriggerForm);

const Entity& pack();
const Entity& permission_set(); ///< in packs alone
const Entity& runtime();
const Entity& calendar();
const Entity& trigger();
const Entity& action();
const Entity& rule();
const Entity& key();

} // namespace attune::logic::entities
