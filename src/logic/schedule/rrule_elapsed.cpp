#include "logic/schedule/rrule_elapsed.hpp"

#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

Seconds unit_of(Frequency frequency) {
    return frequency == Frequency::hourly ? 3600 : frequency == Frequency::minutely ? 60 : 1;
}

/// The seconds within a unit at which the rule occurs. What the rule does not name comes from dtstart's own place.
std::vector<Seconds> offsets_in_unit(const RuleParts& parts, Seconds dtstart_offset) {
    TimeSet set; // of one hour
    if (parts.frequency == Frequency::hourly) {
        set.minutes = parts.minutes != 0 ? parts.minutes : std::uint64_t{1} << unsigned(dtstart_offset / 60);
    }
    if (parts.frequency != Frequency::secondly) {
        set.seconds = parts.seconds != 0 ? parts.seconds : std::uint64_t{1} << unsigned(dtstart_offset % 60);
    }
    std::vector<Seconds> offsets;
    if (parts.positions.empty()) {
        for (int n = 0; n < set.size(); ++n) offsets.push_back(set.nth(n));
    }
    for (const int position : parts.positions) {
        const int n = position > 0 ? position - 1 : set.size() + position;
        if (n >= 0 && n < set.size()) offsets.push_back(set.nth(n));
    }
    std::sort(offsets.begin(), offsets.end());
    offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
    return offsets;
}

/// The parts that are not expanded but limit, as times of day.
TimeSet limits_of(const RuleParts& parts) {
    auto allowed = TimeSet::all();
    if (parts.hours != 0) allowed.hours = parts.hours;
    if (parts.minutes != 0 && parts.frequency < Frequency::hourly) allowed.minutes = parts.minutes;
    if (parts.seconds != 0 && parts.frequency < Frequency::minutely) allowed.seconds = parts.seconds;
    return allowed;
}

constexpr Seconds kEndOfTime = (kLastDay + 1) * kSecondsPerDay;

} // namespace

ElapsedRule::ElapsedRule(const RuleParts& parts, Seconds dtstart, TimeZone zone)
    : zone_(std::move(zone)), unit_(unit_of(parts.frequency)), step_(parts.interval * unit_), dtstart_(dtstart),
      first_(dtstart - floor_mod(zone_.to_local(dtstart), unit_)),
      align_(parts.frequency == Frequency::hourly && parts.minutes != 0), days_(parts, 0), allowed_(limits_of(parts)),
      offsets_(offsets_in_unit(parts, dtstart - first_)) {
    limited_ = allowed_.size() != TimeSet::all().size() || parts.months != 0 || parts.has_month_days() ||
               parts.has_weekdays() || !parts.year_days.empty();
}

Seconds ElapsedRule::Window::nth(const ElapsedRule& rule, std::int64_t n) const {
    return begin + rule.offsets_[static_cast<std::size_t>(n)];
}

ElapsedRule::Window ElapsedRule::window(Seconds index) const {
    Window out{step_begin(index), 0, static_cast<std::int64_t>(offsets_.size())};
    if (!align_) return out;
    const auto segment = zone_.segment_at(out.begin);
    out.begin -= floor_mod(out.begin + segment.offset, unit_);
    // A change of offset within the hour leaves only the minutes on this side of it.
    const auto position = [&](Seconds instant) {
        return std::lower_bound(offsets_.begin(), offsets_.end(), instant - out.begin) - offsets_.begin();
    };
    out.first = position(segment.start);
    out.last = position(segment.end);
    return out;
}

std::optional<Seconds> ElapsedRule::next_allowed(Seconds local, int& steps, int most_steps) const {
    const auto day = floor_div(local, kSecondsPerDay);
    const auto time = allowed_.next(local - day * kSecondsPerDay);
    const auto found = days_.next(time >= 0 ? day : day + 1, steps, most_steps);
    if (!found) return std::nullopt;
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : allowed_.first());
}

std::optional<Seconds> ElapsedRule::prev_allowed(Seconds local, int& steps, int most_steps) const {
    const auto day = floor_div(local, kSecondsPerDay);
    const auto time = allowed_.prev(local - day * kSecondsPerDay);
    const auto found = days_.prev(time >= 0 ? day : day - 1, steps, most_steps);
    if (!found) return std::nullopt;
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : allowed_.last());
}

std::optional<Seconds> ElapsedRule::next_index(Seconds index, int& steps, int most_steps) const {
    while (step_begin(index) < kEndOfTime && ++steps <= most_steps) {
        if (!limited_) return index;
        const auto begin = step_begin(index);
        const auto segment = zone_.segment_at(begin);
        const auto local = next_allowed(begin + segment.offset, steps, most_steps);
        if (!local) return std::nullopt;
        if (*local == begin + segment.offset) return index;
        // Local time is elapsed time up to the next change of offset only.
        const auto to = std::min(*local - segment.offset, segment.end);
        index = std::max(index + 1, (to - first_ + step_ - 1) / step_);
    }
    return std::nullopt;
}

std::optional<Seconds> ElapsedRule::prev_index(Seconds index, int& steps, int most_steps) const {
    while (index >= 0 && ++steps <= most_steps) {
        if (!limited_) return index;
        const auto begin = step_begin(index);
        const auto segment = zone_.segment_at(begin);
        const auto local = prev_allowed(begin + segment.offset, steps, most_steps);
        if (!local) return std::nullopt;
        if (*local == begin + segment.offset) return index;
        const auto to = std::max(*local - segment.offset, segment.start - 1);
        index = std::min(index - 1, floor_div(to - first_, step_));
    }
    return std::nullopt;
}

std::optional<Seconds> ElapsedRule::next(Seconds from, int& steps, int most_steps) const {
    from = std::max(from, dtstart_);
    if (offsets_.empty()) return std::nullopt;
    // A window may begin up to one unit before its step.
    auto index = next_index(std::max<Seconds>(0, floor_div(from - first_ - unit_, step_)), steps, most_steps);
    for (; index; index = next_index(*index + 1, steps, most_steps)) {
        const auto here = window(*index);
        const auto at = std::lower_bound(offsets_.begin(), offsets_.end(), from - here.begin) - offsets_.begin();
        if (const auto n = std::max(here.first, at); n < here.last) return here.nth(*this, n);
    }
    return std::nullopt;
}

std::optional<Seconds> ElapsedRule::prev(Seconds from, int& steps, int most_steps) const {
    if (offsets_.empty() || from < dtstart_) return std::nullopt;
    from = std::min(from, kEndOfTime);
    auto index = prev_index(floor_div(from - first_ + unit_, step_), steps, most_steps);
    for (; index; index = prev_index(*index - 1, steps, most_steps)) {
        const auto here = window(*index);
        const auto after = std::upper_bound(offsets_.begin(), offsets_.end(), from - here.begin) - offsets_.begin();
        const auto n = std::min(here.last, after) - 1;
        if (n < here.first) continue;
        const auto found = here.nth(*this, n);
        if (found < dtstart_) return std::nullopt;
        return found;
    }
    return std::nullopt;
}

std::optional<Seconds> ElapsedRule::nth(std::int64_t n, int& steps, int most_steps) const {
    const auto each = static_cast<std::int64_t>(offsets_.size());
    if (each == 0) return std::nullopt;
    // Those of its window before dtstart are no part of the series.
    const auto first = window(0);
    const auto skipped = std::lower_bound(offsets_.begin(), offsets_.end(), dtstart_ - first.begin) - offsets_.begin();
    if (!limited_ && !align_) {
        const auto last = skipped + n - 1;
        if (last / each > (kEndOfTime - first_) / step_) return std::nullopt;
        return window(last / each).nth(*this, last % each);
    }
    for (auto index = next_index(0, steps, most_steps); index; index = next_index(*index + 1, steps, most_steps)) {
        auto here = window(*index);
        if (*index == 0) here.first = std::max(here.first, skipped);
        if (n <= here.last - here.first) return here.nth(*this, here.first + n - 1);
        n -= std::max<std::int64_t>(0, here.last - here.first);
    }
    return std::nullopt;
}

} // namespace attune::logic::schedule
