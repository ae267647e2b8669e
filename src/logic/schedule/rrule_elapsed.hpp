#pragma once
#include "logic/schedule/rrule_days.hpp"

namespace attune::logic::schedule {

/// Occurrences of a rule of frequency HOURLY or finer, as instants: steps of elapsed time from dtstart, kept when their
/// local time passes the parts that limit. A run of steps that cannot pass is jumped over.
class ElapsedRule {
public:
    /// `dtstart`: an instant.
    ElapsedRule(const RuleParts& parts, Seconds dtstart, TimeZone zone);

    /// As in CalendarRule, for instants.
    std::optional<Seconds> next(Seconds from, int& steps, int most_steps) const;
    std::optional<Seconds> prev(Seconds from, int& steps, int most_steps) const;
    std::optional<Seconds> nth(std::int64_t n, int& steps, int most_steps) const;

private:
    /// A step's hour, minute or second, and which of its occurrences exist.
    struct Window {
        Seconds begin = 0;
        std::int64_t first = 0; ///< index into offsets_
        std::int64_t last = 0;  ///< one past
        Seconds nth(const ElapsedRule& rule, std::int64_t n) const;
    };
    Window window(Seconds index) const;
    Seconds step_begin(Seconds index) const { return first_ + index * step_; }
    /// The first step at or after `index` whose local time passes / the last at or before; nothing at the end of time.
    std::optional<Seconds> next_index(Seconds index, int& steps, int most_steps) const;
    std::optional<Seconds> prev_index(Seconds index, int& steps, int most_steps) const;
    std::optional<Seconds> next_allowed(Seconds local, int& steps, int most_steps) const;
    std::optional<Seconds> prev_allowed(Seconds local, int& steps, int most_steps) const;

    TimeZone zone_;
    Seconds unit_; ///< 3600, 60 or 1
    Seconds step_; ///< interval · unit
    Seconds dtstart_;
    Seconds first_; ///< the beginning of dtstart's own hour, minute or second
    bool align_;    ///< hours begin where the local clock's do, for BYMINUTE in zones that move by half an hour
    bool limited_;  ///< some part limits the steps
    RuleDays days_;
    TimeSet allowed_;              ///< local times of day that pass
    std::vector<Seconds> offsets_; ///< of the occurrences within a step's hour or minute, ascending
};

} // namespace attune::logic::schedule
