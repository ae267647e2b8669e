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


def month():
    """30 simulated days of a 10-second timer, beside those days"""
    got = numbers_of("flow_bench", "month")
    whole = got["off_the_grid"] == 0 and got["firings"] == got["executions"] == got["expected"]
    yield Line("month", "s", got["seconds"], MONTH_SECONDS, "each firing ran once, on its grid", whole, got)


def burst():
    """10 000 timers of the same instant until the last is recorded, beside bare inserts of as many events"""
    rounds = [numbers_of("timers_bench", "burst", 10_000) for _ in range(2)]
    yield Line("burst", "ms", median(one["batch_ms"] for one in rounds),
               median(one["bare_inserts_ms"] for one in rounds), notes={"rounds": rounds})


def spread():
    """10 000 timers spread over 20 s, twice: lateness, beside single durable commits"""
    yield from _lateness("spread")


def one_shots():
    """10 000 one-shots over 20 s: lateness, beside single durable commits"""
    yield from _lateness("one_shots")


def _lateness(what):
    rounds = [numbers_of("timers_bench", what, 10_000, 20) for _ in range(2)]
    for part in ("p50", "p99"):
        yield Line(f"{what} {part}", "ms", median(one[f"{part}_ms"] for one in rounds),
                   median(one[f"bare_commit_{part}_ms"] for one in rounds),
                   notes={"rounds": rounds} if part == "p50" else {})


def change():
    """adding one timer to a million in memory and taking it out, beside a thousand"""
    rounds = [(numbers_of("timers_bench", "change", 1000), numbers_of("timers_bench", "change", MILLION))
              for _ in range(2)]
    for part in ("add_us", "remove_us"):
        few, many = (median(one[i][part] for one in rounds) for i in (0, 1))
        yield Line(f"change {part[:-3]}", "us", many, few)


def million():
    """a million armed timers: memory, time until armed, CPU of idling; beside a thousand"""
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        def idle(count):
            file = os.path.join(folder, f"{count}.db")
            numbers_of("timers_bench", "prepare", file, count)
            return numbers_of("timers_bench", "idle", file, 10)

        few, many = idle(1000), idle(MILLION)
    for part, unit in (("resident_mib", "MiB"), ("armed_after_s", "s"), ("idle_cpu_ms_per_s", "ms/s")):
        yield Line(f"million {part.rsplit('_', 1)[0]}", unit, many[part], few[part])


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
