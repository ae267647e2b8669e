#pragma once
#include "api/http_message.hpp"
#include "api/streams/hops.hpp"
#include "live/feed.hpp"

namespace attune::api {

/// Renders the change feed as server-sent events.
class FlowHub final : public live::Listener {
public:
    static constexpr std::size_t kQueued = 512; ///< messages that wait for one slow client; older ones are dropped

    enum class Stream : std::uint8_t {
        hops,       ///< all hops of the flow
        executions, ///< states of executions
    };

    /// All outlive the hub; the clock is that of the feed's loop.
    FlowHub(live::Feed& feed, Clock& clock, asio::any_io_executor loop);
    ~FlowHub() override;

    /// A new client: from its return on, what is committed reaches it. Its end is the stream's end. Errors:
    /// `unavailable`.
    task<Result<std::unique_ptr<BodyStream>>> listen(Stream stream, std::optional<ExecutionId> only = {});

    bool has_clients() override;
    void tell(const live::Change& change) override;
    void tell_missed() override;

private:
    class Client;
    class ClientStream;
    void send(Stream stream, const json::object& message, ExecutionId about = {});

    Clock& clock_;
    asio::any_io_executor loop_;
    std::vector<std::weak_ptr<Client>> clients_;
};

} // namespace attune::api
