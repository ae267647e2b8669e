#pragma once
#include "base/json.hpp"
#include "base/reflect.hpp"
#include "logic/schedule/calendars.hpp"
#include "logic/schedule/cron_spec.hpp"

#include <optional>

namespace attune::logic::schedule {

/// What becomes of nominal times that passed undecided.
enum class MisfirePolicy : std::uint8_t {
    skip,      ///< none of them runs
    fire_once, ///< one run, at the last of them
    fire_all,  ///< each runs, oldest first, at most the latest `max_catchup`
};
ATTUNE_ENUM(MisfirePolicy, skip, fire_once, fire_all)

/// What happens when a run is due while the last one of the same timer and rule is still going.
enum class RunOverlap : std::uint8_t { allow, skip, queue_one, queue_all, cancel_running };
ATTUNE_ENUM(RunOverlap, allow, skip, queue_one, queue_all, cancel_running)

struct MisfireOptions {
    MisfirePolicy policy = MisfirePolicy::fire_once;
    Duration grace = 60s;  ///< a single nominal time no later than this fires normally, late
    Duration window = 24h; ///< what is older is dropped, whatever the policy
    int max_catchup = 100; ///< the most runs of one `fire_all`; 1 to 10,000
};
ATTUNE_STRUCT(MisfireOptions);

/// The options that every kind of timer takes, with their defaults.
struct TimerOptions {
    DstGap dst_gap = DstGap::run_after;
    DstOverlap dst_overlap = DstOverlap::first;
    MisfireOptions misfire;
    MisfirePolicy on_resume = MisfirePolicy::skip; ///< for the nominal times of a pause
    RunOverlap overlap = RunOverlap::allow;
    Duration jitter{0};                    ///< each firing is late by 0 to this, the same every time it is computed
    std::optional<Timestamp> start_at;     ///< no nominal time before this instant
    std::optional<Timestamp> end_at;       ///< no nominal time after this instant
    std::optional<std::int64_t> max_fires; ///< the series ends after so many runs; at least 1
    Dialect dialect = Dialect::ocps;
    CalendarSet calendars; ///< what they forbid is no nominal time, so it is not missed either

    DstPolicy dst() const { return {dst_gap, dst_overlap}; }
};

/// The longest duration any option may have.
constexpr Duration kLongestOption = 24h * 366;

/// Reads the options of a configuration; other keys are left alone. A local `start_at` or `end_at` is in `zone`.
/// `calendars` finds those that the configuration names. Errors: `invalid` with the option's name ("misfire.policy").
Result<TimerOptions> parse_options(const json::object& config, const TimeZone& zone,
                                   const CalendarLookup& calendars = {});

/// The names of the options, for telling them from unknown keys and for copying them.
const std::vector<std::string_view>& option_names();

/// An instant from RFC 3339 text, or from a local time without offset ("2026-03-29T02:30", seconds and fraction
/// optional; a date alone is its midnight), which is in `zone` and follows the policy. Errors: `invalid`, field
/// `field`; a local time that does not exist is an error under DstGap::skip.
Result<Timestamp> parse_instant(std::string_view text, std::string field, const TimeZone& zone, DstPolicy policy);

/// A local time without offset, to the second, as seconds on the zone's clock; nothing when the text is not one.
std::optional<Seconds> parse_local(std::string_view text);

} // namespace attune::logic::schedule
