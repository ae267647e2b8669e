#include "api/routes/flow_hub.hpp"

#include "api/routes/sse.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace attune::api {
namespace {

constexpr Duration kRetryPause = 1s;

const attune::Query kEvent{"api.hub.event", "select id, trigger_ref, timer, nominal, created, decided_at, decision"
                                            " from event where id = $1"};
const attune::Query kExecution{
    "api.hub.execution",
    "select id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,"
    " case when finished_at is null then null else result end, created, updated, started_at, finished_at"
    " from execution where id = $1"};

/// At one moment: the newest rows, and those that are not over.
const attune::Query kNewestEvent{"api.hub.newest_event", "select coalesce(max(id), 0) from event"};
const attune::Query kNewestExecution{"api.hub.newest_execution", "select coalesce(max(id), 0) from execution"};
const attune::Query kOpenEvents{"api.hub.open_events", "select id from event where decided_at is null limit $1"};
const attune::Query kOpenExecutions{"api.hub.open_executions",
                                    "select id from execution where status in ('requested', 'scheduling', 'scheduled',"
                                    " 'running', 'canceling') limit $1"};
constexpr std::int64_t kMostOpen = 10'000;

/// With more open rows than are read nothing counts as past: something old may be told then.
Result<HopLog::Past> read_past(Session& session, const attune::Query& newest, const attune::Query& open) {
    HopLog::Past out;
    TRY(const auto ids, session.column<std::int64_t>(open, kMostOpen));
    if (std::ssize(ids) == kMostOpen) return out;
    out.open.insert(ids.begin(), ids.end());
    TRY(const auto last, session.scalar<std::int64_t>(newest));
    out.newest = last.value_or(0);
    return out;
}

} // namespace

/// The messages that wait for one client. The stream owns it; the hub looks whether it is still there.
class FlowHub::Client {
public:
    Client(asio::any_io_executor loop, Feed feed, std::optional<ExecutionId> only)
        : wake(std::move(loop)), feed_(feed), only_(only) {}

    bool wants(Feed feed, ExecutionId about) const { return feed == feed_ && (!only_ || *only_ == about); }

    void push(std::string message) {
        if (queue_.size() >= kQueued) {
            queue_.pop_front();
            missed_ = true;
        }
        queue_.push_back(std::move(message));
        wake.set();
    }
    void note_missed() {
        missed_ = true;
        wake.set();
    }
    /// All that waits as one piece, after a word about what was dropped.
    std::string take() {
        std::string out;
        if (std::exchange(missed_, false)) out += sse_message(R"({"missed":true})", "missed");
        for (const auto& message : queue_) out += message;
        queue_.clear();
        return out;
    }

    Signal wake;

private:
    Feed feed_;
    std::optional<ExecutionId> only_;
    std::deque<std::string> queue_;
    bool missed_ = false;
};

class FlowHub::ClientStream final : public BodyStream {
public:
    ClientStream(Clock& clock, std::shared_ptr<Client> client) : clock_(clock), client_(std::move(client)) {}

    task<std::optional<std::string>> next() override {
        if (!std::exchange(greeted_, true)) co_return std::string(": connected\n\n");
        for (const auto due = clock_.now() + kKeepAlive;;) {
            if (auto text = client_->take(); !text.empty()) co_return text;
            if (co_await clock_.wait_until(due, &client_->wake)) co_return std::string(kKeepAliveComment);
        }
    }

private:
    Clock& clock_;
    std::shared_ptr<Client> client_;
    bool greeted_ = false;
};

FlowHub::FlowHub(Context& context, ServiceGroup& group) : context_(context), group_(group), wake_(context.loop) {}
FlowHub::~FlowHub() = default;

task<std::unique_ptr<BodyStream>> FlowHub::listen(Feed feed, std::optional<ExecutionId> only) {
    auto client = std::make_shared<Client>(context_.loop, feed, only);
    has_clients(); // forgets those that left
    clients_.push_back(client);
    if (!running_) co_await start();
    co_return std::make_unique<ClientStream>(context_.clock, std::move(client));
}

/// Looks what is over already, since doorbells may ring late, and begins.
task<void> FlowHub::start() {
    FlowDoorbells doorbells(context_.bus, wake_); // before the read
    HopLog log;
    const auto done = co_await context_.db.read([&](Session& session) -> Result<void> {
        TRY(auto events, read_past(session, kNewestEvent, kOpenEvents));
        TRY(auto executions, read_past(session, kNewestExecution, kOpenExecutions));
        log.forget(std::move(events), std::move(executions));
        return {};
    });
    if (!done) log::warn("the flow stream cannot read what is over already: {}", done.error().text());
    if (running_ || group_.is_stopping()) co_return; // another client was faster
    running_ = true;
    log_ = std::move(log);
    doorbells_.emplace(std::move(doorbells));
    group_.spawn("flow hub", [this] { return run(); });
}

bool FlowHub::has_clients() {
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    return !clients_.empty();
}

task<void> FlowHub::run() {
    while (has_clients()) {
        if (!doorbells_->collect()) note_missed();
        if (doorbells_->empty()) {
            co_await wake_.wait();
            continue;
        }
        const auto ids = doorbells_->next_batch();
        const auto rows = co_await context_.db.read([&](Session& session) { return read(session, ids); });
        if (rows) {
            tell(*rows);
            continue;
        }
        log::warn("the flow stream cannot read what changed: {}", rows.error().text());
        note_missed();
        co_await context_.clock.sleep_for(kRetryPause);
    }
    doorbells_.reset();
    running_ = false;
}

/// The rows of the ids, and the events behind the executions. In one transaction: an execution that is there was
/// decided.
Result<FlowHub::Rows> FlowHub::read(Session& session, const FlowDoorbells::Ids& ids) {
    Rows out;
    auto events = ids.events;
    for (const auto id : ids.executions) {
        TRY(auto row, session.find<ExecutionRow>(kExecution, id));
        if (!row) continue;
        if (row->event) events.insert(row->event->value);
        out.executions.push_back(*std::move(row));
    }
    for (const auto id : events) {
        TRY(auto row, session.find<EventRow>(kEvent, id));
        if (row) out.events.push_back(*std::move(row));
    }
    return out;
}

void FlowHub::tell(const Rows& rows) {
    for (const auto& event : rows.events) {
        for (const auto& hop : log_.of_event(event)) send(Feed::hops, hop);
    }
    for (const auto& execution : rows.executions) {
        if (!log_.is_news(execution)) continue;
        send(Feed::hops, execution_hop(execution));
        send(Feed::executions, execution_notice(execution), execution.id);
    }
}

/// Renders it once, and only when somebody wants it.
void FlowHub::send(Feed feed, const json::object& message, ExecutionId about) {
    std::string text;
    for (const auto& weak : clients_) {
        const auto client = weak.lock();
        if (!client || !client->wants(feed, about)) continue;
        if (text.empty()) text = sse_message(to_text(json::value(message)));
        client->push(text);
    }
}

void FlowHub::note_missed() {
    for (const auto& weak : clients_) {
        if (const auto client = weak.lock()) client->note_missed();
    }
}

} // namespace attune::api
