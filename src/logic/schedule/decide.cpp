#include "logic/schedule/decide.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// The undecided nominal times that have come, by their ends.
struct Due {
    Timestamp first;
    Timestamp last;
};

/// A good mixture of two numbers (the finaliser of SplitMix64).
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    auto x = a * 0x9E37'79B9'7F4A'7C15ULL + b;
    x = (x ^ (x >> 30U)) * 0xBF58'476D'1CE4'E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D0'49BB'1331'11EBULL;
    return x ^ (x >> 31U);
}

std::optional<Due> due_times(const Schedule& schedule, const TimerState& state, Timestamp now) {
    if (state.cursor >= now) return std::nullopt;
    const auto first = schedule.next(state.cursor, state.anchor);
    const auto end = state.ahead ? std::min(now, state.ahead->from - Duration{1}) : now;
    if (!first || *first > end) return std::nullopt;
    auto last = schedule.prev(end + Duration{1}, state.anchor);
    // Fire times are in the order of nominal times, so only the last may still be waiting for its jitter.
    if (last && fire_time(schedule, state, *last) > now) last = schedule.prev(*last, state.anchor);
    if (!last || *last < *first) return std::nullopt;
    return Due{*first, *last};
}

/// Collects one decision over the nominal times of a misfire.
class MisfireDecision {
public:
    MisfireDecision(const Schedule& schedule, const TimerState& state, Timestamp now, Due due)
        : schedule_(schedule), state_(state), now_(now), due_(due) {
        out_.cursor = due.last;
    }

    Decision skip_all(std::string reason) {
        skip(due_.first, due_.last, std::move(reason));
        return std::move(out_);
    }

    Decision by(MisfirePolicy policy, std::string_view cause) {
        const auto kept = drop_outside_window();
        if (!kept) return std::move(out_);
        switch (policy) {
        case MisfirePolicy::skip:
            skip(*kept, due_.last, fmt::format("skipped: {}, and the policy is skip", cause));
            break;
        case MisfirePolicy::fire_once: fire_once(*kept, cause); break;
        case MisfirePolicy::fire_all: fire_all(*kept, cause); break;
        }
        return std::move(out_);
    }

private:
    /// The first nominal time within the window; what is before it is recorded as dropped.
    std::optional<Timestamp> drop_outside_window() {
        const auto window = schedule_.options().misfire.window;
        const auto kept = schedule_.next(std::max(state_.cursor, now_ - window - Duration{1}), state_.anchor);
        const auto reason = fmt::format("dropped: older than the misfire window of {}", format_duration(window));
        if (!kept || *kept > due_.last) {
            skip(due_.first, due_.last, reason);
            return std::nullopt;
        }
        if (*kept > due_.first) skip(due_.first, schedule_.prev(*kept, state_.anchor).value_or(due_.first), reason);
        return kept;
    }

    void fire_once(Timestamp first, std::string_view cause) {
        Firing firing{.nominal = due_.last, .reason = FiringReason::misfire};
        if (first < due_.last) {
            const auto before = schedule_.prev(due_.last, state_.anchor).value_or(first);
            skip(first, before, fmt::format("missed: {}; one run stands for all", cause));
        }
        for (const auto& range : out_.skipped) {
            firing.missed_count += range.count;
            firing.missed_at_least |= range.at_least;
        }
        if (firing.missed_count > 0) firing.first_missed = due_.first;
        out_.fire.push_back(firing);
    }

    void fire_all(Timestamp first, std::string_view cause) {
        const int limit = schedule_.options().misfire.max_catchup;
        std::vector<Timestamp> runs;
        auto at = std::optional(due_.last);
        for (; at && *at >= first && std::cmp_less(runs.size(), limit); at = schedule_.prev(*at, state_.anchor)) {
            runs.push_back(*at);
        }
        if (at && *at >= first) {
            skip(first, *at, fmt::format("dropped: {}, and at most {} are caught up with", cause, limit));
        }
        for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
            out_.fire.push_back({.nominal = *run, .reason = FiringReason::misfire});
        }
    }

    void skip(Timestamp from, Timestamp to, std::string reason) {
        const auto counted = schedule_.count(from - Duration{1}, to, state_.anchor);
        out_.skipped.push_back({from, to, counted.number, std::move(reason), counted.at_least});
    }

    const Schedule& schedule_;
    const TimerState& state_;
    Timestamp now_;
    Due due_;
    Decision out_;
};

/// How many runs max_fires leaves.
std::int64_t runs_left(const Schedule& schedule, const TimerState& state) {
    const auto& most = schedule.options().max_fires;
    return most ? std::max<std::int64_t>(0, *most - state.fired) : std::numeric_limits<std::int64_t>::max();
}

/// Runs beyond max_fires are no part of the series: they are neither fired nor missed.
Decision within_max_fires(Decision decision, std::int64_t left) {
    if (std::cmp_greater(decision.fire.size(), left)) decision.fire.resize(static_cast<std::size_t>(left));
    return decision;
}

} // namespace

Timestamp fire_time(const Schedule& schedule, const TimerState& state, Timestamp nominal) {
    const auto jitter = schedule.options().jitter;
    if (jitter <= Duration{0}) return nominal;
    auto most = jitter;
    if (const auto following = schedule.next(nominal, state.anchor)) {
        most = std::min(most, *following - nominal - Duration{1});
    }
    const auto hash =
        mix(static_cast<std::uint64_t>(state.timer_id), static_cast<std::uint64_t>(nominal.time_since_epoch().count()));
    return nominal + Duration{static_cast<std::int64_t>(hash % (static_cast<std::uint64_t>(most.count()) + 1))};
}

TimerState settled(const Schedule& schedule, TimerState state) {
    if (!state.ahead) return state;
    const auto next = schedule.next(state.cursor, state.anchor);
    if (next && *next < state.ahead->from) return state;
    state.cursor = std::max(state.cursor, state.ahead->through);
    state.ahead.reset();
    return state;
}

std::optional<Timestamp> next_undecided(const Schedule& schedule, const TimerState& state) {
    return schedule.next(settled(schedule, state).cursor, state.anchor);
}

Decision decide(const Schedule& schedule, const TimerState& stored, Timestamp now) {
    const auto state = settled(schedule, stored);
    Decision nothing;
    nothing.cursor = state.cursor;
    const auto left = runs_left(schedule, state);
    if (left == 0) return nothing;
    const auto due = due_times(schedule, state, now);
    if (!due) return nothing;
    const auto& misfire = schedule.options().misfire;
    if (due->first == due->last && now - fire_time(schedule, state, due->last) <= misfire.grace) {
        return {.fire = {{.nominal = due->last}}, .skipped = {}, .cursor = due->last};
    }
    const auto cause = due->first == due->last ? "not fired within the grace time" : "several times passed unattended";
    return within_max_fires(MisfireDecision(schedule, state, now, *due).by(misfire.policy, cause), left);
}

Decision decide_resume(const Schedule& schedule, const TimerState& stored, Timestamp now) {
    const auto state = settled(schedule, stored);
    Decision nothing;
    nothing.cursor = state.cursor;
    const auto left = runs_left(schedule, state);
    if (left == 0) return nothing;
    const auto due = due_times(schedule, state, now);
    if (!due) return nothing;
    MisfireDecision decision(schedule, state, now, *due);
    if (schedule.options().on_resume == MisfirePolicy::skip) return decision.skip_all("skipped: the timer was paused");
    return within_max_fires(decision.by(schedule.options().on_resume, "the timer was paused"), left);
}

std::optional<Timestamp> next_due(const Schedule& schedule, const TimerState& state) {
    if (runs_left(schedule, state) == 0) return std::nullopt;
    const auto nominal = next_undecided(schedule, state);
    if (!nominal) return std::nullopt;
    return fire_time(schedule, state, *nominal);
}

std::optional<CursorPullback> pull_back(const TimerState& state, Timestamp now) {
    if (state.cursor - now <= kMaxCursorLead) return std::nullopt;
    return CursorPullback{now, fmt::format("the clock went back: the cursor {} is more than {} ahead of {}",
                                           format_timestamp_short(state.cursor), format_duration(kMaxCursorLead),
                                           format_timestamp_short(now))};
}

} // namespace attune::logic::schedule
