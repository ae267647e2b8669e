#pragma once
#include "adapters/crypto/crypto.hpp"
#include "adapters/system_random/system_random.hpp"
#include "api/notifications/notification_hub.hpp"
#include "api/process_probe.hpp"
#include "app/loop.hpp"
#include "app/open_bus.hpp"
#include "app/settings.hpp"
#include "services/role.hpp"

#include <atomic>
#include <mutex>

namespace attune::app {

/// What the roles of one process share. The roles are destroyed before it.
class Infrastructure {
public:
    explicit Infrastructure(const Settings& settings);

    /// Opens the database, learns or makes its instance id, and opens the bus.
    Result<void> open();
    void start_loops();
    /// After the roles have stopped: gives back what is left of the ids, and ends the loops.
    void stop_loops();

    services::Ports ports(Loop& loop) { return {loop.clock(), *bus, *db, random, *ids, metrics, phase}; }
    /// What this process answers about itself; once its sensor role is made, if it has one.
    api::ProcessProbe probe();
    api::NotificationPorts notification_ports() { return {http_loop.clock(), http_loop.executor(), *feed, metrics}; }
    /// The signer of tokens, made when first asked for. Errors: `unavailable` when its secret cannot be kept.
    Result<TokenSigner*> signer();
    /// Lets the database open and seal secrets. Errors: those of app::open_vault().
    Result<void> open_vault();
    /// Ends the process from within, as SIGTERM does, with a failure as its exit code. Thread-safe.
    void end_process(std::string why);
    std::string failure() const;

    const Settings settings;
    Metrics metrics;
    SystemRandom random;
    /// Where in each period the services wake: by chance, so that the processes of a fleet do not wake together.
    Duration phase{static_cast<std::int64_t>(random.next() % 5'000'000)};
    std::unique_ptr<Vault> vault; ///< of the database; none where no role of this process needs it
    std::unique_ptr<Database> db;
    std::unique_ptr<Bus> bus;
    Announcements* announcements = nullptr;      ///< of the bus; none without a message queue
    std::function<json::object()> message_queue; ///< its state; none without one
    std::unique_ptr<flow::IdAllocator> ids;
    std::unique_ptr<Digests> digests = crypto::make_digests();
    std::string instance; ///< of the database
    Loop timer_loop;
    Loop flow_loop;
    Loop http_loop;
    LoopWatch loops;
    std::optional<live::Feed> feed; ///< of the HTTP loop

    std::string own_url; ///< where this process listens; set by the role that does
    std::string api_url; ///< how this process's actions reach the API

    /// Of the timers of this process; none when it has no sensor role.
    std::function<std::size_t()> armed_timers;
    std::function<std::optional<Timestamp>()> timers_proved;
    /// What the roles of this process say about themselves.
    std::vector<std::function<api::PartState()>> parts;
    std::atomic<bool> is_stopping = false;

private:
    std::unique_ptr<TokenSigner> signer_;
    mutable std::mutex failure_mutex_;
    std::string failure_;
};

} // namespace attune::app
