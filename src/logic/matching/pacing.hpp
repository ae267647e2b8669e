#pragma once
#include "base/json.hpp"
#include "logic/expression/expression.hpp"
#include "logic/matching/event_view.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// What keeps a rule whose conditions hold from running too often.
namespace attune::logic::matching {

/// What events are counted or gathered by: the value of an expression over the event; without one, all of the rule's.
class PaceKey {
public:
    static constexpr std::size_t kMaxBytes = 255; ///< of the value as text

    /// `member`: `key` of throttle or debounce; null when it is not there. Errors: `invalid` with `path`.
    static Result<PaceKey> compile(const json::value* member, const std::string& path);

    /// The value as JSON text; empty without an expression. Errors: the expression's, `too_large`.
    Result<std::string> of(const EventView& event) const;

private:
    std::optional<expression::Expression> expression_;
};

/// How often a rule may run.
struct RunLimit {
    std::int64_t limit = 1; ///< 1 to Throttle::kMostRuns
    Duration per{};         ///< 1 ms to Throttle::kLongest

    /// Whether a run at `now` is one of at most `limit` in any span of `per`. If so it is written into `runs`, the
    /// times of those before, oldest first; those that no longer count are taken out.
    bool admit(Timestamp now, std::vector<Timestamp>& runs) const;
};

/// `{key, limit, per}`: at most `limit` runs in any span of `per`; what is more is not run.
struct Throttle {
    static constexpr std::int64_t kMostRuns = 1'000;
    static constexpr Duration kLongest = 31 * 24h;

    PaceKey key;
    RunLimit runs;

    static Result<Throttle> compile(const json::value& throttle, const std::string& path);
};

/// `{key, wait}`: a run for the last event alone, once `wait` has passed without another one.
struct Debounce {
    static constexpr Duration kLongest = 24h;

    PaceKey key;
    Duration wait{}; ///< 1 ms to kLongest

    static Result<Debounce> compile(const json::value& debounce, const std::string& path);
};

/// An event that waits for whether another one follows.
struct WaitingEvent {
    EventId id;
    Timestamp created;
    Timestamp due; ///< one that comes before this takes its place
};
/// For each of the events of one key, in the order of (created, id): the one that follows it before it is due.
std::vector<std::optional<EventId>> followers(std::span<const WaitingEvent> events);

/// What is said of a run that waits, of one that another event followed, of one that none followed, and of one that was
/// not admitted; `key`: of an event, as JSON text.
std::string text_of_wait(Duration wait, std::string_view key);
std::string text_of_follower(EventId follower, std::string_view key);
std::string text_of_silence(Duration wait, std::string_view key);
std::string text_of_refusal(const RunLimit& limit, const std::vector<Timestamp>& runs, std::string_view key);

} // namespace attune::logic::matching
