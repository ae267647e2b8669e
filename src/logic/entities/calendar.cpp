#include "domain/calendar.hpp"

#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

ATTUNE_FIELDS_AFTER(Calendar, CalendarForm, mode, timezone, ics);

const Entity& calendar() {
    static const Entity entity(
        {.noun = "Calendar",
         .collection = "calendars",
         .text = "times that timers leave out, or keep to",
         .texts = {.list = "List the calendars that timers can name",
                   .create = "Create a calendar from a definition, or from the text of an .ics file",
                   .change = "Change a calendar; timers that use it follow at once",
                   .remove = "Delete a calendar that no rule and no trigger uses"},
         .columns = {"ref", "mode", "timezone", "label"}},
        structure_of<CalendarForm>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its ref (<pack>.<name>)"},
         {"pack", kShown},
         {"pack_ref", kAnswered | kCreated, "The pack that it belongs to"},
         {"label", kAnswered | kRequired | kChanged | kInFile, "Its name for people"},
         {"description", kAnswered | kCreated | kCleared | kInFile, "What it is for"},
         {"mode", kListed},
         {"timezone", kListed},
         {"is_adhoc", kShown, "Made by the API, not by its pack"},
         {"definition", kShown | kGiven,
          "Its times: {\"mode\", \"timezone\", \"dates\", \"ranges\", \"weekly\", \"events\"}; "
          "replaced as a whole"},
         {"ics", kGiven | kLong, "The text of an .ics file, whose events take the place of the definition's"},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

} // namespace attune::logic::entities
