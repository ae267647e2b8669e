#include "domain/identity.hpp"

namespace attune {

ATTUNE_ROW(Identity, "identity", id, login, display_name, password_hash, attributes, frozen, password_changed, created,
           updated);
ATTUNE_ROW(PermissionSet, "permission_set", id, ref, pack, pack_ref, label, description, grants, created, updated);

} // namespace attune
