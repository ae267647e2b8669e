#include "services/janitor/janitor.hpp"

#include "base/log.hpp"
#include "domain/trigger.hpp"
#include "flow/generation.hpp"
#include "flow/pacing.hpp"
#include "flow/timer_ranges.hpp"

#include <algorithm>
#include <numeric>

namespace attune::services {
namespace {

constexpr std::size_t kStride = 16; ///< rows deleted between two looks at the time
constexpr Duration kLongestRetry = 1min;
constexpr std::array kAll{flow::History::output, flow::History::executions, flow::History::enforcements,
                          flow::History::events, flow::History::audit,      flow::History::webhook_hits};

} // namespace

task<void> Janitor::run() {
    for (;;) {
        auto pause = options_.check_interval;
        const auto deleted = co_await run_once();
        if (!deleted) {
            log::warn("janitor: {}", deleted.error().text());
            pause = std::min(pause, kLongestRetry);
        } else if (std::accumulate(deleted->begin(), deleted->end(), std::int64_t{0}) > 0) {
            log::info(
                "retention deleted {} executions, {} enforcements, {} events, {} pieces of output, {} entries of the"
                " audit log and {} of the logs of webhooks",
                (*deleted)[1], (*deleted)[2], (*deleted)[3], (*deleted)[0], (*deleted)[4], (*deleted)[5]);
        }
        // Also when the clock is stepped: whether it jumped is to be seen soon.
        co_await ports_.clock.wait_until(ports_.clock.now() + pause, nullptr);
    }
}

task<Result<Janitor::Deleted>> Janitor::run_once() {
    Deleted out{};
    CO_TRY(const bool may, co_await may_delete());
    if (!may) co_return out;
    const auto now = ports_.clock.now(); // of the whole pass: a jump meanwhile makes nothing older
    for (const auto kind : kAll) {
        CO_TRY(out[static_cast<std::size_t>(kind)], co_await sweep(kind, now));
    }
    if (options_.events > Duration{}) CO_CHECK(co_await sweep_ranges(now - options_.events));
    if (options_.deletions > Duration{}) CO_CHECK(co_await sweep_deletions(now - options_.deletions));
    CO_CHECK(co_await sweep_throttled(now));
    co_return out;
}

/// By how much the clock went forward more than time passed since the last look, if that is a jump.
std::optional<Duration> Janitor::jumped() {
    const Look look{ports_.clock.now(), ports_.clock.monotonic()};
    const auto before = std::exchange(last_look_, look);
    if (!before) return std::nullopt;
    const auto jump = (look.wall - before->wall) - (look.elapsed - before->elapsed);
    return jump > options_.jump ? std::optional(jump) : std::nullopt;
}

task<Result<bool>> Janitor::may_delete() {
    const auto now = ports_.clock.now();
    if (const auto jump = jumped()) {
        log::warn("the clock jumped forward by {}: retention deletes nothing for {}", format_duration(*jump),
                  format_duration(options_.hold));
        new_hold_ = now;
    }
    if (new_hold_) {
        CO_CHECK(co_await hold_since(new_hold_));
        new_hold_.reset();
        co_return false;
    }
    CO_TRY(const auto since, co_await ports_.db.read([](Session& session) { return flow::retention_hold(session); }));
    if (!since) co_return true;
    if (now >= *since && now - *since < options_.hold) co_return false;
    CO_CHECK(co_await hold_since(std::nullopt));
    log::info("retention goes on");
    co_return true;
}

task<Result<bool>> Janitor::hold_since(std::optional<Timestamp> when) {
    co_return co_await ports_.db.write([when](Session& session) -> Result<bool> {
        CHECK(flow::set_retention_hold(session, when));
        return true;
    });
}

Duration Janitor::age_of(flow::History kind) const {
    switch (kind) {
    case flow::History::executions: return options_.executions;
    case flow::History::enforcements: return options_.enforcements;
    case flow::History::events: return options_.events;
    case flow::History::audit: return options_.audit;
    case flow::History::webhook_hits: return options_.webhook_hits;
    case flow::History::output: break;
    }
    if (options_.output == Duration{} || options_.executions == Duration{})
        return std::max(options_.output, options_.executions);
    return std::min(options_.output, options_.executions);
}

task<Result<std::int64_t>> Janitor::sweep(flow::History kind, Timestamp now) {
    std::int64_t total = 0;
    const auto age = age_of(kind);
    if (age == Duration{}) co_return total;
    const auto before = now - age;
    for (flow::HistoryRow after;;) {
        CO_TRY(const auto batch, co_await next_batch(kind, after, before, now));
        for (std::size_t at = 0; at < batch.rows.size();) {
            const std::vector rest(batch.rows.begin() + static_cast<std::ptrdiff_t>(at), batch.rows.end());
            const auto started = ports_.clock.monotonic();
            CO_TRY(const auto unit, co_await delete_some(kind, rest, before));
            total += unit.deleted;
            deleted_.of(enum_name(kind)).add(static_cast<std::uint64_t>(unit.deleted));
            at += unit.taken;
            // As long as the unit took, others have the database.
            co_await ports_.clock.sleep_for(ports_.clock.monotonic() - started);
        }
        if (batch.is_last) co_return total;
        after = batch.last;
    }
}

/// Times of timers that were passed over. Ranges are in the order of their timers: all are looked at.
task<Result<void>> Janitor::sweep_ranges(Timestamp before) {
    const auto limit = options_.batch;
    const Database::WriteOptions bulk{.lane = Lane::bulk, .savepoint = false};
    for (TimerSkip after;;) {
        CO_TRY(const auto page,
               co_await ports_.db.read([&](Session& session) { return flow::ranges_after(session, after, limit); }));
        if (std::ranges::any_of(page, [&](const TimerSkip& one) { return flow::is_older(one, before); })) {
            const auto started = ports_.clock.monotonic();
            CO_CHECK(co_await ports_.db.write(
                [&](Session& session) { return flow::forget_ranges(session, page, before); }, bulk));
            co_await ports_.clock.sleep_for(ports_.clock.monotonic() - started);
        }
        if (static_cast<std::int64_t>(page.size()) < limit) co_return Result<void>{};
        after = page.back();
    }
}

task<Result<void>> Janitor::sweep_deletions(Timestamp before) {
    return sweep_rows(&flow::forget_deletions, before);
}

/// What the throttles of rules counted, and do not any more.
task<Result<void>> Janitor::sweep_throttled(Timestamp now) {
    return sweep_rows(&flow::forget_throttled, now);
}

/// Until there are none.
task<Result<void>> Janitor::sweep_rows(Result<std::int64_t> (*forget)(Session&, Timestamp, std::int64_t),
                                       Timestamp before) {
    const auto limit = options_.batch;
    const Database::WriteOptions bulk{.lane = Lane::bulk, .savepoint = false};
    for (;;) {
        CO_TRY(const auto deleted,
               co_await ports_.db.write([&](Session& session) { return forget(session, before, limit); }, bulk));
        if (deleted == 0) co_return Result<void>{};
    }
}

task<Result<Janitor::Batch>> Janitor::next_batch(flow::History kind, const flow::HistoryRow& after, Timestamp before,
                                                 Timestamp now) {
    const auto limit = options_.batch;
    CO_TRY(const auto rows,
           co_await ports_.db.read([&](Session& session) { return flow::history_after(session, kind, after, limit); }));
    Batch out;
    out.is_last = static_cast<std::int64_t>(rows.size()) < limit;
    std::int64_t size = 0;
    for (const auto& row : rows) {
        // Ids follow time but for processes that race. A time to come is that of a clock that was wrong: not a reason
        // to stop.
        const bool is_young = row.created >= before && row.created <= now;
        size += row.size;
        if (is_young || (size > options_.unit_size && !out.rows.empty())) {
            out.is_last = is_young;
            break;
        }
        if (row.created < before) out.rows.push_back(row);
        out.last = row;
    }
    co_return out;
}

task<Result<Janitor::Unit>> Janitor::delete_some(flow::History kind, const std::vector<flow::HistoryRow>& rows,
                                                 Timestamp before) {
    const Database::WriteOptions bulk{.lane = Lane::bulk, .savepoint = false};
    co_return co_await ports_.db.write(
        [&](Session& session) -> Result<Unit> {
            Unit out;
            const auto started = ports_.clock.monotonic();
            while (out.taken < rows.size() &&
                   (out.taken == 0 || ports_.clock.monotonic() - started < options_.unit_time)) {
                const auto some = std::span(rows).subspan(out.taken).first(std::min(kStride, rows.size() - out.taken));
                TRY(const auto deleted, flow::forget(session, kind, some, before));
                out.deleted += deleted;
                out.taken += some.size();
            }
            return out;
        },
        bulk);
}

} // namespace attune::services
