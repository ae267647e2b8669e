#include "flow/pacing.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

using logic::matching::WaitingEvent;

const QueryOf<ThrottledKey> kThrottled{"throttled_key.get",
                                       "select {columns} from throttled_key where rule = $1 and key = $2"};
const InsertOf<ThrottledKey> kKeepThrottled{
    "throttled_key.keep", "on conflict (rule, key) do update set runs = excluded.runs, expires = excluded.expires"};
const Query kForgetThrottled{"throttled_key.forget",
                             "delete from throttled_key where (rule, key) in (select rule, key from throttled_key"
                             " where expires <= $1 order by expires limit $2) and expires <= $1"};

const QueryOf<DebouncedMatch> kWaiting{
    "debounced_match.of_key",
    "select {columns} from debounced_match where rule = $1 and key = $2 order by created, event"};
const InsertOf<DebouncedMatch> kKeepMatch{"debounced_match.insert", "on conflict do nothing"};
const Query kTakeMatch{"debounced_match.take", "delete from debounced_match where event = $1 and rule = $2"};
const QueryOf<DebouncedMatch> kDue{"debounced_match.due",
                                   "select {columns} from debounced_match where due <= $1 order by due limit $2"};
const Query kNextDue{"debounced_match.next", "select due from debounced_match where due > $1 order by due limit 1"};
const Query kOldestUndecided{"event.oldest_undecided", "select min(created) from event where decided_at is null"};

using Key = std::pair<RuleId, std::string>;

std::vector<Timestamp> times_of(const std::optional<ThrottledKey>& stored) {
    std::vector<Timestamp> out;
    if (!stored) return out;
    for (const auto& at : stored->runs) {
        if (at.is_int64()) out.emplace_back(Duration{at.get_int64()});
    }
    return out;
}

ThrottledKey row_of(const Key& key, const std::vector<Timestamp>& times, Duration per) {
    ThrottledKey out{.rule = key.first, .key = key.second, .runs = {}, .expires = times.back() + per};
    for (const auto at : times) out.runs.emplace_back(at.time_since_epoch().count());
    return out;
}

Result<std::vector<std::size_t>> take(Session& session, std::span<const DebouncedMatch> matches) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(matches[i].event));
        values.push_back(to_sql(matches[i].rule));
    };
    return session.run_many(kTakeMatch, matches.size(), row);
}

/// What becomes of the matches of one key when new ones come to those that wait.
struct Settled {
    std::vector<DebouncedMatch> keep; ///< new ones that wait from now on
    std::vector<DebouncedMatch> drop; ///< those that wait no longer
    std::vector<Superseded> superseded;
};

void settle(std::vector<DebouncedMatch> waiting, std::vector<DebouncedMatch> fresh, Settled& out) {
    const auto known = waiting.size();
    std::vector<std::pair<DebouncedMatch, bool>> all;
    for (auto& one : waiting) all.emplace_back(std::move(one), false);
    for (auto& one : fresh) all.emplace_back(std::move(one), true);
    const auto order = [](const auto& one) { return std::pair(one.first.created, one.first.event); };
    std::ranges::sort(all, {}, order);
    std::vector<WaitingEvent> events;
    events.reserve(known + fresh.size());
    for (const auto& [match, is_new] : all) events.push_back({match.event, match.created, match.due});
    const auto followed_by = logic::matching::followers(events);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& [match, is_new] = all[i];
        if (followed_by[i]) out.superseded.push_back({match.event, match.rule, *followed_by[i], match.key});
        if (followed_by[i] && !is_new) out.drop.push_back(std::move(match));
        if (!followed_by[i] && is_new) out.keep.push_back(std::move(match));
    }
}

} // namespace

Result<std::unordered_map<EnforcementId, std::string>>
throttle_runs(Session& session, std::span<const ThrottledRun> runs, Timestamp now) {
    struct Counted {
        std::vector<Timestamp> times;
        Duration per{};
    };
    std::map<Key, Counted> keys;
    std::unordered_map<EnforcementId, std::string> refused;
    for (const auto& run : runs) {
        const Key key{run.rule, run.key};
        auto at = keys.find(key);
        if (at == keys.end()) {
            TRY(const auto stored, session.find<ThrottledKey>(kThrottled, run.rule, run.key));
            at = keys.emplace(key, Counted{times_of(stored), {}}).first;
        }
        at->second.per = run.limit.per;
        if (run.limit.admit(now, at->second.times)) continue;
        refused[run.enforcement] = logic::matching::text_of_refusal(run.limit, at->second.times, run.key);
    }
    std::vector<ThrottledKey> rows;
    for (const auto& [key, counted] : keys) rows.push_back(row_of(key, counted.times, counted.per));
    CHECK(session.insert_many<ThrottledKey>(kKeepThrottled, rows));
    return refused;
}

Result<std::vector<Superseded>> debounce_matches(Session& session, std::span<const DebouncedMatch> matches) {
    std::map<Key, std::vector<DebouncedMatch>> fresh;
    for (const auto& match : matches) fresh[{match.rule, match.key}].push_back(match);
    Settled settled;
    for (auto& [key, of_key] : fresh) {
        TRY(auto waiting, session.all<DebouncedMatch>(kWaiting, key.first, key.second));
        settle(std::move(waiting), std::move(of_key), settled);
    }
    CHECK(take(session, settled.drop));
    CHECK(session.insert_many<DebouncedMatch>(kKeepMatch, settled.keep));
    return std::move(settled.superseded);
}

Result<DueMatches> due_matches(Session& session, Timestamp now, std::int64_t limit) {
    DueMatches out;
    TRY(out.matches, session.all<DebouncedMatch>(kDue, now, limit));
    TRY(out.next, session.scalar<Timestamp>(kNextDue, now));
    return out;
}

Result<std::vector<std::size_t>> take_due(Session& session, std::span<const DebouncedMatch> matches) {
    TRY(const auto oldest, session.scalar<std::optional<Timestamp>>(kOldestUndecided));
    const auto undecided = oldest.value_or(std::nullopt);
    std::vector<DebouncedMatch> settled;
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        if (undecided && *undecided < matches[i].due) continue;
        settled.push_back(matches[i]);
        indices.push_back(i);
    }
    TRY(auto taken, take(session, settled));
    for (auto& i : taken) i = indices[i];
    return taken;
}

Result<std::int64_t> forget_throttled(Session& session, Timestamp now, std::int64_t limit) {
    return session.execute(kForgetThrottled, now, limit);
}

} // namespace attune::flow
