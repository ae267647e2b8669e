#pragma once
// What a schedule will do, for people: the sentence, its times, and what daylight saving does to them.
#include "logic/schedule/schedule.hpp"

namespace attune::logic::schedule {

/// One nominal time.
struct PreviewTime {
    Timestamp at;
    std::string local;               ///< on the zone's clock, with its offset: "2026-03-08T03:00:00-04:00"
    std::string weekday;             ///< of the local date: "Sunday"
    std::optional<std::string> note; ///< what daylight saving does to it
};
ATTUNE_STRUCT(PreviewTime);

struct Preview {
    ScheduleKind kind = ScheduleKind::cron;
    std::string timezone;
    std::string description;                ///< Schedule::describe, with the next clock change that touches it
    std::vector<PreviewTime> times;         ///< ascending, or descending when looking back
    bool ended = false;                     ///< fewer than asked for: there are no more
    bool never = false;                     ///< there is no time at all, before or after
    std::vector<std::string> clock_changes; ///< Schedule::clock_changes over the times shown
};
ATTUNE_STRUCT(Preview);

enum class Direction : std::uint8_t { forward, back };

/// The most times of one preview.
constexpr int kMostPreviewed = 10'000;

/// The `count` (0 to kMostPreviewed) nominal times after `from`, or before it.
Preview preview(const Schedule& schedule, Timestamp from, Timestamp anchor, int count,
                Direction direction = Direction::forward);

/// An instant on the zone's clock, RFC 3339 with the offset of that moment; to the second, or with microseconds when
/// there are any.
std::string format_local(Timestamp at, const TimeZone& zone);

} // namespace attune::logic::schedule
