// Many timers over a SQLite file: what a million of them weigh, and how late they fire.
//
//     timers_bench prepare FILE N      writes N armed timers that fire in hours
//     timers_bench idle FILE SECONDS   arms them; memory, time, and what idling costs
//     timers_bench change N            adding one to N in memory, and taking it out
//     timers_bench burst N             N rules fire in the same instant
//     timers_bench spread N SECONDS    N rules fire spread evenly over that time, as intervals of it, twice
//     timers_bench one_shots N SECONDS N one-shots over that time
#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "system.hpp"

#include <ctime>
#include <fstream>

namespace attune::bench {
namespace {

const InsertOf<Timer> kTimer{"bench.timer"};
const InsertOf<Rule> kRule{"bench.rule"};
const InsertOf<Event> kEvent{"bench.bare_event"};
const QueryOf<Rule> kTheRule{"bench.the_rule", "select {columns} from rule limit 1"};
const QueryOf<Event> kFired{"bench.fired", "select {columns} from event where timer is not null order by id"};
const Query kNoTimers{"bench.no_timers", "delete from timer"};
const Query kDone{"bench.timers_done", "select count(*) from execution where status = 'completed'"};

constexpr std::int64_t kGroup = 5000;

using ConfigOf = std::function<json::object(std::int64_t number)>;

/// A rule's timer. `cursor` is also its anchor.
Timer timer_number(std::int64_t number, json::object config, Timestamp cursor) {
    Timer out;
    out.id = {1000 + number}; // beyond those of the core pack
    out.rule = RuleId{1000 + number};
    out.rule_ref = fmt::format("bench.rule_number_{}", number);
    out.trigger_ref = "core.intervaltimer";
    out.config = std::move(config);
    out.anchor = out.cursor = out.created = out.updated = cursor;
    out.generation = 1;
    return out;
}

/// Intervals, crons in several zones and one-shots by turns; none fires within two hours.
json::object quiet_config(std::int64_t number, Timestamp now) {
    constexpr std::array<const char*, 4> kZones{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"};
    switch (number % 3) {
    case 0: return {{"type", "interval"}, {"hours", 4 + number % 100}};
    case 1: {
        const auto day = std::chrono::floor<std::chrono::days>(now + 48h);
        const std::chrono::year_month_day date{day};
        return {{"type", "cron"},
                {"expression", fmt::format("{} {} {} {} *", number % 60, number / 60 % 24, unsigned(date.day()),
                                           unsigned(date.month()))},
                {"timezone", kZones[static_cast<std::size_t>(number / 3 % 4)]}};
    }
    default: return {{"type", "one_shot"}, {"fire_at", format_timestamp(now + 2h + number * Duration{1ms})}};
    }
}

void prepare(const std::filesystem::path& file, std::int64_t count) {
    const auto db = open(file);
    const auto now = wall_now();
    must(db->write_blocking([&](Session& session) { return test::prepare_null_rule(session, now); }));
    for (std::int64_t first = 1; first <= count; first += kGroup) {
        std::vector<Timer> timers;
        for (auto i = first; i < std::min(first + kGroup, count + 1); ++i)
            timers.push_back(timer_number(i + 10, quiet_config(i, now), now));
        must(db->write_blocking([&](Session& session) { return session.insert_many<Timer>(kTimer, timers); }));
    }
    report({{"timers", count}});
}

double resident_mib() {
    std::ifstream file("/proc/self/statm");
    std::int64_t pages = 0;
    file >> pages >> pages;
    return static_cast<double>(pages * ::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024);
}

double cpu_seconds() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

void idle(const std::filesystem::path& file, std::int64_t seconds) {
    const auto db = open(file);
    const Query count_armed{"bench.count", "select count(*) from timer where armed = true"};
    const auto all =
        must(db->write_blocking([&](Session& session) { return session.scalar<std::int64_t>(count_armed); }));
    System system(*db);
    const auto began = std::chrono::steady_clock::now();
    system.start_timers();
    while (std::cmp_less(system.armed(), all.value_or(0))) {
        require(seconds_since(began) < 300, "the timers were not armed within five minutes");
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    const auto took = seconds_since(began);
    std::this_thread::sleep_for(std::chrono::seconds{1});
    const auto before = cpu_seconds();
    std::this_thread::sleep_for(std::chrono::seconds{seconds});
    report({{"timers", all.value_or(0)},
            {"armed_after_s", took},
            {"resident_mib", resident_mib()},
            {"idle_cpu_ms_per_s", (cpu_seconds() - before) * 1000 / static_cast<double>(seconds)}});
}

void change(std::int64_t count) {
    services::ArmedTimers timers;
    const auto now = wall_now();
    for (std::int64_t i = 1; i <= count; ++i)
        require(timers.put(timer_number(i, quiet_config(i, now), now)).has_value(), "?");
    std::vector<double> added;
    std::vector<double> removed;
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const auto number = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count)) + 1;
        const auto timer = timer_number(number, quiet_config(number, now), now);
        const auto began = std::chrono::steady_clock::now();
        timers.erase(timer.id);
        const auto between = std::chrono::steady_clock::now();
        require(timers.put(timer).has_value(), "a timer could not be added");
        removed.push_back(std::chrono::duration<double, std::micro>(between - began).count());
        added.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - between).count());
    }
    std::ranges::sort(added);
    std::ranges::sort(removed);
    report({{"timers", count},
            {"add_us", percentile(added, 0.5)},
            {"remove_us", percentile(removed, 0.5)},
            {"add_p99_us", percentile(added, 0.99)},
            {"remove_p99_us", percentile(removed, 0.99)}});
}

/// The core pack with one rule, and `count` copies of the rule with a timer each.
void write_rules(Database& db, std::int64_t count, const std::function<Timer(std::int64_t)>& timer) {
    must(db.write_blocking([&](Session& session) { return test::prepare_null_rule(session, wall_now()); }));
    const auto rule = must(db.write_blocking([&](Session& session) { return session.find<Rule>(kTheRule); }));
    // The rule's own timer would fire among those that are measured.
    must(db.write_blocking([&](Session& session) { return session.execute(kNoTimers); }));
    for (std::int64_t first = 1; first <= count; first += kGroup) {
        must(db.write_blocking([&](Session& session) -> Result<bool> {
            for (auto i = first; i < std::min(first + kGroup, count + 1); ++i) {
                const auto its = timer(i);
                auto copy = *rule;
                copy.id = *its.rule;
                copy.ref = *its.rule_ref;
                CHECK(session.insert(kRule, copy));
                CHECK(session.insert(kTimer, its));
            }
            return true;
        }));
    }
}

/// Until `count` firings have run; the lateness of each in milliseconds, sorted. Checks that nothing is there twice.
std::vector<double> lateness(Database& db, System& system, std::int64_t count, std::int64_t patience) {
    const auto began = std::chrono::steady_clock::now();
    for (;;) {
        const auto done = must(db.write_blocking([](Session& session) { return session.scalar<std::int64_t>(kDone); }));
        if (done.value_or(0) >= count) break;
        require(seconds_since(began) < static_cast<double>(patience), "the firings did not all run in time");
        std::this_thread::sleep_for(std::chrono::milliseconds{250});
    }
    std::map<std::int64_t, Timestamp> nominal;
    std::set<std::pair<std::int64_t, Timestamp>> once;
    for (const auto& event : must(db.write_blocking([](Session& session) { return session.all<Event>(kFired); }))) {
        nominal[event.id.value] = *event.nominal;
        require(once.emplace(event.timer->value, *event.nominal).second, "a firing was recorded twice");
    }
    std::vector<double> late;
    for (const auto& [id, at] : system.bus().rung()) {
        if (nominal.contains(id)) late.push_back(to_ms(at - nominal[id]));
    }
    require(std::cmp_greater_equal(late.size(), count), "a firing is missing");
    std::ranges::sort(late);
    return late;
}

json::object summary(const std::vector<double>& late) {
    return {{"firings", late.size()},
            {"first_ms", late.front()},
            {"p50_ms", percentile(late, 0.5)},
            {"p99_ms", percentile(late, 0.99)},
            {"max_ms", late.back()}};
}

/// As many events as bare rows, in commits of `group`, the same folder: milliseconds.
double bare_inserts_ms(const std::filesystem::path& file, std::int64_t count, std::int64_t group) {
    const auto db = open(file);
    const auto now = wall_now();
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t first = 1; first <= count; first += group) {
        must(db->write_blocking([&](Session& session) -> Result<bool> {
            for (auto i = first; i < std::min(first + group, count + 1); ++i) {
                Event event;
                event.id = {i};
                event.timer = TimerId{i};
                event.nominal = event.created = now;
                event.trigger_ref = "core.intervaltimer";
                event.payload = json::object{{"type", "interval"},
                                             {"interval_seconds", 3600},
                                             {"fired_at", "2026-11-24T10:00:00.000000Z"},
                                             {"reason", "normal"}};
                CHECK(session.insert(kEvent, event));
            }
            return true;
        }));
    }
    return seconds_since(began) * 1000;
}

void burst(std::int64_t count) {
    const Folder folder;
    const auto bare = bare_inserts_ms(folder.path / "bare.db", count, 500);
    const auto db = open(folder.path / "burst.db");
    const auto nominal = std::chrono::ceil<std::chrono::seconds>(wall_now()) + 6s + std::chrono::seconds{count / 5000};
    write_rules(*db, count,
                [&](std::int64_t i) { return timer_number(i, {{"type", "interval"}, {"hours", 1}}, nominal - 1h); });
    System system(*db);
    system.start_flow();
    system.start_timers();
    const auto late = lateness(*db, system, count, 120);
    require(std::cmp_equal(late.size(), count), "there are more firings than timers");
    auto out = summary(late);
    out["bare_inserts_ms"] = bare;
    out["batch_ms"] = late.back();
    report(out);
}

/// What one durable row costs in this folder: p50 and p99 in milliseconds.
std::vector<double> single_commits_ms(const std::filesystem::path& file) {
    const auto db = open(file);
    std::vector<double> took;
    for (std::int64_t i = 1; i <= 1000; ++i) {
        const auto began = std::chrono::steady_clock::now();
        must(db->write_blocking([&](Session& session) {
            Event event;
            event.id = {i};
            event.trigger_ref = "core.intervaltimer";
            event.created = wall_now();
            return session.insert(kEvent, event);
        }));
        took.push_back(seconds_since(began) * 1000);
    }
    std::ranges::sort(took);
    return took;
}

void spread(std::int64_t count, std::int64_t seconds, bool one_shots) {
    const Folder folder;
    const auto bare = single_commits_ms(folder.path / "bare.db");
    const auto db = open(folder.path / "spread.db");
    const auto first = std::chrono::ceil<std::chrono::seconds>(wall_now()) + 6s + std::chrono::seconds{count / 5000};
    const Duration period = std::chrono::seconds{seconds};
    write_rules(*db, count, [&](std::int64_t i) {
        const auto at = first + period * (i - 1) / count;
        if (one_shots) return timer_number(i, {{"type", "one_shot"}, {"fire_at", format_timestamp(at)}}, first - 1min);
        return timer_number(i, {{"type", "interval"}, {"seconds", seconds}, {"max_fires", 2}}, at - period);
    });
    System system(*db);
    system.start_flow();
    system.start_timers();
    const auto rounds = one_shots ? 1 : 2;
    auto out = summary(lateness(*db, system, count * rounds, seconds * rounds + 120));
    out["per_second"] = count / seconds;
    out["bare_commit_p50_ms"] = percentile(bare, 0.5);
    out["bare_commit_p99_ms"] = percentile(bare, 0.99);
    report(out);
}

} // namespace
} // namespace attune::bench

int main(int argc, char** argv) {
    using namespace attune::bench;
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto number = [&](std::size_t i) { return std::stoll(words[i]); };
    const auto is = [&](const char* name, std::size_t arguments) {
        return words.size() == arguments + 1 && words[0] == name;
    };
    if (is("prepare", 2)) {
        prepare(words[1], number(2));
    } else if (is("idle", 2)) {
        idle(words[1], number(2));
    } else if (is("change", 1)) {
        change(number(1));
    } else if (is("burst", 1)) {
        burst(number(1));
    } else if (is("spread", 2)) {
        spread(number(1), number(2), false);
    } else if (is("one_shots", 2)) {
        spread(number(1), number(2), true);
    } else {
        std::fprintf(stderr, "usage: see the beginning of timers_bench.cpp\n");
        return 2;
    }
    return 0;
}
