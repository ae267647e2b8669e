#pragma once
#include "api/caller.hpp"
#include "api/route.hpp"
#include "flow/audit.hpp"
#include "runtime/clock.hpp"
#include "runtime/metrics.hpp"
#include "runtime/random.hpp"
#include "storage/database.hpp"

namespace attune::api {

/// One request that may change something, while it is answered: who asks, what for, and whether the log has it already.
struct RequestTrail {
    flow::Actor actor;

    /// Who a request of nobody was about: the login that was tried, and its identity when it is known.
    void names(const std::string& login, std::optional<IdentityId> identity = {});
};

/// Who asked for what, in the database. What changes something is recorded by the transaction that changes it
/// (commit() in context.hpp); the rest here, once it is answered: what was denied or failed, and what succeeded without
/// writing, such as a login. Used on the HTTP loop.
class AuditLog {
public:
    struct Options {
        /// Denied and failed requests, that anybody can make: so many at once, and so many a minute after that; of
        /// strangers, and of those who are known. More are counted, and the next one that is recorded says how many.
        double burst = 200;
        double per_minute = 120;
    };
    AuditLog(Database& db, const Clock& clock, Random& random, Metrics& metrics)
        : AuditLog(db, clock, random, metrics, Options{}) {}
    AuditLog(Database& db, const Clock& clock, Random& random, Metrics& metrics, Options options);

    /// Of a request to a route that changes something; its id is the client's X-Request-Id when that is a UUID.
    RequestTrail begin(const Route& route, const RawRequest& request);
    /// Once it is known who asks.
    static void identify(RequestTrail& trail, const Caller& caller);
    /// Records what is not recorded yet, but for 503. Without a database nothing is, and the log says so.
    task<void> end(RequestTrail& trail, const Caller& caller, const RawResponse& response);

private:
    /// How much more is recorded at present.
    struct Room {
        double left = 0;
        Duration filled_at{}; ///< monotonic
    };
    bool take(Room& room) const;
    void drop();

    Database& db_;
    const Clock& clock_;
    Random& random_;
    Counter& dropped_;
    Options options_;
    Room for_strangers_;
    Room for_known_;
    std::int64_t unrecorded_ = 0; ///< since the last row
};

/// Whether what this caller does is left out when it succeeds: a sensor's events are rows themselves, that say who
/// made them.
bool is_unrecorded(const Caller& caller);

/// Whom the transaction of a change records; null when nobody is recorded.
flow::Actor* actor_of(const Caller& caller);

} // namespace attune::api
