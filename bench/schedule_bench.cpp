// How long it takes to read a schedule and to find its next time. Aims: cron next under 300 ns, cron parse under 2 us.
#include "logic/schedule/decide.hpp"

#include <benchmark/benchmark.h>

namespace attune::logic::schedule {
namespace {

const Timestamp kStart = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

json::object cron_config(const char* expression, const char* zone) {
    return {{"type", "cron"}, {"expression", expression}, {"timezone", zone}};
}

/// Walks along a series, so that every part of a year has its share.
void walk(benchmark::State& state, const json::object& config) {
    const auto schedule = *Schedule::compile(config);
    auto at = kStart;
    for (auto _ : state) {
        const auto next = schedule.next(at, kStart);
        at = next ? *next : kStart;
        benchmark::DoNotOptimize(at);
    }
}

void parse_cron(benchmark::State& state, const char* expression) {
    for (auto _ : state) benchmark::DoNotOptimize(CronSpec::parse(expression));
}

void compile_config(benchmark::State& state) {
    const auto config = cron_config("30 2 * * MON-FRI", "America/New_York");
    for (auto _ : state) benchmark::DoNotOptimize(Schedule::compile(config));
}

json::object rrule_config(const char* rule) {
    return {{"type", "rrule"}, {"rule", rule}, {"dtstart", "1997-09-02T09:00:00"}, {"timezone", "America/New_York"}};
}

void decide_a_year(benchmark::State& state) {
    const auto schedule = *Schedule::compile(cron_config("* * * * * *", "UTC"));
    const TimerState timer{kStart, kStart, 0, 1};
    for (auto _ : state) benchmark::DoNotOptimize(decide(schedule, timer, kStart + 24h * 365));
}

BENCHMARK_CAPTURE(parse_cron, simple, "*/5 * * * *");
BENCHMARK_CAPTURE(parse_cron, rich, "0 15,45 8-18/2 1-7,L JAN-JUN +MON#1,FRI 2026-2040");
BENCHMARK(compile_config);
BENCHMARK_CAPTURE(walk, cron_minutes_utc, cron_config("*/5 * * * *", "UTC"));
BENCHMARK_CAPTURE(walk, cron_minutes_new_york, cron_config("*/5 * * * *", "America/New_York"));
BENCHMARK_CAPTURE(walk, cron_weekdays_new_york, cron_config("30 2 * * MON-FRI", "America/New_York"));
BENCHMARK_CAPTURE(walk, cron_leap_day_new_york, cron_config("0 0 29 2 *", "America/New_York"));
BENCHMARK_CAPTURE(walk, cron_never, cron_config("0 0 31 2 *", "UTC"));
BENCHMARK_CAPTURE(walk, rrule_daily, rrule_config("FREQ=DAILY"));
BENCHMARK_CAPTURE(walk, rrule_monthly, rrule_config("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"));
BENCHMARK_CAPTURE(walk, rrule_yearly, rrule_config("FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU"));
BENCHMARK_CAPTURE(walk, rrule_secondly, rrule_config("FREQ=SECONDLY;INTERVAL=7"));
BENCHMARK(decide_a_year);

} // namespace
} // namespace attune::logic::schedule

BENCHMARK_MAIN();
