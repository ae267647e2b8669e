#include "services/timer_scheduler/timer_scheduler.hpp"

#include "base/log.hpp"
#include "domain/calendar.hpp"
#include "domain/trigger.hpp"
#include "flow/generation.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timer_rows.hpp"
#include "services/outage.hpp"
#include "services/timer_scheduler/plan_firing.hpp"

namespace attune::services {
namespace {

namespace schedule = logic::schedule;

constexpr std::int64_t kResumedAtOnce = 500;
constexpr Duration kReconcileEvery = 5s;
constexpr int kReconcileShare = 200; ///< at most this part of the time goes into looking at a million timers

} // namespace

task<void> TimerScheduler::run() {
    Signal wake(co_await asio::this_coro::executor);
    const auto doorbell = ports_.bus.subscribe(Topic::timers, wake);
    Outage outage("timers");
    for (;;) {
        const auto fired = co_await run_once();
        outage.note(fired);
        if (!fired) {
            // Not a sleep: that would last until a clock that was set back has caught up.
            co_await ports_.clock.wait_until(ports_.clock.now() + kRetryPause, nullptr);
            continue;
        }
        doorbell->take();
        const auto sweep = next_tick(ports_, sweep_interval(ports_.bus));
        co_await ports_.clock.wait_until(std::min(next_deadline().value_or(sweep), sweep), &wake);
    }
}

task<Result<std::size_t>> TimerScheduler::run_once() {
    CO_CHECK(co_await refresh());
    CO_CHECK(co_await end_pauses());
    CO_CHECK(co_await reread_unsure());
    CO_CHECK(co_await pull_back_cursors());
    CO_TRY(const auto fired, co_await fire_due());
    CO_CHECK(co_await reconcile());
    CO_CHECK(co_await tell_troubles());
    measures_.armed.set(static_cast<std::int64_t>(timers_.waiting()));
    co_return fired;
}

std::optional<Timestamp> TimerScheduler::next_deadline() const {
    const auto first = timers_.next_deadline();
    return first && next_resume_ ? std::min(*first, *next_resume_) : first ? first : next_resume_;
}

task<Result<void>> TimerScheduler::refresh() {
    if (generation_ < 0) co_return co_await load_all();
    struct Changes {
        std::int64_t generation = 0;
        std::int64_t forgotten = 0;
        std::vector<Timer> timers;
        std::vector<TimerId> removed;
        std::vector<Calendar> calendars;
        std::vector<std::string> removed_calendars;
        std::optional<Timestamp> next_resume;
    };
    const auto known = generation_;
    CO_TRY(auto changes, co_await ports_.db.read([known](Session& session) -> Result<Changes> {
        Changes out;
        TRY(out.generation, flow::current_generation(session));
        if (out.generation == known) return out;
        TRY(out.forgotten, flow::forgotten_generation(session));
        if (out.forgotten > known) return out;
        TRY(out.next_resume, flow::next_resume(session));
        TRY(out.timers, flow::timers_changed_since(session, known));
        TRY(out.removed, flow::timers_removed_since(session, known));
        TRY(out.calendars, flow::calendars_changed_since(session, known));
        TRY(out.removed_calendars, flow::calendars_removed_since(session, known));
        return out;
    }));
    if (changes.generation == known) co_return Result<void>{};
    if (changes.forgotten > known) { // nobody can say any more what was deleted
        start_anew();
        co_return co_await load_all();
    }
    take_calendars(changes.calendars, changes.removed_calendars);
    for (const auto& timer : changes.timers) take_news(timer);
    for (const auto id : changes.removed) timers_.erase(id);
    next_resume_ = changes.next_resume;
    generation_ = changes.generation;
    co_return Result<void>{};
}

task<Result<void>> TimerScheduler::load_all() {
    // What changes while the pages are read is read again by the next refresh: the generation is that of before.
    std::vector<Calendar> calendars;
    CO_TRY(const auto generation, co_await ports_.db.read([&](Session& session) -> Result<std::int64_t> {
        TRY(next_resume_, flow::next_resume(session));
        TRY(calendars, flow::calendars_changed_since(session, 0));
        return flow::current_generation(session);
    }));
    calendars_.clear();
    take_calendars(calendars, {});
    const auto limit = options_.page;
    for (TimerId after;;) {
        CO_TRY(auto page,
               co_await ports_.db.read([&](Session& session) { return flow::armed_timers(session, after, limit); }));
        for (const auto& timer : page) {
            after = timer.id;
            take_news(timer);
        }
        if (static_cast<std::int64_t>(page.size()) < limit) break;
    }
    generation_ = generation;
    co_return co_await refresh(); // a page may have timers that are newer than the calendars above
}

/// Pauses that end by themselves; what resumes is read at once.
task<Result<void>> TimerScheduler::end_pauses() {
    const auto now = ports_.clock.now();
    if (!next_resume_ || *next_resume_ > now) co_return Result<void>{};
    CO_CHECK(co_await ports_.db.write(
        [&](Session& session) { return flow::resume_due_timers(session, kResumedAtOnce, now); }));
    co_return co_await refresh();
}

/// Brings one timer to what its row says now, whatever was known of it.
task<Result<void>> TimerScheduler::reread(TimerId id) {
    CO_TRY(const auto timer, co_await ports_.db.read([id](Session& session) { return flow::find_timer(session, id); }));
    if (timer) {
        put(*timer);
    } else {
        timers_.erase(id);
    }
    // A row that is newer than the calendars here may follow one of them that has changed: it fires by the new one.
    if (timer && timer->generation > generation_) co_return co_await refresh();
    co_return Result<void>{};
}

/// A write whose answer was lost may have been committed: what it was about is read again before it is decided again.
task<Result<void>> TimerScheduler::reread_unsure() {
    while (!unsure_.empty()) {
        CO_CHECK(co_await reread(unsure_.back()));
        unsure_.pop_back();
    }
    co_return Result<void>{};
}

/// A row that was read because it changed. Read after a firing of ours, it may be older than what we know of the same
/// revision; then only its calendars may have changed.
void TimerScheduler::take_news(const Timer& timer) {
    const auto known = timers_.find(timer.id);
    const bool is_older =
        known && known->timer.revision == timer.revision && known->timer.cursor >= timer.cursor && timer.armed;
    put(is_older ? known->timer : timer);
}

void TimerScheduler::put(const Timer& timer) {
    broken_.erase(timer.id);
    if (!timer.armed) return timers_.erase(timer.id);
    const auto done = timers_.put(timer);
    if (!done) {
        log::error("timer {} ({}) cannot be armed: {}", timer.id.value, flow::name_of(timer), done.error().text());
        broken_[timer.id] = timer.revision;
    }
    auto trouble = done ? std::nullopt : std::optional(done.error().text());
    if (trouble == timer.trouble) return;
    untold_.push_back({timer.id, timer.revision, std::move(trouble)});
    if (done && timer.trouble) { // what is held here has none
        auto well = timer;
        well.trouble.reset();
        (void)timers_.put(well);
    }
}

/// Writes into the rows which timers are in trouble, so that everybody sees it. Not urgent, but kept until it is done.
task<Result<void>> TimerScheduler::tell_troubles() {
    if (untold_.empty()) co_return Result<void>{};
    const auto now = ports_.clock.now();
    CO_CHECK(co_await ports_.db.write([&](Session& session) -> Result<bool> {
        CHECK(flow::note_troubles(session, untold_, now));
        return true;
    }));
    untold_.clear();
    co_return Result<void>{};
}

Result<schedule::Schedule> TimerScheduler::compile(const json::object& config) const {
    return schedule::Schedule::compile(config, schedule::lookup_in(calendars_));
}

/// The rows of the timers that use a changed calendar have changed with it: they are put again.
void TimerScheduler::take_calendars(const std::vector<Calendar>& changed, const std::vector<std::string>& removed) {
    if (changed.empty() && removed.empty()) return;
    // First what is gone: a calendar may have been made again under the same ref.
    for (const auto& ref : removed) calendars_.erase(ref);
    for (const auto& row : changed) {
        calendars_.erase(row.ref);
        auto compiled = schedule::Calendar::compile(row.definition);
        if (compiled) calendars_.emplace(row.ref, *std::move(compiled));
        if (!compiled) log::error("calendar {} cannot be read: {}", row.ref, compiled.error().text());
    }
    timers_.forget_schedules();
}

/// Everything is read and compiled again, by the next refresh.
void TimerScheduler::start_anew() {
    timers_.clear();
    broken_.clear();
    generation_ = -1;
}

/// Every few seconds, more seldom when there are very many: proves that what the database says is armed is held here,
/// and reads all of it again when not.
task<Result<void>> TimerScheduler::reconcile() {
    const auto seen = ports_.clock.monotonic();
    if (reconciled_ >= Duration{0} && seen - reconciled_ < reconcile_after_) co_return Result<void>{};
    reconciled_ = seen;
    if (options_.zones_changed()) {
        log::info("timers: the tz database has changed; all deadlines are computed again");
        start_anew();
        co_return co_await refresh();
    }
    CO_TRY(const auto wanted, co_await ports_.db.read([](Session& session) { return flow::armed_sum(session); }));
    reconcile_after_ = std::max(kReconcileEvery, kReconcileShare * (ports_.clock.monotonic() - seen));
    if (wanted.generation != generation_) co_return Result<void>{}; // something has changed just now: the next time
    auto count = static_cast<std::int64_t>(timers_.size() + broken_.size());
    auto revisions = timers_.revisions();
    for (const auto& [id, revision] : broken_) revisions += revision;
    if (count == wanted.count && revisions == wanted.revisions) {
        proved_ = ports_.clock.now().time_since_epoch();
        measures_.proved.set(proved_.load());
        co_return Result<void>{};
    }
    log::error("timers: {} are armed and {} are held here, or not as they are now; all are read again", wanted.count,
               count);
    start_anew();
    co_return co_await refresh();
}

TimerScheduler::Planned TimerScheduler::plan(Timestamp now) {
    Planned out;
    for (const auto id : timers_.due(now, options_.batch)) {
        const auto armed = timers_.find(id);
        if (!armed) continue;
        auto firing = plan_firing(armed->timer, *armed->schedule, now);
        out.events += firing.events.size();
        out.timers.push_back(id);
        out.firings.push_back(std::move(firing));
    }
    return out;
}

task<Result<std::size_t>> TimerScheduler::fire_due() {
    std::size_t total = 0;
    for (;;) {
        const auto now = ports_.clock.now();
        auto planned = plan(now);
        if (planned.timers.empty()) co_return total;
        CO_TRY(const auto ids, co_await ports_.ids.take<EventId>(planned.events));
        std::size_t next = 0;
        for (auto& firing : planned.firings) {
            for (auto& event : firing.events) event.id = ids[next++];
        }
        const Database::WriteOptions urgent{.lane = Lane::urgent, .savepoint = false};
        unsure_ = planned.timers; // until the answer says what became of them
        CO_TRY(const auto fired,
               co_await commit(
                   ports_, [&](Session& session) { return flow::fire_timers(session, planned.firings, now); }, urgent));
        unsure_.clear();
        const auto committed = ports_.clock.now();
        for (const auto i : fired.value) measures_.fired(planned.firings[i], committed);
        CO_CHECK(co_await settle(planned, fired.value));
        total += fired.value.size();
    }
}

/// Brings what is in memory in line with what was written; timers that had changed are read again.
task<Result<void>> TimerScheduler::settle(const Planned& planned, const std::vector<std::size_t>& fired) {
    std::vector<bool> took(planned.timers.size());
    for (const auto i : fired) {
        took[i] = true;
        auto armed = timers_.find(planned.timers[i]);
        if (!armed) continue;
        armed->timer.cursor = planned.firings[i].cursor;
        armed->timer.fired += static_cast<std::int64_t>(planned.firings[i].events.size());
        put(armed->timer);
    }
    for (std::size_t i = 0; i < planned.timers.size(); ++i) {
        if (!took[i]) unsure_.push_back(planned.timers[i]);
    }
    co_return co_await reread_unsure();
}

/// After the clock went back by hours: cursors that would keep timers silent until it has caught up come back to now.
task<Result<void>> TimerScheduler::pull_back_cursors() {
    const auto now = ports_.clock.now();
    std::vector<std::pair<Timer, schedule::CursorPullback>> back;
    for (const auto id : timers_.with_cursor_after(now + schedule::kMaxCursorLead)) {
        auto armed = timers_.find(id);
        if (!armed || armed->timer.forgotten >= armed->timer.cursor) continue; // that stays decided
        auto state = flow::state_of(armed->timer);
        state.cursor = armed->timer.cursor; // what a person skipped in advance may well lie ahead
        if (const auto pull = schedule::pull_back(state, now)) back.emplace_back(std::move(armed->timer), *pull);
    }
    if (back.empty()) co_return Result<void>{};
    CO_CHECK(co_await ports_.db.write([&](Session& session) -> Result<bool> {
        for (const auto& [timer, pull] : back)
            CHECK(flow::pull_back_timer(session, timer, pull.cursor, pull.reason, now));
        return true;
    }));
    for (const auto& [timer, pull] : back) {
        log::warn("timer {}: {}", timer.id.value, pull.reason);
        unsure_.push_back(timer.id); // its row says what retention has forgotten meanwhile, too
    }
    co_return co_await reread_unsure();
}

} // namespace attune::services
