#pragma once
// From a series of local times to instants. One place knows daylight saving, for cron, RRULE and one-shot alike.
#include "logic/schedule/dst.hpp"
#include "logic/schedule/time_zone.hpp"

#include <algorithm>
#include <concepts>
#include <optional>

namespace attune::logic::schedule {

/// A set of local times: the smallest member at or after / the largest at or before a local time.
template <class T>
concept LocalSeries = requires(T& series, Seconds local) {
    { series.next(local) } -> std::same_as<std::optional<Seconds>>;
    { series.prev(local) } -> std::same_as<std::optional<Seconds>>;
};

/// A series of one local time.
struct SingleTime {
    Seconds local = 0;
    std::optional<Seconds> next(Seconds from) const { return from <= local ? std::optional(local) : std::nullopt; }
    std::optional<Seconds> prev(Seconds from) const { return from >= local ? std::optional(local) : std::nullopt; }
};

/// The instants of a local series in a zone. `fixed_time` schedules follow the policy; others are simply the instants
/// whose local time is in the series: nothing in a gap, both copies in an overlap.
///
/// The offset is constant within a segment, so a segment's instants are the series' members in a window of local time;
/// the policies only narrow that window (overlap) or add instants at its start (gap).
template <LocalSeries Series>
class ZonedSearch {
public:
    ZonedSearch(Series& series, const TimeZone& zone, DstPolicy policy, bool fixed_time)
        : series_(series), zone_(zone), policy_(policy), fixed_(fixed_time) {}

    /// The smallest instant of the series at or after `from`.
    std::optional<Seconds> next(Seconds from) {
        for (int hop = 0; hop < kMaxHops; ++hop) {
            const auto segment = zone_.segment_at(from);
            const auto low = std::max(from, first_allowed(segment)) + segment.offset;
            const auto local = series_.next(low);
            std::optional<Seconds> found;
            if (local && *local - segment.offset < last_allowed(segment)) found = *local - segment.offset;
            if (const auto late = next_of_gap(segment, from); late && (!found || *late < *found)) found = late;
            if (found || !segment.has_end()) return found;
            const bool replays = segment.end + segment.offset_after < low; // of local times not looked at yet
            if (!local && !replays) return std::nullopt;
            from = local && !replays ? std::max(segment.end, *local - kFarthest) : segment.end;
        }
        return std::nullopt;
    }

    /// The largest instant of the series at or before `from`.
    std::optional<Seconds> prev(Seconds from) {
        for (int hop = 0; hop < kMaxHops; ++hop) {
            const auto segment = zone_.segment_at(from);
            const auto high = std::min(from, last_allowed(segment) - 1) + segment.offset;
            const auto local = series_.prev(high);
            std::optional<Seconds> found;
            if (local && *local - segment.offset >= first_allowed(segment)) found = *local - segment.offset;
            if (const auto late = prev_of_gap(segment, from); late && (!found || *late > *found)) found = late;
            if (found || !segment.has_start()) return found;
            const bool replays = segment.start + segment.offset_before - 1 > high;
            if (!local && !replays) return std::nullopt;
            from = local && !replays ? std::min(segment.start - 1, *local + kFarthest) : segment.start - 1;
        }
        return std::nullopt;
    }

private:
    /// A local time and its instant are never farther apart, with room for the segments around it.
    static constexpr Seconds kFarthest = 48 * 3600;
    /// A gap longer than this is a jump of the date line, not daylight saving.
    static constexpr Seconds kLongestGap = 3 * 3600;
    /// Rules of zones and of the calendar repeat after 400 years; a schedule that found nothing by then never will.
    static constexpr int kMaxHops = 1600;

    /// The first instant of the segment whose local time this policy takes from here.
    Seconds first_allowed(const ZoneSegment& s) const {
        if (!fixed_ || policy_.overlap != DstOverlap::first) return s.start;
        return s.start + std::max(0, s.offset_before - s.offset);
    }
    /// One past the last such instant.
    Seconds last_allowed(const ZoneSegment& s) const {
        if (!fixed_ || policy_.overlap != DstOverlap::last) return s.end;
        return s.end - std::max(0, s.offset - s.offset_after);
    }
    /// The length of the gap before the segment, when its runs are made up for; else 0.
    Seconds gap_length(const ZoneSegment& s) const {
        const Seconds length = s.offset - s.offset_before;
        return fixed_ && policy_.gap != DstGap::skip && length <= kLongestGap ? length : 0;
    }

    std::optional<Seconds> next_of_gap(const ZoneSegment& s, Seconds from) {
        const auto length = gap_length(s);
        if (length <= 0 || from >= s.start + length) return std::nullopt;
        const bool once = policy_.gap == DstGap::run_after;
        if (once && from > s.start) return std::nullopt;
        const auto lost = series_.next((once ? s.start : from) + s.offset_before);
        if (!lost || *lost >= s.start + s.offset) return std::nullopt;
        return once ? s.start : *lost - s.offset_before;
    }

    std::optional<Seconds> prev_of_gap(const ZoneSegment& s, Seconds from) {
        const auto length = gap_length(s);
        if (length <= 0) return std::nullopt;
        const bool once = policy_.gap == DstGap::run_after;
        const auto last = once ? s.start + length - 1 : std::min(from, s.start + length - 1);
        const auto lost = series_.prev(last + s.offset_before);
        if (!lost || *lost < s.start + s.offset_before) return std::nullopt;
        return once ? s.start : *lost - s.offset_before;
    }

    Series& series_;
    const TimeZone& zone_;
    DstPolicy policy_;
    bool fixed_;
};

/// The instant of one local time; nothing when it falls in a gap that is skipped. In `both` copies: the first.
inline std::optional<Seconds> resolve_local(Seconds local, const TimeZone& zone, DstPolicy policy) {
    SingleTime single{local};
    return ZonedSearch(single, zone, policy, true).next(local - 48 * 3600);
}

} // namespace attune::logic::schedule
