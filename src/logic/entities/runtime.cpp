#include "domain/pack.hpp"
#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

const Entity& runtime() {
    static const Entity entity(
        {.noun = "Runtime",
         .collection = "runtimes",
         .text = "what runs the code of actions",
         .columns = {"ref", "name", "aliases", "description"}},
        structure_of<Runtime>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its ref (<pack>.<name>)"},
         {"pack", kAnswered},
         {"pack_ref", kAnswered | kCreated, "The pack that it belongs to"},
         {"description", kAnswered | kCreated | kCleared | kInFile, "What it runs"},
         {"name", kAnswered | kRequired | kChanged | kInFile, "What actions and workers call it", {}, "--runtime-name"},
         {"aliases", kAnswered | kGiven, "Other names of it", {}, {}, "--alias"},
         {"distributions", kAnswered | kGiven, "How its versions are found on a machine"},
         {"installation", kAnswered | kCreated | kCleared | kInFile, "How it is installed"},
         {"execution_config", kAnswered | kGiven, "How it runs an action: its interpreter and environment"},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

} // namespace attune::logic::entities
