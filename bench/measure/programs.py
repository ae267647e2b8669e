"""The C++ programs of bench/, read."""
import os
import tempfile

from .line import Line, google_benchmark, median, numbers_of

MILLION = 1_000_000
MONTH_SECONDS = 30 * 24 * 3600


def rate():
    """executions of core.null through the whole flow, durable, beside bare writes of the same rows"""
    got = numbers_of("flow_bench", "rate")
    yield Line("rate", "executions/s", median(got["flow_per_s"]), median(got["bare_per_s"]), notes=got)


def rule_changes():
    """executions through 200 rules while others are changed 1000 times a minute, beside the same without changes"""
    got = numbers_of("flow_bench", "changes")
    share = median(changed / still for changed, still in zip(got["changed_per_s"], got["still_per_s"]))
    yield Line("rule_changes", "executions/s", median(got["changed_per_s"]), median(got["still_per_s"]),
               "at least 0.95 of it, round by round", share >= 0.95, notes={"share": share, **got})


def month():
    """30 simulated days of a 10-second timer, beside those days"""
    got = numbers_of("flow_bench", "month")
    whole = got["off_the_grid"] == 0 and got["firings"] == got["executions"] == got["expected"]
    yield Line("month", "s", got["seconds"], MONTH_SECONDS, "each firing ran once, on its grid", whole, got)


def burst():
    """10 000 timers of the same instant until the last is recorded, beside bare inserts of as many events"""
    rounds = [numbers_of("timers_bench", "burst", 10_000) for _ in range(2)]
    took = median(one["batch_ms"] for one in rounds)
    yield Line("burst", "ms", took, median(one["bare_inserts_ms"] for one in rounds), "at most 250 ms", took <= 250,
               notes={"rounds": rounds})


def spread():
    """1000 firings a second of core.null, spread evenly, for 20 s: lateness, beside single durable commits"""
    yield from _lateness("spread", 10_000, 10, {"p50": 2, "p99": 10})


def one_shots():
    """100 000 one-shots over 30 s: lateness, beside single durable commits"""
    yield from _lateness("one_shots", 100_000, 30, {"p99": 100})


def _lateness(what, timers, seconds, most):
    """`most`: {"p99": milliseconds}"""
    rounds = [numbers_of("timers_bench", what, timers, seconds) for _ in range(2)]
    for part in ("p50", "p99"):
        took = median(one[f"{part}_ms"] for one in rounds)
        limit = most.get(part)
        yield Line(f"{what} {part}", "ms", took, median(one[f"bare_commit_{part}_ms"] for one in rounds),
                   f"at most {limit} ms" if limit else "", took <= limit if limit else None,
                   notes={"rounds": rounds} if part == "p50" else {})


def change():
    """adding one timer to a million in memory and taking it out, beside a thousand"""
    rounds = [(numbers_of("timers_bench", "change", 1000), numbers_of("timers_bench", "change", MILLION))
              for _ in range(2)]
    for part in ("add_us", "remove_us"):
        few, many = (median(one[i][part] for one in rounds) for i in (0, 1))
        yield Line(f"change {part[:-3]}", "us", many, few, "at most 10 us", many <= 10)


def million():
    """a million armed timers: memory, time until armed, CPU of idling; beside a thousand"""
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        def idle(count):
            file = os.path.join(folder, f"{count}.db")
            numbers_of("timers_bench", "prepare", file, count)
            return numbers_of("timers_bench", "idle", file, 10)

        few, many = idle(1000), idle(MILLION)
    more = many["resident_mib"] - few["resident_mib"]
    yield Line("million resident", "MiB", many["resident_mib"], few["resident_mib"], "at most 200 MiB more", more <= 200)
    yield Line("million armed", "s", many["armed_after_s"], few["armed_after_s"], "at most 10 s",
               many["armed_after_s"] <= 10)
    yield Line("million idle CPU", "ms/s", many["idle_cpu_ms_per_s"], few["idle_cpu_ms_per_s"])


def spawn():
    """/bin/true by the runner, 16 at once in a process of 500 MB, beside posix_spawn and waitpid"""
    got = google_benchmark("spawn_bench", "/500")
    yield Line("spawn", "programs/s", got["process_runner/500/16/real_time"]["items_per_second"],
               got["bare_posix_spawn/500/real_time"]["items_per_second"])


def schedule():
    """reading a cron expression and finding its next time, beside the aims in nanoseconds"""
    got = google_benchmark("schedule_bench", "cron_minutes|cron_weekdays|parse_cron")
    for name, one in got.items():
        aim = 2000 if name.startswith("parse") else 300
        yield Line(f"schedule {name}", "ns", one["real_time"], aim, f"at most {aim} ns", one["real_time"] <= aim)
