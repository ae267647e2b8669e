#include "logic/schedule/describe.hpp"

#include "logic/schedule/overloaded.hpp"
#include "logic/schedule/schedule.hpp"
#include "logic/schedule/words.hpp"

namespace attune::logic::schedule {
namespace {

/// "10 seconds", "1 hour 30 minutes", "hour".
std::string describe_period(Duration period) {
    struct Unit {
        const char* name;
        Duration length;
    };
    constexpr std::array<Unit, 4> kUnits{{{"day", 24h}, {"hour", 1h}, {"minute", 1min}, {"second", 1s}}};
    std::vector<std::pair<std::int64_t, const char*>> parts;
    for (const auto& [name, length] : kUnits) {
        if (period >= length) parts.emplace_back(period / length, name);
        period %= length;
    }
    std::string out;
    for (const auto& [number, name] : parts) {
        out += (out.empty() ? "" : " ") + quantity(number, name, parts.size() == 1);
    }
    return out;
}

/// What one clock change does, given the first local time of the schedule in the gap or overlap.
std::string describe_gap(Seconds lost, const ZoneSegment& before, DstGap policy) {
    const auto date = date_words(lost);
    const auto shift = before.offset_after - before.offset;
    switch (policy) {
    case DstGap::skip: break;
    case DstGap::run_after:
        return fmt::format("on {} at {} because {} does not exist", date, time_words(before.end + before.offset_after),
                           time_words(lost));
    case DstGap::shift:
        return fmt::format("on {} at {} because {} does not exist", date, time_words(lost + shift), time_words(lost));
    }
    return fmt::format("not on {} because {} does not exist", date, time_words(lost));
}

std::string describe_overlap(Seconds twice, DstOverlap policy) {
    const auto* const which = policy == DstOverlap::both    ? "at both of the times that are"
                              : policy == DstOverlap::first ? "only at the first of the two times that are"
                                                            : "only at the last of the two times that are";
    return fmt::format("on {} {} {}", date_words(twice), which, time_words(twice));
}

/// ", only within office-hours, except within holidays and freeze".
std::string calendars_phrase(const CalendarSet& calendars) {
    std::vector<std::string> within;
    std::vector<std::string> without;
    for (const auto& [name, calendar] : calendars.list()) {
        (calendar.mode() == CalendarMode::include ? within : without).push_back(name);
    }
    std::string out;
    if (!within.empty()) out += ", only within " + list_words(within);
    if (!without.empty()) out += ", except within " + list_words(without);
    return out;
}

} // namespace

std::string Schedule::describe() const {
    return describe_form() + calendars_phrase(options_.calendars);
}

std::string Schedule::describe_form() const {
    const auto zoned = [&](std::string text) { return text + ", " + zone_words(zone_); };
    return std::visit(Overloaded{[](const Interval& interval) { return "every " + describe_period(interval.period); },
                                 [&](const CronSpec& spec) { return zoned(describe_cron(spec.fields())); },
                                 [&](const OneShot& once) {
                                     const auto local = zone_.to_local(floor_seconds(once.fire_at));
                                     return zoned(
                                         fmt::format("once, on {} at {}", date_words(local), time_words(local)));
                                 },
                                 [&](const RRule& rule) { return zoned(describe_rrule(rule, zone_)); }},
                      form_);
}

/// The next local time that a policy applies to; nothing for schedules that follow elapsed time.
std::optional<Seconds> Schedule::next_local(Seconds from) const {
    using Answer = std::optional<Seconds>;
    return std::visit(Overloaded{[](const Interval&) { return Answer{}; }, [](const OneShot&) { return Answer{}; },
                                 [&](const CronSpec& spec) {
                                     int steps = 0;
                                     return spec.fixed_time() ? spec.fields().next(from, steps) : Answer{};
                                 },
                                 [&](const RRule& rule) { return rule.next_local(from); }},
                      form_);
}

std::vector<std::string> Schedule::clock_changes(Timestamp from, Timestamp to) const {
    constexpr std::size_t kMost = 8;
    constexpr Seconds kLongestGap = 3 * 3600; // beyond it the date line moved, and the runs of the gap are skipped
    std::vector<std::string> out;
    for (auto segment = zone_.segment_at(floor_seconds(from)); out.size() < kMost && segment.has_end();
         segment = zone_.segment_at(segment.end)) {
        if (from_seconds(segment.end) >= to) break;
        const auto here = segment.end + segment.offset;
        const auto there = segment.end + segment.offset_after;
        const auto local = next_local(std::min(here, there));
        if (!local || *local >= std::max(here, there)) continue;
        const auto gap = there - here > kLongestGap ? DstGap::skip : options_.dst_gap;
        out.push_back(there > here ? describe_gap(*local, segment, gap)
                                   : describe_overlap(*local, options_.dst_overlap));
    }
    return out;
}

std::optional<std::string> Schedule::note(Timestamp nominal) const {
    const auto instant = floor_seconds(nominal);
    const auto segment = zone_.segment_at(instant);
    const auto local = instant + segment.offset;
    const auto lookup = zone_.from_local(local);
    if (lookup.kind == LocalLookup::Kind::overlap) {
        return fmt::format("the {} of the two times that are {}", instant == lookup.first ? "first" : "second",
                           time_words(local));
    }
    const auto gap = segment.offset - segment.offset_before;
    if (gap <= 0 || instant >= segment.start + gap) return std::nullopt;
    // What was named is a time of the gap: any of them under run_after, the one as far into it under shift.
    const bool shifted = options_.dst_gap == DstGap::shift;
    const auto lost = next_local(shifted ? instant + segment.offset_before : segment.start + segment.offset_before);
    if (!lost || *lost >= segment.start + segment.offset) return std::nullopt;
    if (shifted ? *lost != instant + segment.offset_before : instant != segment.start) return std::nullopt;
    return fmt::format("{} does not exist that day", time_words(*lost));
}

std::string Schedule::describe(Timestamp now) const {
    const auto changes = clock_changes(now, now + 24h * 366);
    return changes.empty() ? describe() : describe() + "; " + changes.front();
}

} // namespace attune::logic::schedule
