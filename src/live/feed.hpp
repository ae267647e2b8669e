#pragma once
#include "live/told.hpp"
#include "live/waiting.hpp"
#include "runtime/clock.hpp"
#include "runtime/service_group.hpp"
#include "storage/database.hpp"

namespace attune::live {

class Feed;

/// Renders changes for clients of its own. Made and destroyed on the feed's loop, or while that does not run; the feed
/// outlives it.
class Listener {
public:
    explicit Listener(Feed& feed);
    virtual ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Whether it has any client.
    virtual bool has_clients() = 0;
    virtual void tell(const Change& change) = 0;
    /// Some of what happened is not told.
    virtual void tell_missed() = 0;

protected:
    Feed& feed() { return feed_; }

private:
    Feed& feed_;
};

/// What the feed is made of; all of it outlives it. All of one loop.
struct FeedPorts {
    Clock& clock;
    Bus& bus;
    Database& db;
    asio::any_io_executor loop;
    ServiceGroup& group;
};

/// Tells listeners what happens in the flow: one coroutine that wakes by doorbells, reads what changed in bulk, and
/// tells each state of each thing once, causes before what follows from them. Doorbells that were lost are made up for
/// by looking at the newest things, and at those that were not over, every 5 s, or every second while the bus is down.
/// It runs while there are clients, and does nothing otherwise.
class Feed {
public:
    /// How many of the newest things of a kind are looked at.
    static constexpr std::int64_t kNewest = 1000;

    explicit Feed(FeedPorts ports) : ports_(std::move(ports)), wake_(ports_.loop) {}

    /// Begins, unless it runs; some listener has a client. From its return on, what is committed is told. Errors:
    /// `unavailable`.
    task<Result<void>> start();

private:
    friend class Listener;
    struct Look {
        std::array<std::vector<Seen>, kKinds> newest;
        std::array<std::vector<Seen>, kKinds> open;
    };
    using OpenIds = std::array<std::vector<std::int64_t>, kKinds>;

    task<void> run();
    task<Result<void>> look();
    task<Result<void>> tell_next();
    static Result<Look> look_first(Session& session);
    static Result<Look> look_again(Session& session, const OpenIds& open);
    Result<std::vector<Thing>> read(Session& session, KeysOfKinds keys) const;
    Result<bool> take_in(Kind kind, const Look& found, const std::vector<std::int64_t>& open);
    bool has_clients() const;
    void tell(const std::vector<Thing>& things);
    void tell_missed();

    FeedPorts ports_;
    Signal wake_;
    std::vector<Listener*> listeners_;
    bool running_ = false;
    std::optional<Waiting> waiting_; ///< while it runs
    std::vector<Told> told_;         ///< of each kind
    bool look_now_ = false;          ///< rings may have been lost
    Timestamp look_at_;              ///< when it looks in any case
};

} // namespace attune::live
