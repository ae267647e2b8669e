#include "domain/pack.hpp"

#include "domain/identity.hpp"
#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

const Entity& pack() {
    static const Entity entity(
        {.noun = "Pack",
         .collection = "packs",
         .text = "bundles of components",
         .texts = {.list = "List the packs that the caller may see",
                   .create = "Create an empty pack",
                   .remove = "Delete a pack, all its components and its files"},
         .columns = {"ref", "version", "label", "description"}},
        structure_of<Pack>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired | kInFile, "Its name, with which the refs of its components begin"},
         {"label", kAnswered | kRequired | kChanged | kInFile, "Its name for people", "name|label"},
         {"description", kAnswered | kCreated | kCleared | kInFile, "What it is for"},
         {"version", kAnswered | kRequired | kChanged, "Its version (1.2.3)", {}, "--pack-version"},
         {"conf_schema", kShown | kGiven, "Schema of its configuration", "config_schema|conf_schema"},
         {"config",
          kShown | kGiven,
          "Its configuration: of a pack that is loaded again, what is there stays",
          {},
          "--config-values"},
         {"meta", kShown | kGiven, "Whatever else is known of it", "metadata|meta"},
         {"tags", kAnswered | kGiven, "Keywords", "keywords|tags", {}, "--tag"},
         {"runtime_deps", kShown | kGiven, "Refs of the runtimes that it needs"},
         {"dependencies", kShown | kGiven, "Packs that it needs"},
         {"is_standard", kAnswered | kGiven, "Whether everybody sees it"},
         {"created", kAnswered},
         {"updated", kAnswered}});
    return entity;
}

const Entity& permission_set() {
    static const Entity entity({.noun = "PermissionSet", .collection = "permissions/sets", .text = "named grants"},
                               structure_of<PermissionSet>(),
                               {{"ref", kInFile}, {"label", kInFile}, {"description", kInFile}, {"grants", kInFile}});
    return entity;
}

} // namespace attune::logic::entities
