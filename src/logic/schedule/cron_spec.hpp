#pragma once
#include "base/enums.hpp"
#include "logic/schedule/cron_fields.hpp"
#include "logic/schedule/dst.hpp"

#include <string>
#include <string_view>

namespace attune::logic::schedule {

/// Whose cron expressions these are.
enum class Dialect : std::uint8_t {
    ocps,   ///< Open Cron Pattern Specification 1.0-1.4
    quartz, ///< 6 or 7 fields; Sunday = 1; `L` alone in day of week = Saturday; `L-3`
    vixie,  ///< `*/n` in a day field counts as `*`
};
ATTUNE_ENUM(Dialect, ocps, quartz, vixie)

/// A parsed cron expression. Immutable.
class CronSpec {
public:
    /// Longest expression, in characters.
    static constexpr std::size_t kMaxLength = 1024;
    /// `next` and `prev` give up ("never") after so many counted steps.
    static constexpr int kMaxSteps = 50'000;

    /// Reads an expression: 5 fields; 6 = seconds first; 7 = seconds first and year last; or a nickname (`@hourly`).
    /// Errors: `invalid`, field `expression`, naming the cron field, the column (from 1) and what was expected.
    static Result<CronSpec> parse(std::string_view expression, Dialect dialect = Dialect::ocps);

    /// The first instant strictly after `after`; nothing when there is none up to the year 9999.
    std::optional<Timestamp> next(Timestamp after, const TimeZone& zone, DstPolicy policy = {}) const;
    /// The last instant strictly before `before`; nothing when there is none from the year 1 on.
    std::optional<Timestamp> prev(Timestamp before, const TimeZone& zone, DstPolicy policy = {}) const;

    /// Neither the minute nor the hour field begins with `*`: the daylight-saving policies apply. Other schedules go on
    /// in elapsed time.
    bool fixed_time() const { return fixed_time_; }
    const CronFields& fields() const { return fields_; }
    const std::string& expression() const { return expression_; }
    /// The steps that finding the next time takes, for the proof of the bound.
    int count_steps_for_test(Timestamp after, const TimeZone& zone, DstPolicy policy = {}) const;

private:
    std::string expression_;
    CronFields fields_;
    bool fixed_time_ = false;
};

} // namespace attune::logic::schedule
