#pragma once
// The texts of a recurrence rule's configuration. Internal to it; use RRule::compile.
#include "base/json.hpp"
#include "logic/schedule/dst.hpp"
#include "logic/schedule/time_zone.hpp"

#include <optional>

namespace attune::logic::schedule {

/// The configuration's texts, sorted out: iCalendar lines in `rule` are the same as the keys.
struct RuleText {
    std::string rule;
    std::string dtstart;
    std::vector<std::string> exdate;
    std::vector<std::string> rdate;

    /// Errors: `invalid` with the field's name.
    static Result<RuleText> read(const json::object& config);
};

/// iCalendar's "20260102T030405Z" as "2026-01-02T03:04:05Z", "20260102" as "2026-01-02"; other text as it is.
std::string to_extended(std::string_view text);

/// dtstart, as an instant and on the zone's clock.
struct RuleStart {
    Seconds instant = 0;
    Seconds local = 0;
};
Result<RuleStart> read_start(const std::string& text, const TimeZone& zone, DstPolicy policy);

/// The last instant that UNTIL allows. A date alone allows its whole day.
Result<Seconds> read_until(const std::string& text, const TimeZone& zone, DstPolicy policy);

/// Instants in ascending order.
Result<std::vector<Seconds>> read_dates(const std::vector<std::string>& texts, const std::string& field,
                                        const TimeZone& zone, DstPolicy policy);

} // namespace attune::logic::schedule
