#include "domain/key.hpp"

namespace attune {

ATTUNE_ROW(Key, "key", id, ref, owner_type, owner, owner_identity, owner_pack, owner_pack_ref, owner_action,
           owner_action_ref, owner_sensor, owner_sensor_ref, name, encrypted, value, bytes, created, updated);

} // namespace attune
