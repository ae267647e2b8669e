#include "domain/worker.hpp"

namespace attune {

ATTUNE_ROW(Worker, "worker", id, name, worker_type, worker_role, host, node, status, epoch, capabilities, cordoned,
           cordon_reason, cordoned_by, cordoned_at, last_heartbeat, created, updated);

} // namespace attune
