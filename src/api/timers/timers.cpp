#include "api/timers/timers.hpp"

#include "api/common/history_list.hpp"
#include "base/text.hpp"
#include "domain/event.hpp"
#include "domain/pack.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timer_rows.hpp"
#include "logic/definitions/fields.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS_AFTER(PageQuery, TimerQuery, rule_ref, trigger_ref, pack, state, kind);
ATTUNE_FIELDS(PauseTimer, note, until);
ATTUNE_FIELDS(BackfillTimer, from, to, dry_run);
ATTUNE_FIELDS(FiredTimer, event, fired_at);
ATTUNE_FIELDS(SkippedTime, nominal, next_fire_at);
ATTUNE_FIELDS(BackfillView, dry_run, count, nominal, recorded, refused);

namespace {

namespace definitions = logic::definitions;

constexpr std::int64_t kShown = 10; ///< times to come, and decisions made
constexpr std::size_t kMostNote = 1024;

const attune::Query kOfRule{"api.timer.of_rule",
                            "select t.id from rule r join timer t on t.rule = r.id where r.ref = $1"};
const attune::Query kOfTrigger{"api.timer.of_trigger",
                               "select t.id from trigger g join timer t on t.trigger = g.id where g.ref = $1"};
const QueryOf<Event> kFirings{"api.timer.firings",
                              "select {columns} from event where timer = $1 and nominal is not null"
                              " order by nominal desc limit $2"};
const QueryOf<Event> kManual{"api.timer.manual",
                             "select {columns} from event where timer is not null and nominal is null"
                             " and timer = $1 order by id desc limit $2"};
const QueryOf<TimerSkip> kRanges{"api.timer.ranges",
                                 "select {columns} from timer_skip where timer = $1 order by first desc limit $2"};

/// Errors: `not_found`.
Result<TimerId> id_of(Session& session, const std::string& key) {
    if (const auto id = parse_integer(key)) return TimerId{*id};
    TRY(const auto of_rule, session.scalar<TimerId>(kOfRule, key));
    if (of_rule) return *of_rule;
    TRY(const auto of_trigger, session.scalar<TimerId>(kOfTrigger, key));
    if (of_trigger) return *of_trigger;
    return Error{Errc::not_found, fmt::format("Timer '{}' not found", key)};
}

bool may(const Caller& caller, Right right, const Timer& timer) {
    const auto& ref = flow::name_of(timer);
    Target target;
    target.ref = ref;
    target.pack_ref = std::string(pack_of(ref));
    target.id = timer.rule ? timer.rule->value : timer.trigger.value_or(TriggerId{}).value;
    return caller.may(timer.rule ? Resource::rules : Resource::triggers, right, std::move(target));
}

/// The timer, for a caller who has the right. Errors: `not_found`, also when the caller may not read it; `forbidden`.
Result<Timer> timer_for(Session& session, const std::string& key, const Caller& caller, Right right) {
    TRY(const auto id, id_of(session, key));
    TRY(auto timer, flow::get_timer(session, id));
    if (may(caller, right, timer)) return timer;
    if (may(caller, Right::read, timer)) return insufficient(timer.rule ? Resource::rules : Resource::triggers, right);
    return Error{Errc::not_found, fmt::format("Timer '{}' not found", key)};
}

Result<std::vector<TimerDecision>> last_decisions(Session& session, TimerId id) {
    TRY(const auto firings, session.all<Event>(kFirings, id, kShown));
    TRY(const auto manual, session.all<Event>(kManual, id, kShown));
    TRY(const auto ranges, session.all<TimerSkip>(kRanges, id, kShown));
    std::vector<TimerDecision> out;
    for (const auto& one : firings) out.push_back(decision_of(one));
    for (const auto& one : manual) out.push_back(decision_of(one));
    for (const auto& one : ranges) out.push_back(decision_of(one));
    std::ranges::sort(out, std::greater{}, [](const TimerDecision& one) { return std::pair(one.at, one.decided_at); });
    if (std::cmp_greater(out.size(), kShown)) out.resize(static_cast<std::size_t>(kShown));
    return out;
}

Result<TimerDetail> whole(Session& session, const Timer& timer, Timestamp now) {
    TRY(const auto last, last_nominal(session, timer.id));
    auto out = detail_of(timer, flow::calendars_in(session), last, static_cast<int>(kShown), now);
    TRY(out.last, last_decisions(session, timer.id));
    return out;
}

void add_state(ListFilter& filter, TimerState state) {
    switch (state) {
    case TimerState::armed: filter.add("armed = true and note is null and trouble is null"); break;
    case TimerState::ended: filter.add("armed = true and note is not null and trouble is null"); break;
    case TimerState::unarmed: filter.add("armed = true and trouble is not null"); break;
    case TimerState::paused: filter.add("enabled = true and paused = true"); break;
    case TimerState::disabled: filter.add("enabled = false"); break;
    }
}

ListFilter filter_of(const TimerQuery& query) {
    ListFilter filter;
    filter.add("rule_ref = $?", query.rule_ref).add("trigger_ref = $?", query.trigger_ref);
    if (query.pack) {
        filter.add("coalesce(rule_ref, trigger_ref) like $? escape '\\'", ListFilter::like_literal(*query.pack) + ".%");
    }
    if (query.kind) filter.add("config ->> 'type' = $?", enum_name(*query.kind));
    if (query.state) add_state(filter, *query.state);
    return filter;
}

/// One page of those that the caller may read. Without constraints on its grants the database pages; otherwise the rows
/// before the page are looked at as well.
Result<Page<Timer>> page_of(Session& session, const ListFilter& filter, const PageWindow& window,
                            const Caller& caller) {
    const auto head = "select " + columns<Timer>() + " from timer";
    if (caller.may(Resource::rules, Right::read) && caller.may(Resource::triggers, Right::read)) {
        TRY(auto rows, filter.select<Timer>(session, head, " order by id", window.limit + 1, window.offset()));
        TRY(const auto total, filter.count(session, "timer"));
        return window.page_of(std::move(rows), total);
    }
    std::vector<Timer> rows;
    std::int64_t total = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        TRY(auto one, read_row<Timer>(row));
        if (!may(caller, Right::read, one)) return {};
        const auto index = total++;
        if (index >= window.offset() && index <= window.offset() + window.limit) rows.push_back(std::move(one));
        return {};
    };
    CHECK(session.run_text(head + filter.where() + " order by id", filter.values(), &sink));
    return window.page_of(std::move(rows), total);
}

} // namespace

void TimerRoutes::declare(Router& r) {
    r.get("/api/v1/timers", &TimerRoutes::list, *this, ctx_)
        .summary("List the timers: what they mean, when they fire next, what they did")
        .needs_some(Resource::rules, Right::read);
    r.get("/api/v1/timers/{id}", &TimerRoutes::get, *this, ctx_)
        .summary("Read a timer with its next ten times and its last ten decisions")
        .description("A timer is named by its id, or by the ref of its rule or trigger.")
        .needs_some(Resource::rules, Right::read);
    r.post("/api/v1/timers/{id}/pause", &TimerRoutes::pause, *this, ctx_)
        .summary("Pause a timer, with a note, until it is resumed or until a time")
        .audited("timer.paused", "timer")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/timers/{id}/resume", &TimerRoutes::resume, *this, ctx_)
        .summary("Resume a timer; on_resume decides about the times of the pause")
        .audited("timer.resumed", "timer")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/timers/{id}/fire", &TimerRoutes::fire, *this)
        .summary("Fire a timer now, also while it is paused; its schedule is not moved")
        .audited("timer.fired", "timer")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/timers/{id}/skip-next", &TimerRoutes::skip_next, *this, ctx_)
        .summary("Skip the next time of a timer")
        .audited("timer.skipped", "timer")
        .needs_some(Resource::rules, Right::update);
    r.post("/api/v1/timers/{id}/backfill", &TimerRoutes::backfill, *this)
        .summary("Run past times of a timer that have not run; a dry run unless dry_run is false")
        .audited("timer.backfilled", "timer")
        .needs_some(Resource::rules, Right::update);
}

Result<Page<TimerSummary>> TimerRoutes::list(Session& session, const Query<TimerQuery>& query, const Caller& caller,
                                             Timestamp now) {
    TRY(const auto window, shallow(query->window()));
    TRY(auto page, page_of(session, filter_of(*query), window, caller));
    Page<TimerSummary> out;
    out.pagination = std::move(page.pagination);
    for (const auto& timer : page.items) {
        TRY(const auto last, last_nominal(session, timer.id));
        out.items.push_back(summary_of(timer, flow::calendars_in(session), last, now));
    }
    return out;
}

Result<Data<TimerDetail>> TimerRoutes::get(Session& session, const Key& key, const Caller& caller, Timestamp now) {
    TRY(const auto timer, timer_for(session, *key, caller, Right::read));
    TRY(auto shown, whole(session, timer, now));
    return Data{std::move(shown)};
}

Result<TimerRoutes::Changed<TimerDetail>> TimerRoutes::pause(Session& session, const Key& key,
                                                             const Body<std::optional<PauseTimer>>& body,
                                                             const Caller& caller, Timestamp now) {
    const auto wanted = (*body).value_or(PauseTimer{});
    CHECK(definitions::check_text("note", wanted.note.value_or(""), 0, kMostNote));
    TRY(const auto timer, timer_for(session, *key, caller, Right::update));
    TRY(auto paused, flow::pause_timer(session, timer.id, wanted.note, wanted.until, now));
    TRY(auto shown, whole(session, paused.value, now));
    return Changed<TimerDetail>{{std::move(shown), "Timer paused"}, std::move(paused.effects)};
}

Result<TimerRoutes::Changed<TimerDetail>> TimerRoutes::resume(Session& session, const Key& key, const Caller& caller,
                                                              Timestamp now) {
    TRY(const auto timer, timer_for(session, *key, caller, Right::update));
    TRY(auto resumed, flow::resume_timer(session, timer.id, now));
    TRY(auto shown, whole(session, resumed.value, now));
    return Changed<TimerDetail>{{std::move(shown), "The timer is not paused"}, std::move(resumed.effects)};
}

task<Result<Data<FiredTimer>>> TimerRoutes::fire(const Key& key, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(const auto event_id, co_await ctx_.ids.take_one<EventId>());
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Event>> {
        TRY(const auto timer, timer_for(session, *key, caller, Right::update));
        return flow::fire_timer_now(session, timer.id, event_id, caller.login, now);
    }));
    co_return Data{FiredTimer{event_id, now}, "Timer fired"};
}

Result<TimerRoutes::Changed<SkippedTime>> TimerRoutes::skip_next(Session& session, const Key& key, const Caller& caller,
                                                                 Timestamp now) {
    TRY(const auto timer, timer_for(session, *key, caller, Right::update));
    TRY(auto next, flow::skip_next_fire(session, timer.id, caller.login, now));
    const auto shown = summary_of(next.timer, flow::calendars_in(session), {}, now);
    return Changed<SkippedTime>{{SkippedTime{next.nominal, shown.next_fire_at}, "The next time is skipped"},
                                std::move(next.effects)};
}

task<Result<Data<BackfillView>>> TimerRoutes::backfill(const Key& key, const Body<BackfillTimer>& body,
                                                       const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto plan, co_await ctx_.db.read([&](Session& session) -> Result<flow::Backfill> {
        TRY(const auto timer, timer_for(session, *key, caller, Right::update));
        return flow::plan_backfill(session, timer.id, body->from, body->to, now);
    }));
    if (!body->dry_run.value_or(true)) {
        CO_TRY(const auto ids, co_await ctx_.ids.take<EventId>(plan.nominal.size()));
        CO_TRY(plan, co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Backfill> {
                   TRY(const auto timer, timer_for(session, *key, caller, Right::update));
                   return flow::run_backfill(session, timer.id, body->from, body->to, ids, caller.login, now);
               }));
    }
    const auto count = static_cast<std::int64_t>(plan.nominal.size());
    co_return Data{BackfillView{body->dry_run.value_or(true), count, std::move(plan.nominal), plan.recorded,
                                std::move(plan.refused)}};
}

} // namespace attune::api
