#include "sim/timer_life.hpp"

#include "flow/backfill.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timer_rows.hpp"

namespace attune::test {
namespace {

using namespace std::chrono_literals;

const QueryOf<Timer> kLifeTimers{"test.life_timers", "select {columns} from timer order by id"};

/// So far the clock goes back in all: less than what pulls cursors back.
const Query kFiredSoFar{"test.fired_so_far", "select count(*) from event where timer = $1 and nominal is not null"};

constexpr Duration kMostBack = 100min;

struct ClockChange {
    const char* zone;
    const char* at;
};
constexpr ClockChange kChanges[] = {
    {"America/New_York", "2026-03-08T07:00:00Z"},    {"America/New_York", "2026-11-01T06:00:00Z"},
    {"Europe/Berlin", "2026-03-29T01:00:00Z"},       {"Europe/Berlin", "2026-10-25T01:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
    {"Africa/Casablanca", "2026-02-15T02:00:00Z"},   {"Africa/Casablanca", "2026-03-22T02:00:00Z"},
    {"America/Santiago", "2026-04-05T03:00:00Z"},    {"America/Santiago", "2026-09-06T04:00:00Z"},
    {"Europe/Dublin", "2026-03-29T01:00:00Z"},       {"Europe/Dublin", "2026-10-25T01:00:00Z"},
};

} // namespace

TimerLife::Instance::Instance(World& world)
    : scheduler({world.clock, world.bus, world.db, world.random, world.ids},
                {.batch = 3, .page = 2, .zones_changed = [] { return false; }}),
      group(world.loop.get_executor(), world.clock) {}

TimerLife::TimerLife(std::uint64_t seed) : world(seed), random_(seed) {
    const auto& change = kChanges[pick(std::size(kChanges))];
    zone_ = change.zone;
    world.clock.step(*parse_timestamp(change.at) - world.clock.now() - Duration{pick(3'600'000'000)});
    for (int i = 0; i < 5; ++i) {
        world.add_rule(fmt::format("core.cron_{}", i), "core.crontimer", "core.null", any_schedule());
    }
    world.add_rule("core.interval", "core.intervaltimer", "core.null",
                   {{"unit", "seconds"}, {"interval", 97}, {"misfire", {{"policy", "fire_all"}}}});
    for (const std::size_t which : {0U, 1U}) start(which);
}

TimerLife::~TimerLife() {
    for (const std::size_t which : {0U, 1U}) crash(which);
}

json::object TimerLife::any_schedule() {
    constexpr const char* kExpressions[] = {"*/7 * * * *",      "30 * * * * *", "0,30 1-3 * * *", "15 2 * * *",
                                            "*/20 */2 * * * *", "10 0-4 * * *", "0 * * * *",      "5/10 2,3 * * *"};
    constexpr const char* kPolicies[] = {"skip", "fire_once", "fire_all"};
    json::object out{{"expression", kExpressions[pick(8)]}, {"timezone", zone_}};
    out["misfire"] = json::object{{"policy", kPolicies[pick(3)]}, {"max_catchup", pick(5) + 1}};
    out["on_resume"] = kPolicies[pick(3)];
    constexpr const char* kGaps[] = {"run_after", "skip", "shift"};
    constexpr const char* kTwice[] = {"first", "last", "both"};
    out["dst_gap"] = kGaps[pick(3)];
    out["dst_overlap"] = kTwice[pick(3)];
    if (pick(3) == 0) out["jitter"] = "5s";
    return out;
}

void TimerLife::start(std::size_t which) {
    if (instances_[which]) return;
    instances_[which] = std::make_unique<Instance>(world);
    instances_[which]->group.spawn("timers", [&one = *instances_[which]] { return one.scheduler.run(); });
}

/// Time goes on, and the loop has run only a few handlers since: the schedulers have read and not yet written.
void TimerLife::stop_in_the_middle() {
    world.clock.jump(Duration{pick(90'000'000)});
    world.loop.restart();
    for (auto n = pick(40); n > 0; --n) world.loop.poll_one();
}

void TimerLife::crash(std::size_t which) {
    if (!instances_[which]) return;
    auto& group = instances_[which]->group;
    asio::post(world.loop, [&group] { group.request_stop(); });
    while (group.size() > 0) world.clock.run_until_idle();
    instances_[which].reset();
}

void TimerLife::run(int steps) {
    change_faults();
    for (int i = 0; i < steps; ++i) one_step();
}

void TimerLife::one_step() {
    switch (pick(12)) {
    case 0: stop_in_the_middle(); return crash(static_cast<std::size_t>(pick(2)));
    case 1:
    case 2: return start(static_cast<std::size_t>(pick(2)));
    case 3:
    case 4: stop_in_the_middle(); return command_something();
    case 5: stop_in_the_middle(); return edit_something();
    case 6: stop_in_the_middle(); return toggle_something();
    case 7: return step_clock();
    case 8: return change_faults();
    default: return world.advance(Duration{pick(240'000'000)});
    }
}

void TimerLife::command_something() {
    const auto timer = any_timer();
    const auto now = world.clock.now();
    const auto what = pick(6);
    if (what == 5) return backfill(timer);
    world.write([&](Session& session) -> Result<bool> {
        switch (what) {
        case 0: CHECK(flow::pause_timer(session, timer.id, {}, {}, now)); break;
        case 1: CHECK(flow::pause_timer(session, timer.id, {}, now + 90s, now)); break;
        case 2: CHECK(flow::resume_timer(session, timer.id, now)); break;
        case 3:
            if (timer.armed && !timer.note) CHECK(flow::skip_next_fire(session, timer.id, "ann", now));
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
    const auto from = timer.cursor - Duration{pick(600'000'000)};
    world.write([&](Session& session) {
        return flow::run_backfill(session, timer.id, from, timer.cursor + 2min, ids, "ann", world.clock.now());
    });
}

/// Whether the clock is behind what was decided: a schedule that starts anew then decides the same times again, which
/// the unique key keeps from firing twice, but a misfire's range may come to lie over them.
bool TimerLife::clock_is_behind() {
    return std::ranges::any_of(timers(), [&](const Timer& one) { return one.cursor > world.clock.now(); });
}

/// A change of definitions; what ends with it goes on record.
void TimerLife::change(const std::function<void()>& operation) {
    if (clock_is_behind()) return;
    const auto before = timers();
    operation();
    const auto after = timers();
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].anchor == after[i].anchor && before[i].config == after[i].config) continue;
        auto ended = series_of(before[i]).back();
        ended.to = std::min(ended.to, after[i].cursor); // what was skipped in advance is withdrawn
        past_[before[i].id].push_back(ended);
    }
}

void TimerLife::edit_something() {
    const auto ref = fmt::format("core.cron_{}", pick(5));
    const auto wanted = any_schedule();
    change([&] {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto before, flow::get_rule(session, ref));
            auto after = before;
            after.trigger_params = wanted;
            CHECK(flow::update_rule(session, before, after, world.clock.now()));
            return true;
        });
    });
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

void TimerLife::step_clock() {
    if (pick(3) > 0) return world.clock.step(Duration{pick(1'800'000'000)});
    const Duration back{pick(1'200'000'000)};
    if (went_back_ + back > kMostBack) return;
    went_back_ += back;
    world.clock.step(-back);
}

void TimerLife::change_faults() {
    const bool calm = pick(3) == 0;
    world.bus.drop = calm ? 0 : 0.3;
    world.bus.twice = calm ? 0 : 0.2;
    world.db.faults = calm ? WorldDatabase::Faults{}
                           : WorldDatabase::Faults{.run_twice = 0.1, .lost_answer = 0.1, .unavailable = 0.05};
}

void TimerLife::heal() {
    world.bus.drop = world.bus.twice = 0;
    world.db.faults = {};
    for (const std::size_t which : {0U, 1U}) start(which);
    while (clock_is_behind()) world.advance(1min);
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

Timer TimerLife::any_timer() {
    const auto all = timers();
    return all[static_cast<std::size_t>(pick(static_cast<std::int64_t>(all.size())))];
}

std::vector<TimerLife::Series> TimerLife::series_of(const Timer& timer) const {
    std::vector<Series> out;
    if (const auto known = past_.find(timer.id); known != past_.end()) out = known->second;
    out.push_back({timer.config, timer.anchor, timer.anchor, flow::state_of(timer).cursor});
    return out;
}

} // namespace attune::test
