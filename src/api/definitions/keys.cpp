#include "api/definitions/keys.hpp"

#include "flow/keys.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage50, KeyQuery, owner_type, owner);
ATTUNE_FIELDS(KeySummary, id, ref, owner_type, owner, name, encrypted, created);
ATTUNE_FIELDS(KeyView, id, ref, owner_type, owner, owner_identity, owner_pack, owner_pack_ref, owner_action,
              owner_action_ref, owner_sensor, owner_sensor_ref, name, encrypted, value, created, updated);
ATTUNE_FIELDS(CreateKey, ref, owner_type, owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref,
              owner_sensor, owner_sensor_ref, name, value, encrypted);
ATTUNE_FIELDS(UpdateKey, name, value, encrypted);

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
    : Entity(ctx, {.noun = "Key",
                   .collection = "keys",
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

Result<Key> KeyRoutes::make(Session& session, Key wanted, const CreateKey&, const Caller& caller, Timestamp now) {
    if (wanted.owner_type == KeyOwner::identity && !wanted.owner_identity) wanted.owner_identity = caller.acting();
    return flow::create_key(session, std::move(wanted), now);
}

Result<Key> KeyRoutes::change(Session& session, const Key& before, const UpdateKey& body, const Caller& caller,
                              Timestamp now) {
    // Stored in clear, the value that is there is anybody's who may read the key.
    const bool discloses = before.encrypted && body.encrypted == false && !body.value;
    if (discloses) CHECK(caller.require(Resource::keys, Right::decrypt, target(before, caller)));
    return flow::update_key(session, before, {body.name, body.value, body.encrypted}, now);
}

Result<void> KeyRoutes::remove(Session& session, const Key& row, Timestamp) {
    return flow::delete_key(session, row);
}

Result<KeyView> KeyRoutes::show(Session& session, const Key& row, const Caller& caller) {
    auto view = view_of<KeyView>(row);
    view.value.reset();
    if (row.encrypted && !caller.may(Resource::keys, Right::decrypt, target(row, caller))) return view;
    TRY(view.value, flow::reveal_key(session, row));
    return view;
}

} // namespace attune::api
