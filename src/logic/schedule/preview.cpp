#include "logic/schedule/preview.hpp"

#include "logic/schedule/calendar.hpp"
#include "logic/schedule/words.hpp"

#include <algorithm>

namespace attune::logic::schedule {

ATTUNE_FIELDS(PreviewTime, at, local, weekday, note);
ATTUNE_FIELDS(Preview, kind, timezone, description, times, ended, never, clock_changes);

namespace {

/// "-04:00", or "-00:44:30" of old local mean times.
std::string offset_words(std::int32_t offset) {
    const auto size = std::abs(offset);
    auto out = fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60 != 0) out += fmt::format(":{:02}", size % 60);
    return out;
}

} // namespace

std::string format_local(Timestamp at, const TimeZone& zone) {
    const auto offset = zone.segment_at(floor_seconds(at)).offset;
    auto text = format_timestamp_short(at + std::chrono::seconds{offset});
    text.pop_back(); // the Z
    return text + offset_words(offset);
}

Preview preview(const Schedule& schedule, Timestamp from, Timestamp anchor, int count, Direction direction) {
    const auto& zone = schedule.timezone();
    Preview out{.kind = schedule.kind(),
                .timezone = zone.name(),
                .description = schedule.describe(from),
                .times = {},
                .ended = false,
                .never = false,
                .clock_changes = {}};
    auto last = from;
    while (std::cmp_less(out.times.size(), std::clamp(count, 0, kMostPreviewed))) {
        const auto found = direction == Direction::forward ? schedule.next(last, anchor) : schedule.prev(last, anchor);
        if (!found) {
            out.ended = true;
            break;
        }
        last = *found;
        const auto local = floor_seconds(last) + zone.segment_at(floor_seconds(last)).offset;
        out.times.push_back({.at = last,
                             .local = format_local(last, zone),
                             .weekday = weekday_word(weekday_of(floor_div(local, kSecondsPerDay))),
                             .note = schedule.note(last)});
    }
    out.never = out.times.empty() && !schedule.next(from - Duration{1}, anchor) && !schedule.prev(from, anchor);
    out.clock_changes = schedule.clock_changes(std::min(from, last), std::max(from, last) + Duration{1});
    return out;
}

} // namespace attune::logic::schedule
