#include "sim/timer_life.hpp"
#include "domain/event.hpp"
#include "domain/trigger.hpp"

#include "flow/backfill.hpp"
#include "flow/calendars.hpp"
#include "flow/retention.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timer_ranges.hpp"
#include "flow/timer_rows.hpp"

namespace attune::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

/// Retention's age: more than the clock goes back.
constexpr Duration kOld = days{20};
constexpr int kStepsOfWindow = 60;

const QueryOf<Timer> kLifeTimers{"test.life_timers", "select {columns} from timer order by id"};
const QueryOf<TimerSkip> kLifeRanges{"test.life_ranges", "select {columns} from timer_skip order by timer, first"};
/// Cursors that were pulled back, in the order in which they were: more than the ranges' own table says.
constexpr const char* kNotePullbacks[] = {
    "create table test_pullback (id integer primary key autoincrement, timer bigint, first text)",
    ("create trigger test_note_pullback after insert on timer_skip when new.count = 0 begin"
     " insert into test_pullback (timer, first) values (new.timer, new.first); end")};
const Query kPullbacks{"test.pullbacks", "select first from test_pullback where timer = $1 and id > $2 order by id"};
const Query kLastPullback{"test.last_pullback", "select coalesce(max(id), 0) from test_pullback"};
const Query kFiredSoFar{"test.fired_so_far", "select count(*) from event where timer = $1 and nominal is not null"};
const Query kDecideAll{"test.decide_all", "update event set decided_at = created where decided_at is null"};

} // namespace

LifeScale window_scale() {
    return {};
}

LifeScale year_scale() {
    return {.whole_year = true,
            .pass = days{4},
            .forward = 30h,
            .back = 8h,
            .freeze = 40h,
            .laziness = 9h,
            .slowness = 50min};
}

TimerLife::TimerLife(std::uint64_t seed, LifeScale scale) : world(seed), random_(seed), scale_(scale) {
    world.write([](Session& session) -> Result<bool> {
        for (const auto* text : kNotePullbacks) CHECK(session.run_text(text, {}, nullptr));
        return true;
    });
    make_timers();
    for (const std::size_t which : {0U, 1U}) start(which);
}

TimerLife::~TimerLife() {
    for (const std::size_t which : {0U, 1U}) crash(which);
}

void TimerLife::start(std::size_t which) {
    if (instances_[which]) return;
    const auto zones_changed = [this] { return world.db.faults.unavailable > 0 && pick(50) == 0; };
    instances_[which] = std::make_unique<RacingScheduler>(world, hardship_[which], zones_changed, random_());
    instances_[which]->start();
}

void TimerLife::crash(std::size_t which) {
    if (!instances_[which]) return;
    instances_[which]->crash();
    instances_[which].reset();
}

/// Time goes on, and the loop has run only a few handlers since: the schedulers have read and not yet written.
void TimerLife::stop_in_the_middle() {
    world.clock.jump(up_to(scale_.pass / 4));
    world.loop.restart();
    for (auto n = pick(60); n > 0; --n) world.loop.poll_one();
}

void TimerLife::run() {
    change_faults();
    if (!scale_.whole_year) {
        for (int i = 0; i < kStepsOfWindow; ++i) one_step();
        return;
    }
    while (world.clock.now() < end_) one_step();
}

void TimerLife::one_step() {
    switch (pick(18)) {
    case 0: stop_in_the_middle(); return crash(static_cast<std::size_t>(pick(2)));
    case 1:
    case 2:
    case 3: return start(static_cast<std::size_t>(pick(2)));
    case 4:
    case 5: stop_in_the_middle(); return command_something();
    case 6: stop_in_the_middle(); return edit_something();
    case 7: stop_in_the_middle(); return toggle_something();
    case 8: return step_clock();
    case 9: return change_faults();
    case 10: return freeze_something();
    case 11: return forget_history();
    default: return pass_time();
    }
}

/// In a year, every other time up to where some clocks are about to change, and then slowly.
void TimerLife::pass_time() {
    world.clock.together = pick(2) == 0;
    while (!changes_.empty() && changes_.back() <= world.clock.now()) changes_.pop_back();
    if (changes_.empty() || pick(2) == 0) return world.advance(up_to(scale_.pass));
    const auto until_change = changes_.back() - world.clock.now();
    if (until_change > scale_.pass) return world.advance(up_to(scale_.pass));
    world.advance(until_change - std::min<Duration>(until_change, up_to(3h)));
    for (auto n = pick(6); n > 0; --n) world.advance(up_to(40min));
}

void TimerLife::freeze_something() {
    hardship_[static_cast<std::size_t>(pick(2))].frozen_until = world.clock.now() + up_to(scale_.freeze);
}

void TimerLife::command_something() {
    const auto timer = any_timer();
    const auto now = world.clock.now();
    const auto what = pick(6);
    if (what == 5) return backfill(timer);
    world.write([&](Session& session) -> Result<bool> {
        switch (what) {
        case 0: CHECK(flow::pause_timer(session, timer.id, {}, {}, now)); break;
        case 1: CHECK(flow::pause_timer(session, timer.id, {}, now + 1s + up_to(scale_.pass / 2), now)); break;
        case 2: CHECK(flow::resume_timer(session, timer.id, now)); break;
        case 3:
            if (timer.armed && !timer.note) {
                // Refused when its last time has just passed, which no scheduler has noted yet.
                const auto skipped = flow::skip_next_fire(session, timer.id, "ann", now);
                if (!skipped && skipped.error().code != Errc::conflict) return skipped.error();
            }
            break;
        default:
            if (timer.enabled) CHECK(flow::fire_timer_now(session, timer.id, EventId{++next_event_}, "ann", now));
        }
        return true;
    });
    world.bus.ring(Topic::timers, {});
    if (what != 4) expect_silence(timer.id);
}

void TimerLife::backfill(const Timer& timer) {
    if (!timer.enabled) return;
    std::vector<EventId> ids;
    for (int i = 0; i < 1000; ++i) ids.push_back(EventId{++next_event_});
    const auto from = timer.cursor - up_to(scale_.pass * 2);
    world.write([&](Session& session) {
        return flow::run_backfill(session, timer.id, from, timer.cursor + 2min, ids, "ann", world.clock.now());
    });
}

/// A change of definitions; what ends with it goes on record.
void TimerLife::change(const std::function<void()>& operation) {
    const auto before = timers();
    const bool fridays = closed_on_fridays_;
    operation();
    const auto after = timers();
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto& was = before[i];
        const auto& is = after[i];
        const bool anew = was.anchor != is.anchor || was.config != is.config;
        const bool other_calendar = fridays != closed_on_fridays_ && was.config.contains("calendars");
        if (!anew && !other_calendar) continue;
        auto ended = series_of(was).back();
        ended.to = anew ? std::min(ended.to, is.cursor) : flow::state_of(is).cursor; // what was skipped is withdrawn
        auto& past = past_[was.id];
        past.push_back(ended);
        // After the clock went back, the new series answers for times that older ones had decided.
        for (auto& one : past) one.to = std::min(one.to, ended.to);
        // A disabled timer has its old schedule until it is enabled.
        if (anew) begin_series(is, tables_.at(*is.rule_ref), is.cursor);
        if (!anew) begin_series(is, on_working_days(ended.table), ended.to);
    }
}

void TimerLife::edit_something() {
    if (pick(4) == 0) {
        change([&] {
            world.write([&, definition = other_calendar()](Session& session) -> Result<bool> {
                TRY(const auto before, flow::get_calendar(session, "core.closed"));
                auto after = before;
                after.definition = definition;
                CHECK(flow::update_calendar(session, before, after, world.clock.now()));
                return true;
            });
        });
    } else {
        const auto ref = "core.timer_" + std::to_string(pick(6));
        change([&] {
            auto table = any_table();
            add_options(table);
            world.write([&](Session& session) -> Result<bool> {
                TRY(const auto before, flow::get_rule(session, ref));
                auto after = before;
                after.trigger_ref = table.trigger_ref;
                TRY(const auto trigger, flow::get_trigger(session, table.trigger_ref));
                after.trigger = trigger.id;
                after.trigger_params = table.params;
                CHECK(flow::update_rule(session, before, after, world.clock.now()));
                return true;
            });
            tables_[ref] = std::move(table);
        });
    }
    world.bus.ring(Topic::timers, {});
}

void TimerLife::set_enabled(const Timer& timer, bool enabled) {
    change([&] { world.set_enabled(*timer.rule_ref, enabled); });
}

void TimerLife::toggle_something() {
    const auto timer = any_timer();
    set_enabled(timer, !timer.enabled);
    expect_silence(timer.id);
}

/// What a scheduler had in its hands when the timer was paused or disabled must not fire any more.
void TimerLife::expect_silence(TimerId id) {
    const auto is_armed = [&] {
        const auto all = timers();
        return std::ranges::find(all, id, &Timer::id)->armed;
    };
    if (is_armed()) return;
    const auto count = [&] {
        return world.write([&](Session& session) { return session.scalar<std::int64_t>(kFiredSoFar, id); });
    };
    const auto before = count();
    world.clock.run_until_idle();
    if (is_armed()) return; // its pause has just ended by itself
    if (count() != before) contradictions.push_back(fmt::format("timer {} fired when it was not armed", id.value));
}

/// Now and then back so far that cursors are pulled back.
void TimerLife::step_clock() {
    switch (pick(8)) {
    case 0: return world.clock.step(-(3h + up_to(scale_.back * 6)));
    case 1:
    case 2: return world.clock.step(-up_to(scale_.back));
    default: return world.clock.step(up_to(scale_.forward));
    }
}

void TimerLife::change_faults() {
    const bool calm = pick(3) == 0;
    world.bus.drop = calm ? 0 : 0.3;
    world.bus.twice = calm ? 0 : 0.2;
    world.db.faults = calm ? WorldDatabase::Faults{}
                           : WorldDatabase::Faults{.run_twice = 0.1, .lost_answer = 0.1, .unavailable = 0.05};
    if (!calm && pick(6) == 0) world.db.faults.unavailable = 1; // away altogether
    for (auto& one : hardship_) {
        one.slow_call = calm ? 0 : 0.02;
        one.slowness = scale_.slowness;
        one.laziness = scale_.laziness;
    }
}

/// What retention does, over what is old.
void TimerLife::forget_history() {
    (void)events();
    const auto before = world.clock.now() - kOld;
    world.write([&](Session& session) -> Result<bool> {
        CHECK(session.execute(kDecideAll));
        TRY(auto rows, flow::history_after(session, flow::History::events, {}, 1'000'000));
        std::erase_if(rows, [&](const flow::HistoryRow& row) { return row.created >= before; });
        CHECK(flow::forget(session, flow::History::events, rows, before));
        TRY(const auto ranges, session.all<TimerSkip>(kLifeRanges));
        CHECK(flow::forget_ranges(session, ranges, before));
        TRY(const auto kept, session.all<TimerSkip>(kLifeRanges));
        const auto key = [](const TimerSkip& one) { return std::tie(one.timer, one.first, one.reason); };
        std::ranges::copy_if(ranges, std::back_inserter(forgotten_), [&](const TimerSkip& one) {
            return std::ranges::find(kept, key(one), key) == kept.end();
        });
        return true;
    });
}

void TimerLife::heal() {
    world.bus.drop = world.bus.twice = 0;
    world.db.faults = {};
    hardship_ = {};
    world.clock.step(Duration{0}); // wakes those that are frozen
    for (const std::size_t which : {0U, 1U}) start(which);
    world.advance(scale_.freeze + scale_.slowness); // those who wait for the end of their hardship
    for (const auto& timer : timers()) {
        if (!timer.enabled) set_enabled(timer, true);
        world.write([&](Session& session) { return flow::resume_timer(session, timer.id, world.clock.now()); });
    }
    world.bus.ring(Topic::timers, {});
    world.advance(30s);
}

std::vector<Timer> TimerLife::timers() {
    return world.write([](Session& session) { return session.all<Timer>(kLifeTimers); });
}

const std::map<EventId, Event>& TimerLife::events() {
    for (auto& event : world.events()) events_.emplace(event.id, std::move(event));
    return events_;
}

Timer TimerLife::any_timer() {
    const auto all = timers();
    return all[static_cast<std::size_t>(pick(std::ssize(all)))];
}

/// A cursor that was pulled back: what had been answered for later than that is answered for by the series of then.
void TimerLife::take_pullbacks(const Timer& timer) {
    auto& current = current_.at(timer.id);
    const auto back =
        world.write([&](Session& session) { return session.column<Timestamp>(kPullbacks, timer.id, current.born); });
    for (const auto at : back) {
        for (auto& former : past_[timer.id]) former.to = std::min(former.to, at);
        current.from = std::min(current.from, at);
    }
}

void TimerLife::begin_series(const Timer& timer, const Timetable& table, Timestamp from) {
    const auto born = world.write([](Session& session) { return session.scalar<std::int64_t>(kLastPullback); });
    current_[timer.id] = {table, timer.anchor, from, {}, *born};
}

std::vector<TimerLife::Series> TimerLife::series_of(const Timer& timer) {
    take_pullbacks(timer);
    auto out = past_[timer.id];
    out.push_back(current_.at(timer.id));
    out.back().to = world.write([&](Session& session) -> Result<Timestamp> {
        TRY(const auto compiled, flow::compile_schedule(session, timer.config));
        return logic::schedule::settled(compiled, flow::state_of(timer)).cursor;
    });
    return out;
}

} // namespace attune::test
