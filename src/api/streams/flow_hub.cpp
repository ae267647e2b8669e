#include "api/streams/flow_hub.hpp"

#include "api/common/sse.hpp"

#include <deque>

namespace attune::api {

/// The messages that wait for one client. The stream owns it; the hub looks whether it is still there.
class FlowHub::Client {
public:
    Client(asio::any_io_executor loop, Stream stream, std::optional<ExecutionId> only)
        : wake(std::move(loop)), stream_(stream), only_(only) {}

    bool wants(Stream stream, ExecutionId about) const { return stream == stream_ && (!only_ || *only_ == about); }

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
    Stream stream_;
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

FlowHub::FlowHub(live::Feed& feed, Clock& clock, asio::any_io_executor loop)
    : Listener(feed), clock_(clock), loop_(std::move(loop)) {}
FlowHub::~FlowHub() = default;

task<Result<std::unique_ptr<BodyStream>>> FlowHub::listen(Stream stream, std::optional<ExecutionId> only) {
    auto client = std::make_shared<Client>(loop_, stream, only);
    has_clients(); // forgets those that left
    clients_.push_back(client);
    CO_CHECK(co_await feed().start());
    co_return std::make_unique<ClientStream>(clock_, std::move(client));
}

bool FlowHub::has_clients() {
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    return !clients_.empty();
}

void FlowHub::tell(const live::Change& change) {
    if (const auto* event = change.event()) {
        if (!change.before || !change.before_was_told) send(Stream::hops, event_hop(*event));
        if (event->decided_at) send(Stream::hops, decision_hop(*event));
    } else if (const auto* execution = change.execution()) {
        send(Stream::hops, execution_hop(*execution));
        send(Stream::executions, execution_payload(*execution), execution->id);
    }
}

/// Renders it once, and only when somebody wants it.
void FlowHub::send(Stream stream, const json::object& message, ExecutionId about) {
    std::string text;
    for (const auto& weak : clients_) {
        const auto client = weak.lock();
        if (!client || !client->wants(stream, about)) continue;
        if (text.empty()) text = sse_message(to_text(json::value(message)));
        client->push(text);
    }
}

void FlowHub::tell_missed() {
    for (const auto& weak : clients_) {
        if (const auto client = weak.lock()) client->note_missed();
    }
}

} // namespace attune::api
