#pragma once
#include "api/notifications/notice_log.hpp"
#include "api/notifications/notification_client.hpp"
#include "api/routes/flow_doorbells.hpp"
#include "runtime/service_group.hpp"
#include "storage/database.hpp"

namespace attune::api {

/// What the notifications are made of; all of it outlives them. The clock is that of the HTTP loop.
struct NotificationPorts {
    Clock& clock;
    Bus& bus;
    Database& db;
    asio::any_io_executor loop;
    ServiceGroup& group; ///< of that loop
    Metrics& metrics;
};

/// Tells clients what happens: one coroutine that wakes by doorbells, reads the rows that changed, and hands each
/// client what it wants. Doorbells that were lost are made up for by looking at the newest rows, every 5 s, or every
/// second while the bus is down. It runs while there are clients, and does nothing otherwise.
class NotificationHub {
public:
    explicit NotificationHub(NotificationPorts ports);

    /// From its return on, what is committed reaches the client. Errors: `unavailable`.
    task<Result<void>> join(std::shared_ptr<NotificationClient> client);

    std::size_t clients();
    /// Filters of all clients.
    std::size_t subscriptions();

private:
    struct Rows {
        std::vector<NoticeEvent> events;
        std::vector<std::vector<NoticeEnforcement>> enforcements; ///< of each event
        std::vector<ExecutionRow> executions;
    };
    task<void> run();
    void begin(FlowDoorbells doorbells, const NoticeLog::Newest& newest);
    task<Result<void>> look_for_more();
    task<Result<void>> tell_next();
    static Result<NoticeLog::Newest> read_newest(Session& session);
    static Result<Rows> read(Session& session, const FlowDoorbells::Ids& ids);
    void tell(const std::vector<Notice>& notices);
    void note_missed();
    template <class F>
    void for_each_client(F fn);

    NotificationPorts ports_;
    NotifierMeasures measures_;
    Signal wake_;
    std::vector<std::weak_ptr<NotificationClient>> clients_;
    std::optional<FlowDoorbells> doorbells_; ///< while it runs
    bool running_ = false;
    NoticeLog log_;
    bool missed_ = false; ///< doorbells may have been lost: the newest rows tell
    Timestamp look_at_;   ///< when they are looked at in any case
};

} // namespace attune::api
