#include "api/definitions/keys.hpp"

#include "flow/keys.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage50, KeyQuery, owner_type, owner);

namespace {

/// The constraint `owner_refs` names packs, actions and sensors by their refs, anything else by its id.
std::string owner_ref(const Key& key) {
    for (const auto* ref : {&key.owner_pack_ref, &key.owner_action_ref, &key.owner_sensor_ref}) {
        if (*ref) return **ref;
    }
    return key.owner;
}

OwnerRule owned_by(const Key& key, const Caller& caller) {
    if (!key.owner_identity) return OwnerRule::none;
    return key.owner_identity == caller.acting() ? OwnerRule::self : OwnerRule::any;
}

} // namespace

KeyRoutes::KeyRoutes(Context& ctx)
    : Entity(ctx, {.entity = logic::entities::key(),
                   .resource = Resource::keys,
                   .columns = {.pack_ref = "owner_pack_ref",
                               .owner_type = "owner_type",
                               .owner_ref = "coalesce(owner_pack_ref, owner_action_ref, owner_sensor_ref, owner)",
                               .owner_identity = "owner_identity",
                               .encrypted = "encrypted"}}) {}

Target KeyRoutes::target(const Key& row, const Caller& caller) const {
    return {.pack_ref = row.owner_pack_ref,
            .ref = row.ref,
            .id = row.id.value,
            .owner = owned_by(row, caller),
            .owner_type = std::string(enum_name(row.owner_type)),
            .owner_ref = owner_ref(row),
            .encrypted = row.encrypted};
}

Result<Key> KeyRoutes::find(Session& session, const std::string& ref) {
    TRY(auto found, flow::find_key(session, ref));
    if (!found) return not_found(ref);
    return *std::move(found);
}

Result<Key> KeyRoutes::make(Session& session, Key wanted, const Change& change) {
    if (wanted.owner_type == KeyOwner::identity && !wanted.owner_identity)
        wanted.owner_identity = change.caller.acting();
    return flow::create_key(session, std::move(wanted), change.now);
}

Result<Key> KeyRoutes::change(Session& session, const Key& before, Key after, const Change& change) {
    const auto& given = change.given;
    // Stored in clear, the value that is there is anybody's who may read the key.
    const bool discloses = before.encrypted && !after.encrypted && !given.has("value");
    if (discloses) CHECK(change.caller.require(Resource::keys, Right::decrypt, target(before, change.caller)));
    flow::KeyChange wanted;
    if (given.has("name")) wanted.name = after.name;
    if (given.has("value")) wanted.value = after.value;
    if (given.has("encrypted")) wanted.encrypted = after.encrypted;
    return flow::update_key(session, before, wanted, change.now);
}

Result<void> KeyRoutes::remove(Session& session, const Key& row, Timestamp) {
    return flow::delete_key(session, row);
}

Result<Key> KeyRoutes::show(Session& session, const Key& row, const Caller& caller) {
    auto shown = row;
    shown.value = nullptr;
    if (row.encrypted && !caller.may(Resource::keys, Right::decrypt, target(row, caller))) return shown;
    TRY(shown.value, flow::reveal_key(session, row));
    return shown;
}

} // namespace attune::api
