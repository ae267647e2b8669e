#pragma once
#include "base/reflect.hpp"

namespace attune {

/// Somebody, or something, that can log in.
struct Identity {
    IdentityId id;
    std::string login;
    std::optional<std::string> display_name;
    std::optional<std::string> password_hash; ///< Argon2id, PHC string
    json::object attributes;
    bool frozen = false;
    std::optional<Timestamp> password_changed; ///< refresh tokens issued before are void
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Identity);

/// A named set of grants.
struct PermissionSet {
    PermissionSetId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::optional<std::string> label;
    std::optional<std::string> description;
    json::array grants;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(PermissionSet);

} // namespace attune
