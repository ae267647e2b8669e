#include "flow/timer_ranges.hpp"

#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/timer_rows.hpp"

#include <map>

namespace attune::flow {
namespace {

namespace schedule = logic::schedule;

constexpr std::int64_t kPage = 1000; ///< firings read at once

const Query kFiredWithin{"event.fired_within", "select nominal from event where timer = $1 and nominal >= $2"
                                               " and nominal <= $3 order by nominal limit $4"};
const Query kFired{"event.of_firing", "select id from event where timer = $1 and nominal = $2"};
const QueryOf<TimerSkip> kAfter{"timer_skip.after",
                                "select {columns} from timer_skip where timer = $1 and last > $2 and count > 0"};
const Query kDelete{"timer_skip.delete", "delete from timer_skip where timer = $1 and first = $2 and reason = $3"};
const Query kShorten{"timer_skip.shorten",
                     "update timer_skip set last = $4, count = $5 where timer = $1 and first = $2 and reason = $3"};
const QueryOf<TimerSkip> kPageOfAll{"timer_skip.page",
                                    "select {columns} from timer_skip where (timer, first, reason) > ($1, $2, $3)"
                                    " order by timer, first, reason limit $4"};
// What a person skipped in advance stays until the times before it are decided: a calendar may open some.
const Query kForget{"timer_skip.forget", "delete from timer_skip where timer = $1 and first = $2 and reason = $3"
                                         " and last = $4 and created = $5 and (count = 0 or not exists"
                                         " (select 1 from timer t where t.id = $1 and t.cursor < timer_skip.last))"};
const Query kLockTimer{"timer.lock_id", "select id from timer where id = $1 {for_update}"};
const InsertOf<TimerSkip> kInsert{"timer_skip.insert", "on conflict do nothing"};

Result<std::vector<Timestamp>> fired_within(Session& session, const TimerSkip& range) {
    std::vector<Timestamp> out;
    for (auto from = range.first;;) {
        TRY(const auto page, session.column<Timestamp>(kFiredWithin, range.timer, from, range.last, kPage));
        out.insert(out.end(), page.begin(), page.end());
        if (std::ssize(page) < kPage) return out;
        from = out.back() + Duration{1};
    }
}

/// What is left of a range without the times that have fired.
std::vector<TimerSkip> cut(const TimerSkip& range, const std::vector<Timestamp>& fired,
                           const schedule::Schedule& compiled, Timestamp anchor) {
    std::vector<TimerSkip> out;
    const auto keep = [&](Timestamp first, Timestamp last) {
        auto piece = range;
        piece.first = first;
        piece.last = last;
        piece.count = compiled.count(first - Duration{1}, last, anchor).number;
        out.push_back(std::move(piece));
    };
    auto start = std::optional(range.first);
    for (const auto at : fired) {
        if (!start || *start > range.last) break;
        // An older schedule may have fired between the times of this one.
        if (at < *start || compiled.prev(at + Duration{1}, anchor) != at) continue;
        if (at > *start) keep(*start, compiled.prev(at, anchor).value_or(*start));
        start = compiled.next(at, anchor);
    }
    if (start && *start <= range.last) keep(*start, range.last);
    return out;
}

/// What is left of a range that ends after `kept`.
std::optional<TimerSkip> up_to(TimerSkip range, Timestamp kept, Timestamp anchor, const schedule::Schedule* compiled) {
    if (range.first > kept) return std::nullopt;
    // A range of an older schedule keeps its count: nobody knows any more which of its times are left.
    const bool is_of_it =
        compiled != nullptr && compiled->count(range.first - Duration{1}, range.last, anchor).number == range.count;
    range.last = is_of_it ? compiled->prev(kept + Duration{1}, anchor).value_or(kept) : kept;
    if (is_of_it) range.count = compiled->count(range.first - Duration{1}, range.last, anchor).number;
    return range.count > 0 ? std::optional(std::move(range)) : std::nullopt;
}

} // namespace

std::int64_t& PassedOver::of(std::string_view reason) {
    if (reason.starts_with("skipped")) return skipped;
    return reason.starts_with("dropped") ? dropped : missed;
}

Result<bool> has_fired(Session& session, TimerId timer, Timestamp nominal) {
    TRY(const auto event, session.scalar<std::int64_t>(kFired, timer, nominal));
    return event.has_value();
}

Result<std::vector<TimerSkip>> ranges_after(Session& session, const TimerSkip& after, std::int64_t limit) {
    return session.all<TimerSkip>(kPageOfAll, after.timer, after.first, after.reason, limit);
}

bool is_older(const TimerSkip& range, Timestamp before) {
    // A cursor that was pulled back decides nothing.
    return range.created < before && (range.count == 0 || range.last < before);
}

Result<std::int64_t> forget_ranges(Session& session, std::span<const TimerSkip> ranges, Timestamp before) {
    std::map<TimerId, std::vector<const TimerSkip*>> old;
    for (const auto& range : ranges) {
        if (is_older(range, before)) old[range.timer].push_back(&range);
    }
    std::int64_t deleted = 0;
    for (const auto& [timer, some] : old) {
        CHECK(session.scalar<std::int64_t>(kLockTimer, timer)); // as whoever decides does, before its ranges
        auto through = Timestamp::min();
        for (const auto* one : some) {
            TRY(const auto gone, session.execute(kForget, timer, one->first, one->reason, one->last, one->created));
            if (gone > 0 && one->count > 0) through = std::max(through, one->last);
            deleted += gone;
        }
        if (through > Timestamp::min()) CHECK(forget_times(session, timer, through));
    }
    return deleted;
}

Result<RecordedRanges> record_ranges(Session& session, TimerId timer, std::span<const TimerSkip> ranges) {
    RecordedRanges out;
    const auto record = [&](const TimerSkip& range) -> Result<void> {
        out.first = std::min(out.first.value_or(range.first), range.first);
        CHECK(session.insert(kInsert, range));
        return {};
    };
    for (const auto& range : ranges) {
        TRY(const auto fired, fired_within(session, range));
        if (fired.empty()) {
            CHECK(record(range));
            continue;
        }
        TRY(const auto row, get_timer(session, timer));
        TRY(const auto compiled, compile_schedule(session, row.config));
        out.fired_already.of(range.reason) += range.count;
        for (const auto& piece : cut(range, fired, compiled, row.anchor)) {
            out.fired_already.of(range.reason) -= piece.count;
            CHECK(record(piece));
        }
    }
    return out;
}

Result<PassedOver> withdraw_ranges(Session& session, const Timer& timer, Timestamp kept,
                                   const schedule::Schedule* compiled) {
    PassedOver withdrawn;
    TRY(const auto ranges, session.all<TimerSkip>(kAfter, timer.id, kept));
    for (const auto& range : ranges) {
        const auto left = up_to(range, kept, timer.anchor, compiled);
        withdrawn.of(range.reason) += range.count - (left ? left->count : 0);
        if (left) {
            CHECK(session.execute(kShorten, timer.id, range.first, range.reason, left->last, left->count));
        } else {
            CHECK(session.execute(kDelete, timer.id, range.first, range.reason));
        }
    }
    return withdrawn;
}

Result<void> renew_skipped_ahead(Session& session, Timer& timer, const schedule::Schedule* before,
                                 const schedule::Schedule& after, Timestamp now) {
    const auto state = state_of(timer);
    if (!state.ahead) return {};
    TRY(const auto old, session.all<TimerSkip>(kAfter, timer.id, state.cursor));
    TRY(const auto withdrawn, withdraw_ranges(session, timer, state.cursor, before));
    timer.skipped -= withdrawn.skipped;
    const auto first = after.next(std::max(state.cursor, state.ahead->from - Duration{1}), timer.anchor);
    const auto last = after.prev(state.ahead->through + Duration{1}, timer.anchor);
    timer.skipped_from = first;
    timer.skipped_through = last;
    if (old.empty() || !first || !last || *last < *first) {
        timer.skipped_from.reset();
        timer.skipped_through.reset();
        return {};
    }
    const auto count = after.count(*first - Duration{1}, *last, timer.anchor).number;
    const TimerSkip range{timer.id, *first, *last, count, old.front().reason, now};
    TRY(const auto recorded, record_ranges(session, timer.id, {&range, 1}));
    timer.skipped += count - recorded.fired_already.skipped;
    return {};
}

} // namespace attune::flow
