#include "flow/timer_rows.hpp"

#include "domain/trigger.hpp"
#include "flow/generation.hpp"

#include <algorithm>

namespace attune::flow {
namespace {

namespace schedule = logic::schedule;

const QueryOf<Timer> kGet{"timer.get", "select {columns} from timer where id = $1"};
const QueryOf<Timer> kLock{"timer.lock", "select {columns} from timer where id = $1 {for_update}"};
const NewOf<Timer> kNew{"timer.new"};
const UpdateOf<Timer> kUpdate{"timer.update"};
// The cursor is never behind what is forgotten, not even after the clock went back.
const Query kForget{"timer.forget",
                    "update timer set forgotten = $2, cursor = case when cursor < $2 then $2 else cursor end"
                    " where id = $1 and (forgotten is null or forgotten < $2)"};

Result<Timer> found_by(Session& session, const Query& query, TimerId id) {
    TRY(auto found, session.find<Timer>(query, id));
    if (!found) return Error{Errc::not_found, fmt::format("Timer {} not found", id.value)};
    return *std::move(found);
}

} // namespace

schedule::TimerState state_of(const Timer& timer) {
    auto cursor = timer.cursor;
    if (timer.forgotten) cursor = std::max(cursor, *timer.forgotten);
    schedule::TimerState out{timer.anchor, cursor, timer.fired, timer.id.value};
    if (timer.skipped_through && *timer.skipped_through > cursor) {
        out.ahead = {timer.skipped_from.value_or(cursor), *timer.skipped_through};
    }
    return out;
}

const std::string& name_of(const Timer& timer) {
    return timer.rule_ref ? *timer.rule_ref : timer.trigger_ref;
}

Result<Timer> get_timer(Session& session, TimerId id) {
    return found_by(session, kGet, id);
}

Result<Timer> lock_timer(Session& session, TimerId id) {
    return found_by(session, kLock, id);
}

Result<void> save_timer(Session& session, Timer& timer, Timestamp now) {
    TRY(timer.generation, next_generation(session));
    timer.updated = now;
    if (!timer.id) {
        timer.created = now;
        return session.create(kNew, timer);
    }
    // What retention has forgotten does not fire again, whatever the clock says now.
    if (timer.forgotten) timer.cursor = std::max(timer.cursor, *timer.forgotten);
    CHECK(session.update(kUpdate, timer));
    return {};
}

Result<void> forget_times(Session& session, TimerId timer, Timestamp through) {
    CHECK(session.execute(kForget, timer, through));
    return {};
}

std::optional<std::string> ending_note(const Timer& timer, const schedule::Schedule& compiled) {
    if (schedule::next_due(compiled, state_of(timer))) return std::nullopt;
    if (compiled.kind() == schedule::ScheduleKind::one_shot && timer.fired == 0)
        return "its time was in the past when it was armed: it never fires";
    return "its schedule names no time after this: it never fires";
}

} // namespace attune::flow
