#pragma once
#include "adapters/rabbit_bus/outgoing.hpp"
#include "runtime/doorbells.hpp"

#include <deque>

namespace attune::rabbit {

/// What waits to be sent to the broker, and what was sent and is not confirmed yet. Bounded: while a ring of a topic is
/// not confirmed, further ones are merged into the next; of too many ids the oldest are dropped and the ring says so;
/// of too many announcements the oldest are dropped. Not thread-safe.
class Outbox {
public:
    struct Limits {
        std::size_t ids = 4096;                           ///< of one topic that wait
        std::size_t ids_per_message = 1024;               ///< further ones go into the next
        std::size_t announcements = 4096;                 ///< that wait
        std::size_t bytes = std::size_t{8} * 1024 * 1024; ///< of them
        /// Announcements sent and not confirmed. Few enough that a broker which stops reading (an alarm) says so before
        /// the socket is full.
        std::size_t unconfirmed = 32;
    };
    struct Counts {
        std::uint64_t dropped_ids = 0;
        std::uint64_t dropped_announcements = 0;
        std::uint64_t refused = 0; ///< by the broker: a queue that is full, or broken
    };

    Outbox(std::string from, Limits limits) : from_(std::move(from)), limits_(limits) {}

    void ring(Topic topic, std::span<const std::int64_t> ids);
    void announce(Outgoing message);

    /// What is to be sent next, under this number (the broker's delivery tag): call it once a message. Nothing: nothing
    /// waits, or too much is not confirmed.
    std::optional<Outgoing> next(std::uint64_t tag);
    /// A message for nobody, which the broker has to answer like any other.
    Outgoing probe(std::uint64_t tag);
    /// The broker answered for this message or, with `multiple`, for all up to it.
    void answered(std::uint64_t tag, bool multiple, bool accepted);
    /// The connection is gone: what was not confirmed is sent again, and rings say that some may have been lost.
    void lose_connection();

    /// The process that rings.
    const std::string& from() const { return from_; }
    bool is_unconfirmed() const { return !sent_.empty(); }
    bool is_empty() const;
    /// That wait, or are not confirmed.
    std::size_t announcements() const { return announcements_.size() + announced_; }
    const Counts& counts() const { return counts_; }

private:
    struct Pending {
        std::vector<std::int64_t> ids;
        bool rung = false;
        bool missed = false;
        bool sent = false; ///< one is not confirmed
    };
    struct Sent {
        std::uint64_t tag = 0;
        std::optional<Topic> ring;
        std::optional<Outgoing> announcement;
    };
    Pending& of(Topic topic) { return pending_[static_cast<std::size_t>(topic)]; }
    std::optional<Outgoing> next_ring(std::uint64_t tag);
    void settle(Sent& sent, bool accepted);

    std::string from_;
    Limits limits_;
    std::array<Pending, kTopics> pending_;
    std::deque<Outgoing> announcements_;
    std::size_t bytes_ = 0;     ///< of announcements_
    std::size_t announced_ = 0; ///< of sent_
    std::deque<Sent> sent_;
    Counts counts_;
};

} // namespace attune::rabbit
