#pragma once
#include "api/common/entity.hpp"
#include "domain/key.hpp"

namespace attune::api {

/// ?owner_type=pack&owner=7&page=1&per_page=50
struct KeyQuery : PerPage50 {
    std::optional<KeyOwner> owner_type;
    std::optional<std::string> owner;
};
ATTUNE_STRUCT(KeyQuery);

struct KeySummary {
    KeyId id;
    std::string ref;
    KeyOwner owner_type = KeyOwner::system;
    std::string owner;
    std::string name;
    bool encrypted = false;
    Timestamp created;
};
ATTUNE_STRUCT(KeySummary);

struct KeyView {
    KeyId id;
    std::string ref;
    KeyOwner owner_type = KeyOwner::system;
    std::string owner;
    std::optional<IdentityId> owner_identity;
    std::optional<PackId> owner_pack;
    std::optional<std::string> owner_pack_ref;
    std::optional<ActionId> owner_action;
    std::optional<std::string> owner_action_ref;
    std::optional<SensorId> owner_sensor;
    std::optional<std::string> owner_sensor_ref;
    std::string name;
    bool encrypted = false;
    std::optional<json::value> value; ///< null when it is encrypted and the caller may not decrypt it
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(KeyView);

struct CreateKey {
    std::string ref;
    KeyOwner owner_type = KeyOwner::system;
    std::optional<IdentityId> owner_identity; ///< of an identity's key; the caller by default
    std::optional<PackId> owner_pack;
    std::optional<std::string> owner_pack_ref;
    std::optional<ActionId> owner_action;
    std::optional<std::string> owner_action_ref;
    std::optional<SensorId> owner_sensor;
    std::optional<std::string> owner_sensor_ref;
    std::string name;
    json::value value;
    std::optional<bool> encrypted;
};
ATTUNE_STRUCT(CreateKey);

struct UpdateKey {
    std::optional<std::string> name;
    std::optional<json::value> value;
    std::optional<bool> encrypted;
};
ATTUNE_STRUCT(UpdateKey);

/// /api/v1/keys
class KeyRoutes final : public Entity<Key, KeySummary, KeyView, CreateKey, UpdateKey, KeyQuery> {
public:
    explicit KeyRoutes(Context& ctx);

private:
    Result<Key> find(Session& session, const std::string& ref) override;
    Result<Key> make(Session& session, Key wanted, const CreateKey& body, const Caller& caller, Timestamp now) override;
    Result<Key> change(Session& session, const Key& before, const UpdateKey& body, const Caller& caller,
                       Timestamp now) override;
    Result<void> remove(Session& session, const Key& row, Timestamp now) override;
    Target target(const Key& row, const Caller& caller) const override;
    /// With the value, opened for those who may decrypt it.
    Result<KeyView> show(Session& session, const Key& row, const Caller& caller) override;
};

} // namespace attune::api
