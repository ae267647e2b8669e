#include "domain/rule.hpp"

#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

const Entity& rule() {
    static const Entity entity(
        {.noun = "Rule",
         .collection = "rules",
         .text = "when this happens, run that",
         .texts = {.create = "Create a rule: when this trigger fires, run that action; its timer is armed at once",
                   .change = "Change a rule; a running timer follows at once",
                   .remove = "Delete a rule and its timer",
                   .enable = "Let a rule act",
                   .disable = "Keep a rule from acting"},
         .columns = {"ref", "enabled", "trigger_ref", "action_ref", "label"}},
        structure_of<Rule>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its ref (<pack>.<name>)"},
         {"pack", kShown},
         {"pack_ref", kAnswered | kRequired, "The pack that it belongs to"},
         {"label", kAnswered | kRequired | kChanged | kInFile, "Its name for people"},
         {"description", kAnswered | kCreated | kCleared | kInFile, "What it is for"},
         {"action", kShown},
         {"action_ref", kAnswered | kRequired | kChanged | kInFile, "The action's ref", {}, "-a,--action"},
         {"trigger", kShown},
         {"trigger_ref", kAnswered | kRequired | kChanged | kInFile, "The trigger's ref", {}, "-t,--trigger"},
         {"conditions",
          kShown | kCreated | kCleared | kInFile,
          "Conditions: {\"expression\": …}, a list of {field, operator, value}, or "
          "{all|any|not|time_window|throttle|debounce} (docs/conditions.md)",
          {},
          "--criteria"},
         {"action_params", kAnswered | kGiven, "The action's parameters", {}, {}, "--param"},
         {"trigger_params", kAnswered | kGiven, "The trigger's parameters", {}, {}, "--trigger-param"},
         {"permission_set_refs",
          kAnswered | kCreated | kCleared | kInFile,
          "Permission sets that its executions run with; without any, what the action's default is",
          {},
          {},
          "--permission-set"},
         {"enabled", kAnswered | kGiven, "Whether it acts"},
         {"is_adhoc", kShown, "Made by the API, not by its pack"},
         {"owner_identity", kShown, "Under whose authority its executions run"},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

} // namespace attune::logic::entities
