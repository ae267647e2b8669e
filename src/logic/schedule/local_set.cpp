#include "logic/schedule/local_set.hpp"

#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

constexpr Seconds kWeek = 7 * kSecondsPerDay;
/// 1970-01-04 was a Sunday.
constexpr Seconds kFirstSunday = 3 * kSecondsPerDay;

/// Sorts ranges and joins those that touch.
void merge(std::vector<LocalRange>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](auto& a, auto& b) { return a.from < b.from; });
    std::vector<LocalRange> out;
    for (const auto& range : ranges) {
        if (range.to <= range.from) continue;
        if (!out.empty() && range.from <= out.back().to) {
            out.back().to = std::max(out.back().to, range.to);
        } else {
            out.push_back(range);
        }
    }
    ranges = std::move(out);
}

std::optional<Seconds> seconds_of(std::optional<Timestamp> instant) {
    if (!instant) return std::nullopt;
    return floor_seconds(*instant);
}

} // namespace

void LocalSet::add_weekly(LocalRange range) {
    if (range.to <= kWeek) {
        weekly_.push_back(range);
        return;
    }
    weekly_.push_back({range.from, kWeek});
    weekly_.push_back({0, range.to - kWeek});
}

void LocalSet::finish() {
    merge(ranges_);
    merge(weekly_);
}

void LocalSet::Surroundings::look_at(const LocalRange& range, Seconds local) {
    if (range.from > local) {
        if (!next_start || range.from < *next_start) next_start = range.from;
    } else if (range.to <= local) {
        if (!prev_end || range.to > *prev_end) prev_end = range.to;
    } else if (cover) {
        cover = LocalRange{std::min(cover->from, range.from), std::max(cover->to, range.to)};
    } else {
        cover = range;
    }
}

LocalSet::Surroundings LocalSet::around(Seconds local) const {
    Surroundings out;
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), local, [](Seconds l, auto& range) { return l < range.from; });
    if (after != ranges_.end()) out.look_at(*after, local);
    if (after != ranges_.begin()) out.look_at(*(after - 1), local);
    if (!weekly_.empty()) {
        const auto week = floor_div(local - kFirstSunday, kWeek) * kWeek + kFirstSunday;
        const auto look = [&](const LocalRange& range, Seconds start) {
            out.look_at({start + range.from, start + range.to}, local);
        };
        look(weekly_.back(), week - kWeek);
        for (const auto& range : weekly_) look(range, week);
        look(weekly_.front(), week + kWeek);
    }
    for (const auto& [rule, length] : recurring_) {
        if (const auto start = seconds_of(rule.prev(from_seconds(local + 1)))) {
            out.look_at({*start, *start + length}, local);
        }
        if (const auto start = seconds_of(rule.next(from_seconds(local)))) {
            out.look_at({*start, *start + length}, local);
        }
    }
    return out;
}

std::optional<Seconds> LocalSet::next_in(Seconds from, int& steps) const {
    if (++steps > kMaxSteps) return std::nullopt;
    const auto here = around(from);
    return here.cover ? from : here.next_start;
}

std::optional<Seconds> LocalSet::prev_in(Seconds from, int& steps) const {
    if (++steps > kMaxSteps) return std::nullopt;
    const auto here = around(from);
    if (here.cover) return from;
    if (!here.prev_end) return std::nullopt;
    return *here.prev_end - 1;
}

std::optional<Seconds> LocalSet::next_out(Seconds from, int& steps) const {
    while (++steps <= kMaxSteps) {
        const auto here = around(from);
        if (!here.cover) return from;
        from = here.cover->to;
    }
    return std::nullopt;
}

std::optional<Seconds> LocalSet::prev_out(Seconds from, int& steps) const {
    while (++steps <= kMaxSteps) {
        const auto here = around(from);
        if (!here.cover) return from;
        from = here.cover->from - 1;
    }
    return std::nullopt;
}

} // namespace attune::logic::schedule
