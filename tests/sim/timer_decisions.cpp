#include "sim/timer_decisions.hpp"
#include "domain/trigger.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

const QueryOf<TimerSkip> kRangesOf{"test.ranges_of",
                                   "select {columns} from timer_skip where timer = $1 and count > 0 order by first"};

/// What was decided about one timer.
struct Decided {
    std::set<Timestamp> fired; ///< by the scheduler
    std::set<Timestamp> backfilled;
    std::int64_t manual = 0;
    std::vector<TimerSkip> ranges;

    std::int64_t decisions_on(Timestamp at) const {
        const auto covering =
            std::ranges::count_if(ranges, [&](const TimerSkip& s) { return s.first <= at && at <= s.last; });
        // What was backfilled and had another decision keeps that; after a clock went back it may be the only one.
        return std::int64_t{fired.contains(at)} + covering +
               std::int64_t{covering == 0 && !fired.contains(at) && backfilled.contains(at)};
    }
};

Decided decided_about(TimerLife& life, const Timer& timer) {
    Decided out;
    for (const auto& [id, event] : life.events()) {
        if (event.timer != timer.id) continue;
        const auto reason = std::string(event.payload->at("reason").as_string());
        if (reason == "manual") {
            ++out.manual;
            EXPECT_FALSE(event.nominal);
            continue;
        }
        EXPECT_GE(event.created, *event.nominal) << "fired early";
        EXPECT_FALSE(out.fired.contains(*event.nominal) || out.backfilled.contains(*event.nominal))
            << "fired twice: " << format_timestamp(*event.nominal);
        (reason == "backfill" ? out.backfilled : out.fired).insert(*event.nominal);
    }
    out.ranges = life.world.write([&](Session& s) { return s.all<TimerSkip>(kRangesOf, timer.id); });
    for (const auto& range : life.forgotten_ranges()) {
        if (range.timer == timer.id && range.count > 0) out.ranges.push_back(range);
    }
    return out;
}

std::string nearby(const Decided& decided, Timestamp at) {
    std::string out;
    for (const auto& one : decided.ranges) {
        if (one.last < at - std::chrono::days{2} || one.first > at + std::chrono::days{2}) continue;
        out += fmt::format("\n{} to {} {} {} ({})", format_timestamp(one.first), format_timestamp(one.last), one.count,
                           one.reason, format_timestamp(one.created));
    }
    for (const auto one : decided.fired) {
        if (one > at - std::chrono::days{2} && one < at + std::chrono::days{2})
            out += "\nfired " + format_timestamp(one);
    }
    return out;
}

void expect_ranges_count(const Decided& decided, const std::set<Timestamp>& nominal) {
    for (const auto& range : decided.ranges) {
        if (!nominal.contains(range.last)) continue; // it was cut when its schedule was gone
        const auto count = std::distance(nominal.lower_bound(range.first), nominal.upper_bound(range.last));
        EXPECT_EQ(range.count, count) << format_timestamp(range.first) << " to " << format_timestamp(range.last) << " "
                                      << range.reason;
    }
}

} // namespace

void expect_one_decision_each(TimerLife& life, const Timer& timer) {
    const auto decided = decided_about(life, timer);
    const auto all = life.series_of(timer);
    const auto latest = decided.fired.empty() ? Timestamp::min() : *decided.fired.rbegin();
    std::set<Timestamp> answered;
    std::set<Timestamp> named; // also while the clock was ahead of what the series answers for
    for (const auto& series : all) {
        for (const auto at : series.table.times(series.anchor, series.from, std::max(series.to, latest))) {
            named.insert(at);
            if (at > series.to) continue;
            answered.insert(at);
            EXPECT_EQ(decided.decisions_on(at), 1)
                << "decisions on " << format_timestamp(at) << " of " << to_text(series.table.params) << ", armed at "
                << format_timestamp(series.anchor) << ", from " << format_timestamp(series.from) << " to "
                << format_timestamp(series.to) << nearby(decided, at);
            if (testing::Test::HasFailure()) return;
        }
    }
    for (const auto at : decided.fired) {
        EXPECT_TRUE(named.contains(at)) << "fired at " << format_timestamp(at) << ", which no schedule names";
    }
    expect_ranges_count(decided, answered);
    EXPECT_EQ(timer.manual, decided.manual);
    EXPECT_EQ(timer.backfilled, static_cast<std::int64_t>(decided.backfilled.size()));
    std::map<std::string, std::int64_t> passed;
    for (const auto& range : decided.ranges) passed[range.reason.substr(0, range.reason.find(':'))] += range.count;
    EXPECT_EQ(timer.missed, passed["missed"]);
    EXPECT_EQ(timer.skipped, passed["skipped"]);
    EXPECT_EQ(timer.dropped, passed["dropped"]);
    const bool is_edited = all.size() > 1; // then its counter of firings began anew
    if (!is_edited) EXPECT_EQ(timer.fired, static_cast<std::int64_t>(decided.fired.size()));
}

} // namespace attune::test
