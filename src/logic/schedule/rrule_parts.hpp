#pragma once
#include "base/enums.hpp"
#include "logic/schedule/time_set.hpp"

#include <optional>

namespace attune::logic::schedule {

/// From the finest to the coarsest, so that they compare.
enum class Frequency : std::uint8_t { secondly, minutely, hourly, daily, weekly, monthly, yearly };
ATTUNE_ENUM(Frequency, secondly, minutely, hourly, daily, weekly, monthly, yearly)

/// A weekday on its n-th occurrence in the month or year; negative from the end.
struct OrdinalWeekday {
    int n = 0;
    unsigned weekday = 0; ///< 0 = Sunday
};

/// The parts of an RRULE (RFC 5545, 3.3.10) as sets of bits: bit n = the value n; in `*_from_end`, the value -n. Empty
/// sets are parts that were not given.
struct RuleParts {
    Frequency frequency = Frequency::daily;
    std::int64_t interval = 1; ///< 1 to kMaxInterval
    std::optional<std::int64_t> count;
    std::string until; ///< as written: its meaning depends on the zone; empty when not given

    std::uint32_t months = 0;
    std::uint32_t month_days = 0;
    std::uint32_t month_days_from_end = 0;
    std::uint32_t weekdays = 0; ///< those without a number
    std::vector<OrdinalWeekday> nth_weekdays;
    std::vector<int> year_days; ///< -366 to 366
    std::uint64_t weeks = 0;    ///< 1-53
    std::uint64_t weeks_from_end = 0;
    std::uint32_t hours = 0;
    std::uint64_t minutes = 0;
    std::uint64_t seconds = 0;
    std::vector<int> positions; ///< BYSETPOS, -366 to 366
    unsigned week_start = 1;    ///< WKST, 0 = Sunday

    static constexpr std::int64_t kMaxInterval = 1'000'000;
    static constexpr std::int64_t kMaxCount = 1'000'000'000;
    /// Longest rule, in characters.
    static constexpr std::size_t kMaxLength = 8192;

    bool has_weekdays() const { return weekdays != 0 || !nth_weekdays.empty(); }
    bool has_month_days() const { return month_days != 0 || month_days_from_end != 0; }
    bool has_weeks() const { return weeks != 0 || weeks_from_end != 0; }

    /// Reads "FREQ=…;INTERVAL=…", names in any case, with or without "RRULE:". Errors: `invalid`, field `rule`, naming
    /// the part and what was expected, also for parts that the standard forbids for the frequency.
    static Result<RuleParts> parse(std::string_view rule);
};

} // namespace attune::logic::schedule
