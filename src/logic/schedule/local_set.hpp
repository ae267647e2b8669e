#pragma once
// Stretches of wall-clock time, as calendars are made of them.
#include "logic/schedule/rrule.hpp"

namespace attune::logic::schedule {

/// Local times [from, to).
struct LocalRange {
    Seconds from = 0;
    Seconds to = 0;
};

/// A set of local times: ranges, ranges of every week, and recurring ranges. Build it, then `finish` it once.
///
/// The four searches add one to `steps` for each look at the set, and answer nothing when kMaxSteps are used up: a set
/// that goes on for longer than that has no end that matters.
class LocalSet {
public:
    static constexpr int kMaxSteps = 50'000;

    void add(LocalRange range) { ranges_.push_back(range); }
    /// Seconds since Sunday 00:00; `to` may lie in the week after.
    void add_weekly(LocalRange range);
    /// Every occurrence of a rule whose instants are read as wall-clock times, for so many seconds.
    void add_recurring(RRule rule, Seconds length) { recurring_.push_back({std::move(rule), length}); }
    void finish();

    /// The smallest member / non-member at or after `from`.
    std::optional<Seconds> next_in(Seconds from, int& steps) const;
    std::optional<Seconds> next_out(Seconds from, int& steps) const;
    /// The largest member / non-member at or before `from`.
    std::optional<Seconds> prev_in(Seconds from, int& steps) const;
    std::optional<Seconds> prev_out(Seconds from, int& steps) const;

private:
    struct Recurring {
        RRule rule;
        Seconds length;
    };

    /// The ranges around a local time: those that contain it joined to one (empty when none does), where the next one
    /// begins and where the one before ends.
    struct Surroundings {
        std::optional<LocalRange> cover;
        std::optional<Seconds> next_start;
        std::optional<Seconds> prev_end;

        void look_at(const LocalRange& range, Seconds local);
    };
    Surroundings around(Seconds local) const;

    std::vector<LocalRange> ranges_; ///< ascending and apart, once finished
    std::vector<LocalRange> weekly_; ///< the same, within one week
    std::vector<Recurring> recurring_;
};

} // namespace attune::logic::schedule
