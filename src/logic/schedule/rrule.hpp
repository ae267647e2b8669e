#pragma once
#include "base/json.hpp"
#include "logic/schedule/dst.hpp"
#include "logic/schedule/rrule_calendar.hpp"
#include "logic/schedule/rrule_elapsed.hpp"

#include <memory>
#include <variant>

namespace attune::logic::schedule {

/// A recurrence rule (RFC 5545) with its start, its zone and its extra and excepted dates. Immutable, cheap to copy.
///
/// DAILY and coarser rules name local times, which follow the daylight-saving policies; HOURLY and finer ones step in
/// elapsed time. COUNT is turned into the last occurrence once, at compilation, so that `next` and `prev` never walk
/// from the start. A dtstart that the rule does not produce is neither emitted nor counted.
class RRule {
public:
    /// `next` and `prev` give up ("never") after so many counted steps, `compile` refuses a COUNT that takes more.
    static constexpr int kMaxSteps = 50'000;
    static constexpr int kMaxCountSteps = 200'000;
    /// The most EXDATEs, and the most RDATEs.
    static constexpr std::size_t kMaxDates = 1'000;

    /// Reads `rule` ("FREQ=…", or iCalendar lines RRULE, DTSTART, EXDATE, RDATE), `dtstart`, and the lists `exdate` and
    /// `rdate`. Times are RFC 3339 or iCalendar's (20260102T030405Z); without an offset, local in `zone`. Errors:
    /// `invalid` with the field's name.
    static Result<RRule> compile(const json::object& config, const TimeZone& zone, DstPolicy policy);

    std::optional<Timestamp> next(Timestamp after) const;
    std::optional<Timestamp> prev(Timestamp before) const;

    /// The next local time that a DAILY or coarser rule names, whether it exists or not; nothing for finer rules.
    std::optional<Seconds> next_local(Seconds from) const;

    const RuleParts& parts() const { return form_->parts; }
    Timestamp dtstart() const { return from_seconds(form_->start); }
    /// The last instant that UNTIL allows; nothing without UNTIL.
    std::optional<Timestamp> until() const;

private:
    struct Form {
        RuleParts parts;
        TimeZone zone;
        DstPolicy policy;
        Seconds start = 0; ///< dtstart, an instant
        std::variant<CalendarRule, ElapsedRule> rule;
        std::optional<Seconds> until;      ///< the last instant allowed
        std::optional<Seconds> last_local; ///< the COUNT-th occurrence of a calendar rule
        std::vector<Seconds> extra;        ///< RDATE, ascending
        std::vector<Seconds> excepted;     ///< EXDATE, ascending
    };

    explicit RRule(std::shared_ptr<const Form> form) : form_(std::move(form)) {}
    static Result<void> apply_bounds(Form& form);
    std::optional<Seconds> next_of_rule(Seconds from, int& steps) const;
    std::optional<Seconds> prev_of_rule(Seconds from, int& steps) const;
    bool is_excepted(Seconds instant) const;

    std::shared_ptr<const Form> form_;
};

} // namespace attune::logic::schedule
