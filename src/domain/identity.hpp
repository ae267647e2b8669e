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
BOOST_DESCRIBE_STRUCT(Identity, (),
                      (id, login, display_name, password_hash, attributes, frozen, password_changed, created, updated))

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
BOOST_DESCRIBE_STRUCT(PermissionSet, (), (id, ref, pack, pack_ref, label, description, grants, created, updated))

enum class WorkerStatus { active, inactive, busy, error };
BOOST_DESCRIBE_ENUM(WorkerStatus, active, inactive, busy, error)

/// A process that runs actions. `epoch` counts its registrations: rows of older epochs are recovered.
struct Worker {
    WorkerId id;
    std::string name;
    std::string worker_type = "local";
    std::string worker_role = "action";
    std::optional<std::string> host;
    WorkerStatus status = WorkerStatus::active;
    std::int64_t epoch = 0;
    json::object capabilities;
    bool cordoned = false;
    Timestamp last_heartbeat;
    Timestamp created;
    Timestamp updated;
};
BOOST_DESCRIBE_STRUCT(Worker, (),
                      (id, name, worker_type, worker_role, host, status, epoch, capabilities, cordoned, last_heartbeat,
                       created, updated))

} // namespace attune
