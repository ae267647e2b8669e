#pragma once
#include "base/reflect.hpp"

namespace attune {

enum class WorkerStatus { active, inactive, busy, error };
ATTUNE_ENUM(WorkerStatus, active, inactive, busy, error)

/// A process that runs actions. `epoch` counts its registrations: rows of older epochs are recovered.
struct Worker {
    WorkerId id;
    std::string name;
    std::string worker_type = "local";
    std::string worker_role = "action";
    std::optional<std::string> host;
    std::optional<std::string> node; ///< id of the data directory that the process had: whose lock file guards the name
    WorkerStatus status = WorkerStatus::active;
    std::int64_t epoch = 0;
    json::object capabilities;
    bool cordoned = false; ///< it takes no new work; what runs goes on
    std::optional<std::string> cordon_reason;
    std::optional<IdentityId> cordoned_by;
    std::optional<Timestamp> cordoned_at;
    Timestamp last_heartbeat;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Worker);

} // namespace attune
