#include "domain/key.hpp"

#include "logic/entities/entities.hpp"

namespace attune::logic::entities {

const Entity& key() {
    static const Entity entity(
        {.noun = "Key",
         .collection = "keys",
         .text = "secrets and data that actions are given",
         .texts = {.list = "List keys, without their values",
                   .read = "Read a key; an encrypted value only with the right keys:decrypt"},
         .columns = {"ref", "owner_type", "owner", "name", "encrypted", "created"},
         .filters = {{"owner_type", "owner-type", "Only those of system, identity, pack, action or sensor"},
                     {"owner", "owner", "Only those of this owner: its id, or system"}},
         .page_size = "per_page"},
        structure_of<Key>(),
        {{"id", kAnswered},
         {"ref", kAnswered | kRequired, "Its ref"},
         {"owner_type", kAnswered | kRequired, "What owns it"},
         {"owner", kAnswered, "\"system\", or the owner's id"},
         {"owner_identity", kShown | kCreated, "Of an identity's key; the caller by default"},
         {"owner_pack", kShown | kCreated},
         {"owner_pack_ref", kShown | kCreated},
         {"owner_action", kShown | kCreated},
         {"owner_action_ref", kShown | kCreated},
         {"owner_sensor", kShown | kCreated},
         {"owner_sensor_ref", kShown | kCreated},
         {"name", kAnswered | kRequired | kChanged, "The parameter that actions get it as"},
         {"encrypted", kAnswered | kCreated | kChanged, "Whether it is sealed, and masked in what its actions print"},
         {"value", kShown | kRequired | kNullable, "Null when it is encrypted and the caller may not decrypt it"},
         {"created", kAnswered},
         {"updated", kShown}});
    return entity;
}

} // namespace attune::logic::entities
