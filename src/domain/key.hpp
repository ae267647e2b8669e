#pragma once
#include "base/reflect.hpp"

namespace attune {

using KeyId = Id<struct KeyTag>;
using SensorId = Id<struct SensorTag>;

enum class KeyOwner { system, identity, pack, action, sensor };
ATTUNE_ENUM(KeyOwner, system, identity, pack, action, sensor)

/// A named value that somebody or something owns: a secret when it is encrypted, plain data otherwise. Actions are
/// given those of the system, of their pack and their own.
struct Key {
    KeyId id;
    std::string ref;
    KeyOwner owner_type = KeyOwner::system;
    std::string owner; ///< "system", or the owner's id
    std::optional<IdentityId> owner_identity;
    std::optional<PackId> owner_pack;
    std::optional<std::string> owner_pack_ref;
    std::optional<ActionId> owner_action;
    std::optional<std::string> owner_action_ref;
    std::optional<SensorId> owner_sensor;
    std::optional<std::string> owner_sensor_ref;
    std::string name; ///< of the parameter that it becomes; one of its owner has it
    bool encrypted = false;
    json::value value;      ///< kMask when it is encrypted: the value is sealed beside the row
    std::int64_t bytes = 0; ///< of the value as JSON
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Key);

} // namespace attune
