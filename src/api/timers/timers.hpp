#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "api/timers/timer_views.hpp"

namespace attune::api {

struct TimerQuery : PageQuery {
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<std::string> pack; ///< of the rule, or of the trigger when it is the trigger's own timer
    std::optional<TimerState> state;
    std::optional<logic::schedule::ScheduleKind> kind;
};
ATTUNE_STRUCT(TimerQuery);

struct PauseTimer {
    std::optional<std::string> note;
    std::optional<Timestamp> until; ///< then it resumes by itself
};
ATTUNE_STRUCT(PauseTimer);

struct BackfillTimer {
    Timestamp from;
    Timestamp to;                ///< exclusive
    std::optional<bool> dry_run; ///< true unless it says false: nothing is recorded
};
ATTUNE_STRUCT(BackfillTimer);

struct FiredTimer {
    EventId event;
    Timestamp fired_at;
};
ATTUNE_STRUCT(FiredTimer);

struct SkippedTime {
    Timestamp nominal;
    std::optional<Timestamp> next_fire_at;
};
ATTUNE_STRUCT(SkippedTime);

struct BackfillView {
    bool dry_run = true;
    std::int64_t count = 0;         ///< of `nominal`
    std::vector<Timestamp> nominal; ///< these run, or would
    std::int64_t recorded = 0;      ///< have run already
    std::vector<flow::RefusedPart> refused;
};
ATTUNE_STRUCT(BackfillView);

/// /api/v1/timers: what the timers do, and what people tell them. A timer is named by its id, or by the ref of its rule
/// or trigger; who may read or update that may read or command the timer.
class TimerRoutes {
public:
    explicit TimerRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    using Key = Path<std::string>;
    template <class T>
    using Changed = flow::Changed<Data<T>>;

    Result<Page<TimerSummary>> list(Session& session, const Query<TimerQuery>& query, const Caller& caller,
                                    Timestamp now);
    Result<Data<TimerDetail>> get(Session& session, const Key& key, const Caller& caller, Timestamp now);
    Result<Changed<TimerDetail>> pause(Session& session, const Key& key, const Body<std::optional<PauseTimer>>& body,
                                       const Caller& caller, Timestamp now);
    Result<Changed<TimerDetail>> resume(Session& session, const Key& key, const Caller& caller, Timestamp now);
    task<Result<Data<FiredTimer>>> fire(const Key& key, const Caller& caller);
    Result<Changed<SkippedTime>> skip_next(Session& session, const Key& key, const Caller& caller, Timestamp now);
    task<Result<Data<BackfillView>>> backfill(const Key& key, const Body<BackfillTimer>& body, const Caller& caller);

    Context& ctx_;
};

} // namespace attune::api
