#pragma once
#include "api/context.hpp"
#include "api/http_message.hpp"
#include "api/routes/flow_doorbells.hpp"
#include "api/routes/hops.hpp"

#include <deque>

namespace attune::api {

/// Tells listening clients what happens: one coroutine on the HTTP loop that wakes by doorbells, reads the rows that
/// changed in one go, and hands messages to every client. It runs while somebody listens and does nothing otherwise.
class FlowHub {
public:
    static constexpr std::size_t kQueued = 512; ///< messages that wait for one slow client; older ones are dropped

    enum class Feed : std::uint8_t {
        hops,       ///< all hops of the flow
        executions, ///< states of executions
    };

    /// Both outlive the hub.
    FlowHub(Context& context, ServiceGroup& group);
    ~FlowHub();

    /// A new client: from its return on, what is committed reaches it. Its end is the stream's end.
    task<std::unique_ptr<BodyStream>> listen(Feed feed, std::optional<ExecutionId> only = {});

private:
    class Client;
    class ClientStream;
    struct Rows {
        std::vector<EventRow> events;
        std::vector<ExecutionRow> executions;
    };

    task<void> start();
    task<void> run();
    bool has_clients();
    static Result<Rows> read(Session& session, const FlowDoorbells::Ids& ids);
    void tell(const Rows& rows);
    void send(Feed feed, const json::object& message, ExecutionId about = {});
    void note_missed();

    Context& context_;
    ServiceGroup& group_;
    Signal wake_;
    std::vector<std::weak_ptr<Client>> clients_;
    std::optional<FlowDoorbells> doorbells_; ///< while it runs
    HopLog log_;
    bool running_ = false;
};

} // namespace attune::api
