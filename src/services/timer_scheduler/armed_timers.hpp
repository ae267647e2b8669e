#pragma once
#include "domain/trigger.hpp"
#include "logic/schedule/decide.hpp"
#include "services/timer_scheduler/deadline_queue.hpp"
#include "services/timer_scheduler/packed_timer.hpp"

#include <atomic>
#include <functional>

namespace attune::services {

/// The armed timers of a process, by id and by the time they fire next. Made for a million of them: less than 200 bytes
/// each, microseconds for each change. They are kept packed, and compiled schedules only while they are in use.
class ArmedTimers {
public:
    using Compile = std::function<Result<logic::schedule::Schedule>(const json::object& config)>;
    struct Armed {
        Timer timer;
        std::shared_ptr<const logic::schedule::Schedule> schedule;
    };
    /// The most compiled schedules kept.
    static constexpr std::size_t kMaxCompiled = 4096;

    /// Without `compile`, a timer that names a calendar cannot be put here.
    explicit ArmedTimers(Compile compile = compile_alone) : compile_(std::move(compile)) {}

    /// Adds the timer, or replaces the one with its id. Errors: what is wrong with its configuration; then there is
    /// none with its id.
    Result<void> put(const Timer& timer);
    void erase(TimerId id);
    /// Forgets all of them, and the schedules compiled from what the system's tz database said.
    void clear();
    /// Compiles again what is put or found from now on: a calendar has changed. Those that use it are to be put again.
    void forget_schedules() { compiled_.clear(); }
    /// A copy, with its schedule.
    std::optional<Armed> find(TimerId id);

    /// Those that fire at or before `now`, the earliest first, at most `limit`.
    std::vector<TimerId> due(Timestamp now, std::size_t limit) const;
    /// When the next one fires.
    std::optional<Timestamp> next_deadline() const { return deadlines_.first(); }
    /// Those whose cursor is later than `time`, by id, also when their schedule has ended. Looks at all of them when
    /// there is any such cursor, and at none when not.
    std::vector<TimerId> with_cursor_after(Timestamp time);

    /// All of them, also those whose schedule has ended.
    std::size_t size() const { return size_; }
    /// The sum of their revisions: with size(), what a comparison with the database needs.
    std::int64_t revisions() const { return revisions_; }
    /// Those that have a time to fire. From any thread.
    std::size_t waiting() const { return waiting_; }

private:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Slot {
        TimerId id;                 ///< 0: free
        PackedTimer packed;         ///< of this timer
        std::uint32_t next = kNone; ///< in the same bucket, or the next free one
        std::uint32_t revision = 0; ///< of the timer, its lowest bits
    };

    static Result<logic::schedule::Schedule> compile_alone(const json::object& config) {
        return logic::schedule::Schedule::compile(config);
    }
    std::uint32_t slot_of(TimerId id) const;
    std::uint32_t& bucket_of(TimerId id);
    std::uint32_t take_slot(TimerId id);
    void grow();
    Result<std::shared_ptr<const logic::schedule::Schedule>> compiled(const json::object& config);

    Compile compile_;
    TextTable texts_;
    std::deque<Slot> slots_;
    std::uint32_t free_ = kNone;
    std::vector<std::uint32_t> buckets_; ///< heads of chains through the slots; their number is a power of two
    std::size_t size_ = 0;
    std::int64_t revisions_ = 0;
    DeadlineQueue deadlines_; ///< of slots
    std::atomic<std::size_t> waiting_ = 0;
    Timestamp latest_cursor_ = Timestamp::min();                                                 ///< no cursor is later
    std::unordered_map<std::string, std::shared_ptr<const logic::schedule::Schedule>> compiled_; ///< by configuration
};

} // namespace attune::services
