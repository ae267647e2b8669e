#include "api/bootstrap.hpp"

#include "domain/identity.hpp"

namespace attune::api {
namespace {

const attune::Query kAdminSetId{"bootstrap.admin_set", "select id from permission_set where ref = $1 {for_update}"};
const attune::Query kHolders{"bootstrap.holders", "select count(*) from permission_assignment where permset = $1"};
const QueryOf<Identity> kByLogin{"bootstrap.identity", "select {columns} from {table} where login = $1"};
const NewOf<Identity> kNew{"bootstrap.new_identity"};
const UpdateOf<Identity> kUpdate{"bootstrap.update_identity"};
const attune::Query kAssign{"bootstrap.assign",
                            "insert into permission_assignment (identity, permset, created) values ($1, $2, $3)"};

Result<IdentityId> write_identity(Session& session, const std::string& login, const std::string& password_hash,
                                  Timestamp now) {
    TRY(auto found, session.find<Identity>(kByLogin, login));
    Identity admin = found.value_or(Identity{});
    admin.login = login;
    admin.password_hash = password_hash;
    admin.password_changed = now;
    admin.frozen = false;
    admin.updated = now;
    if (found) {
        CHECK(session.update(kUpdate, admin));
        return admin.id;
    }
    admin.display_name = "Administrator";
    admin.created = now;
    CHECK(session.create(kNew, admin));
    return admin.id;
}

} // namespace

Result<bool> create_first_admin(Session& session, const std::string& login, const std::string& password_hash,
                                Timestamp now) {
    // Locks the set's row: of several servers that start at once, the others wait here and then see the holder.
    TRY(const auto set, session.scalar<PermissionSetId>(kAdminSetId, kAdminSet));
    if (!set) return Error{Errc::not_found, fmt::format("the permission set {} does not exist", kAdminSet)};
    TRY(const auto holders, session.scalar<std::int64_t>(kHolders, *set));
    if (holders.value_or(0) > 0) return false;
    TRY(const auto admin, write_identity(session, login, password_hash, now));
    CHECK(session.execute(kAssign, admin, *set, now));
    return true;
}

} // namespace attune::api
