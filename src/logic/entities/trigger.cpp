#include "domain/trigger.hpp"

#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

ATTUNE_FIELDS_AFTER(Trigger, TriggerForm, sensor, sensor_ref);

const Entity& trigger() {
    static const Entity entity(
        {.noun = "Trigger",
         .collection = "triggers",
         .text = "kinds of things that can happen",
         .texts = {.remove = "Delete a trigger; rules on it stay and run no more",
                   .enable = "Let a trigger fire",
                   .disable = "Keep a trigger from firing"},
         .columns = {"ref", "enabled", "webhook_enabled", "label"}},
        structure_of<TriggerForm>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its ref (<pack>.<name>)"},
         {"pack", kShown},
         {"pack_ref", kAnswered | kCreated, "The pack that it belongs to"},
         {"label", kAnswered | kRequired | kChanged | kInFile, "Its name for people"},
         {"description", kAnswered | kCreated | kCleared | kInFile, "What it means"},
         {"enabled", kAnswered | kGiven, "Whether it fires"},
         {"param_schema", kShown | kCreated | kCleared | kInFile,
          "Schema of a rule's trigger parameters, or a timer's configuration", "parameters"},
         {"out_schema", kShown | kCreated | kCleared | kInFile, "Schema of its payload", "output"},
         {"webhook_enabled", kAnswered, "Whether others may report at its webhook"},
         {"webhook_key", kShown | kOmitted, "Who knows it may call the webhook"},
         {"is_adhoc", kShown, "Made by the API, not by its pack"},
         {"sensor", kShown},
         {"sensor_ref", kShown},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

} // namespace attune::logic::entities
