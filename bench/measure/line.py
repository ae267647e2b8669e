"""One number beside its baseline, and where programs are found."""
import dataclasses
import json
import os
import statistics
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build/bench")
ATTUNE = os.path.join(BUILD, "src/app/attune")


@dataclasses.dataclass
class Line:
    """A row of the table. `reached` is None where no target is set; `notes` go to the JSON and below the table."""
    name: str
    unit: str
    measured: float
    baseline: float | None
    target: str = ""
    reached: bool | None = None
    notes: dict = dataclasses.field(default_factory=dict)

    @property
    def ratio(self):
        return self.measured / self.baseline if self.baseline else None


class CannotRun(Exception):
    """A benchmark could not run; the text says why."""


def run(command, seconds=900, cwd=None):
    """What the command prints. Raises CannotRun when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, cwd=cwd)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CannotRun(str(problem)) from problem
    if done.returncode != 0:
        raise CannotRun(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def numbers_of(program, *arguments):
    """The JSON object on the last line of what a program of bench/ prints."""
    return json.loads(run([os.path.join(BUILD, "bench", program), *map(str, arguments)]).splitlines()[-1])


def google_benchmark(program, only):
    """{name: results} of the benchmarks whose names match; the median of three."""
    text = run([os.path.join(BUILD, "bench", program), f"--benchmark_filter={only}", "--benchmark_format=json",
                "--benchmark_repetitions=3", "--benchmark_enable_random_interleaving=true"])
    return {one["run_name"]: one for one in json.loads(text)["benchmarks"] if one.get("aggregate_name") == "median"}


median = statistics.median
