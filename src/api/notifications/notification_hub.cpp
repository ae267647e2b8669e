#include "api/notifications/notification_hub.hpp"

#include "base/log.hpp"

namespace attune::api {
namespace {

constexpr Duration kRetryPause = 1s;
constexpr Duration kLookEvery = 5s;
constexpr Duration kLookWithoutBus = 1s;

// `limit` is NoticeLog::kNewest.
const attune::Query kNewestEvents{"notice.newest_events",
                                  "select id, decided_at is not null as decided from event order by id desc limit $1"};
const attune::Query kNewestExecutions{"notice.newest_executions",
                                      "select id, status from execution order by id desc limit $1"};
const attune::Query kEvent{"notice.event",
                           "select id, trigger, trigger_ref, source, source_ref, rule, rule_ref,"
                           " payload is not null as has_payload, created, decided_at from event where id = $1"};
const attune::Query kEnforcements{"notice.enforcements",
                                  "select id, rule, rule_ref, trigger_ref, event, status, condition, created,"
                                  " resolved_at from enforcement where event = $1 order by id limit 1000"};
const attune::Query kExecution{
    "notice.execution",
    "select id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,"
    " null as result, created, updated, started_at, finished_at from execution where id = $1"};

} // namespace

NotificationHub::NotificationHub(NotificationPorts ports)
    : ports_(ports), measures_(ports.metrics), wake_(ports.loop) {}

template <class F>
void NotificationHub::for_each_client(F fn) {
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    for (const auto& weak : clients_) {
        if (const auto client = weak.lock()) fn(*client);
    }
}

std::size_t NotificationHub::clients() {
    for_each_client([](NotificationClient&) {});
    return clients_.size();
}

std::size_t NotificationHub::subscriptions() {
    std::size_t out = 0;
    for_each_client([&](NotificationClient& client) { out += client.filters(); });
    return out;
}

task<Result<void>> NotificationHub::join(std::shared_ptr<NotificationClient> client) {
    if (!doorbells_) {
        FlowDoorbells doorbells(ports_.bus, wake_); // before the read
        CO_TRY(const auto newest, co_await ports_.db.read(&read_newest));
        if (ports_.group.is_stopping()) co_return Error{Errc::unavailable, "the server is stopping"};
        if (!doorbells_) begin(std::move(doorbells), newest); // nobody was faster
    }
    clients_.push_back(std::move(client));
    if (!std::exchange(running_, true)) ports_.group.spawn("notifier", [this] { return run(); });
    co_return Result<void>{};
}

void NotificationHub::begin(FlowDoorbells doorbells, const NoticeLog::Newest& newest) {
    doorbells_.emplace(std::move(doorbells));
    log_ = NoticeLog{};
    log_.begin(newest, ports_.clock.now());
    missed_ = false;
    look_at_ = ports_.clock.now() + kLookEvery;
}

task<void> NotificationHub::run() {
    while (clients() > 0) {
        if (!doorbells_->collect()) missed_ = true;
        if (missed_ || ports_.clock.now() >= look_at_) {
            if (const auto looked = co_await look_for_more(); !looked) {
                log::warn("the notifier cannot read what changed: {}", looked.error().text());
                co_await ports_.clock.sleep_for(kRetryPause);
                continue;
            }
        }
        if (doorbells_->empty()) {
            co_await ports_.clock.wait_until(look_at_, &wake_);
            continue;
        }
        if (const auto told = co_await tell_next(); !told) {
            log::warn("the notifier cannot read what changed: {}", told.error().text());
            missed_ = true;
            co_await ports_.clock.sleep_for(kRetryPause);
        }
    }
    doorbells_.reset();
    running_ = false;
}

/// Finds what no doorbell told of among the newest rows.
task<Result<void>> NotificationHub::look_for_more() {
    CO_TRY(const auto newest, co_await ports_.db.read(&read_newest));
    FlowDoorbells::Ids found;
    for (const auto id : log_.unknown_events(newest.events)) found.events.insert(id);
    for (const auto id : log_.unknown_executions(newest.executions)) found.executions.insert(id);
    doorbells_->add(found);
    // More happened than is looked at.
    const auto most = static_cast<std::size_t>(NoticeLog::kNewest);
    if (missed_ && (found.events.size() >= most || found.executions.size() >= most)) note_missed();
    missed_ = false;
    look_at_ = ports_.clock.now() + (ports_.bus.is_up() ? kLookEvery : kLookWithoutBus);
    co_return Result<void>{};
}

task<Result<void>> NotificationHub::tell_next() {
    const auto ids = doorbells_->next_batch();
    CO_TRY(const auto rows, co_await ports_.db.read([&](Session& session) { return read(session, ids); }));
    for (std::size_t i = 0; i < rows.events.size(); ++i) tell(log_.of_event(rows.events[i], rows.enforcements[i]));
    for (const auto& execution : rows.executions) {
        const auto notices = log_.of_execution(execution);
        tell(notices);
        if (!notices.empty()) measures_.delay.observe(ports_.clock.now() - execution.updated);
    }
    co_return Result<void>{};
}

Result<NoticeLog::Newest> NotificationHub::read_newest(Session& session) {
    NoticeLog::Newest out;
    TRY(out.events, session.all<NoticeLog::NewestEvent>(kNewestEvents, NoticeLog::kNewest));
    TRY(out.executions, session.all<NoticeLog::NewestExecution>(kNewestExecutions, NoticeLog::kNewest));
    return out;
}

Result<NotificationHub::Rows> NotificationHub::read(Session& session, const FlowDoorbells::Ids& ids) {
    Rows out;
    for (const auto id : ids.executions) {
        TRY(auto row, session.find<ExecutionRow>(kExecution, id));
        if (row) out.executions.push_back(*std::move(row));
    }
    for (const auto id : ids.events) {
        TRY(auto row, session.find<NoticeEvent>(kEvent, id));
        if (!row) continue;
        out.enforcements.emplace_back();
        if (row->decided_at) {
            TRY(out.enforcements.back(), session.all<NoticeEnforcement>(kEnforcements, id));
        }
        out.events.push_back(*std::move(row));
    }
    return out;
}

/// Renders each once, and only when somebody wants it.
void NotificationHub::tell(const std::vector<Notice>& notices) {
    for (const auto& notice : notices) {
        std::string frame;
        for_each_client([&](NotificationClient& client) {
            if (!client.wants(notice)) return;
            if (frame.empty()) frame = notice.frame(ports_.clock.now());
            client.push(frame);
        });
    }
}

void NotificationHub::note_missed() {
    for_each_client([](NotificationClient& client) {
        client.say_error("notifications were missed: read the present state through the API");
    });
}

} // namespace attune::api
