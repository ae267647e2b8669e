#include "flow/file_watches.hpp"

#include "domain/trigger.hpp"
#include "flow/generation.hpp"
#include "flow/lock_trigger.hpp"
#include "logic/definitions/file_source.hpp"
#include "logic/watch/watch_config.hpp"

namespace attune::flow {

ATTUNE_FIELDS(TroubledWatch, rule_ref, host, trouble);

namespace {

const QueryOf<FileWatch> kOfRule{"file_watch.of_rule", "select {columns} from file_watch where rule = $1 {for_update}"};
const NewOf<FileWatch> kNew{"file_watch.new"};
const UpdateOf<FileWatch> kUpdate{"file_watch.update"};
const Query kDelete{"file_watch.delete", "delete from file_watch where id = $1"};
const Query kEndSeats{"file_seat.end_of_watch",
                      "update file_seat set ended = true, updated = $2 where watch = $1 and ended = false"};
const Query kSum{"file_watch.sum", "select count(*), coalesce(max(generation), 0) from file_watch"};
const QueryOf<FileWatch> kArmed{"file_watch.armed", "select {columns} from file_watch where armed = true order by id"};
const QueryOf<TroubledWatch> kTroubled{
    "file_watch.troubled",
    "select w.rule_ref, s.host, s.trouble from file_seat s join file_watch w on w.id = s.watch"
    " where s.ended = false and w.armed = true and s.trouble is not null order by s.id limit $1"};

/// Writes a watch that has changed: whoever watched it ends, and sensors read it.
Result<void> save(Session& session, FileWatch& watch, Timestamp now) {
    TRY(watch.generation, next_generation(session));
    watch.updated = now;
    if (!watch.id) {
        watch.created = now;
        return session.create(kNew, watch);
    }
    ++watch.revision;
    CHECK(session.update(kUpdate, watch));
    CHECK(session.execute(kEndSeats, watch.id, now));
    return {};
}

Result<void> remove(Session& session, const std::optional<FileWatch>& existing, Timestamp now) {
    if (!existing) return {};
    CHECK(session.execute(kDelete, existing->id));
    CHECK(session.execute(kEndSeats, existing->id, now));
    return {};
}

Result<void> disarm(Session& session, std::optional<FileWatch> existing, Timestamp now) {
    if (!existing || !existing->armed) return {};
    existing->armed = false;
    return save(session, *existing, now);
}

} // namespace

Result<void> sync_rule_file_watch(Session& session, const Rule& rule, Timestamp now) {
    TRY(auto existing, session.find<FileWatch>(kOfRule, rule.id));
    if (!logic::definitions::is_file_trigger(rule.trigger_ref)) return remove(session, existing, now);
    TRY(const auto trigger, lock_trigger(session, rule.trigger_ref));
    if (!rule.enabled || !trigger || !trigger->enabled) return disarm(session, std::move(existing), now);
    CHECK(logic::watch::read_config(rule.trigger_params));
    const bool is_same = existing && existing->armed && existing->config == rule.trigger_params &&
                         existing->rule_ref == rule.ref && existing->trigger_ref == rule.trigger_ref;
    if (is_same) return {};
    auto wanted = existing.value_or(FileWatch{});
    wanted.rule = rule.id;
    wanted.rule_ref = rule.ref;
    wanted.trigger_ref = rule.trigger_ref;
    wanted.config = rule.trigger_params;
    wanted.armed = true;
    wanted.armed_at = now;
    return save(session, wanted, now);
}

Result<void> sync_trigger_file_watch(Session&, std::string_view, Timestamp) {
    return {};
}

Result<void> drop_rule_file_watch(Session& session, RuleId rule, Timestamp now) {
    TRY(const auto existing, session.find<FileWatch>(kOfRule, rule));
    return remove(session, existing, now);
}

Result<FileWatchSum> file_watch_sum(Session& session) {
    FileWatchSum out;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out = {row.integer(0), row.integer(1)};
        return {};
    };
    CHECK(session.each(kSum, sink));
    return out;
}

Result<std::vector<FileWatch>> armed_file_watches(Session& session) {
    return session.all<FileWatch>(kArmed);
}

Result<std::vector<TroubledWatch>> troubled_file_watches(Session& session, std::int64_t limit) {
    return session.all<TroubledWatch>(kTroubled, limit);
}

} // namespace attune::flow
