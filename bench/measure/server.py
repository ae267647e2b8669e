"""The server as users run it: how soon it is there, what it costs to have it, how fast it reacts, how much it runs.

A server of its own on a free port, on a temporary folder; each measurement in turns with its baseline.
"""
import calendar
import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time

from .bare import bare_start_ms, timer_lateness_ms
from .line import ATTUNE, ROOT, CannotRun, Line, median, numbers_of

os.environ["ATTUNE_BINARY"] = ATTUNE
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
from support import FINAL, Server, cluster_settings, wait_until  # noqa: E402

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def start():
    """from the start of `attune serve` on existing data to /health/ready, median of 10; beside /bin/true"""
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        data = os.path.join(folder, "data")
        with Server(data=data):
            pass
        turns = [(_ready_after_ms(data), _true_ms()) for _ in range(10)]
    took = median(turn[0] for turn in turns)
    yield Line("start", "ms", took, median(turn[1] for turn in turns), "at most 150 ms", took <= 150,
               {"each_ms": [round(turn[0], 1) for turn in turns]})


def _ready_after_ms(data):
    server = Server(data=data)
    began = time.monotonic()
    server.launch()
    try:
        while not _is_ready(server):
            if time.monotonic() - began > 30:
                raise CannotRun(f"the server was not ready within 30 s:\n{server.log_tail()}")
            time.sleep(0.001)
        return (time.monotonic() - began) * 1000
    finally:
        server.stop()


def _is_ready(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _true_ms():
    began = time.monotonic()
    subprocess.run(["/bin/true"], check=True)
    return (time.monotonic() - began) * 1000


def idle():
    """a server without rules for 30 s: memory, CPU, wake-ups; beside `sleep`"""
    with Server() as server, subprocess.Popen(["sleep", "600"]) as sleeper:
        try:
            time.sleep(5)  # what start and log-in left to do
            pids = server.process.pid, sleeper.pid
            before = [_usage(pid) for pid in pids]
            moments, seconds = _wakeful_moments(pids[0], 30)
            after = [_usage(pid) for pid in pids]
        finally:
            sleeper.kill()
    cpu, waits = ([(b[i] - a[i]) / seconds for a, b in zip(before, after)] for i in (0, 1))
    memory = [one[2] for one in after]
    yield Line("idle memory", "MB", *memory, "at most 30 MB", memory[0] <= 30)
    yield Line("idle CPU", "ms/s", *cpu)
    yield Line("idle wake-ups", "1/s", moments / seconds, 0, "at most 1 a second", moments / seconds <= 1,
               {"context_switches_per_s": round(waits[0], 2)})


def _wakeful_moments(pid, seconds):
    """How often the process leaves its sleep: 10 ms in which some thread ran, after 10 ms in which none did."""
    moments, was_awake, before = 0, False, _waits(pid)
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        time.sleep(0.01)
        now = _waits(pid)
        is_awake, before = now != before, now
        moments += is_awake and not was_awake
        was_awake = is_awake
    return moments, time.monotonic() - began


def _usage(pid):
    """CPU (ms), voluntary context switches of all threads, resident memory (MB) of a process until now."""
    return sum(_cpu_ms(pid)[:2]), _waits(pid), _status(f"/proc/{pid}/status", "VmRSS") * 1024 / 1e6


def _waits(pid):
    return sum(_status(f"/proc/{pid}/task/{thread}/status", "voluntary_ctxt_switches")
               for thread in os.listdir(f"/proc/{pid}/task"))


def _status(file, name):
    with open(file, encoding="utf-8") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def _cpu_ms(pid):
    """User and system time of the process, and of the children that it waited for."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return [int(field) * TICK_MS for field in fields[11:15]]


def latency():
    """core.local on an idle server: from the accepted request to the command's own clock; beside the bare script

    `date` prints the time at which it runs. From the execution's `created`, read when the request is accepted and
    before anything is stored, that is what the flow takes plus what bash takes to get there. The latter is measured
    alone in each turn: the same script with the same input, by posix_spawn. What is left is the flow's. `started_at`
    is the server's own word for the same: it is written before the process is started.
    """
    command = "date +%s%N"
    through, bare, waited = [], [], []
    with Server() as server:
        for _ in range(50):
            number = server.execute("core.local", {"command": command})
            bare_input = f"command='{command}'\n"
            one = server.wait_for_status(number, FINAL)
            created, began = _epoch_ms(one["created"]), _epoch_ms(one["started_at"])
            through.append(int(one["result"]["stdout"]) / 1e6 - created)
            waited.append(began - created)
            bare.append(bare_start_ms(core_script("local"), bare_input))
    measured, baseline = median(through), median(bare)
    yield Line("latency", "ms", measured, baseline, "at most 5 ms more", measured - baseline <= 5,
               {"more_ms": round(measured - baseline, 2), "created_to_started_at_ms": round(median(waited), 2)})


def _epoch_ms(text):
    """Of a time as the API writes it, in UTC: 2026-01-02T03:04:05.678901Z."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = time.strptime(whole + " +0000", "%Y-%m-%dT%H:%M:%S %z")
    return calendar.timegm(seconds) * 1000 + int((fraction + "000000")[:6]) / 1000


def core_script(name):
    return os.path.join(ROOT, "packs/core/actions", name + ".sh")


def lateness():
    """a rule every second, 30 firings: how late each is; beside a bare timerfd"""
    firings = 30
    bare = []
    with Server() as server:
        beside = threading.Thread(target=lambda: bare.extend(timer_lateness_ms(firings)))
        beside.start()
        server.make_rule("core.bench_lateness", action_ref="core.null", trigger_params={
            "unit": "seconds", "interval": 1, "max_fires": firings})
        beside.join()
        late = wait_until(lambda: _lateness_of(server, firings), what=f"{firings} firings")
    measured, baseline = median(late), median(bare)
    yield Line("lateness", "ms", measured, baseline, "at most 1 ms more", measured - baseline <= 1,
               {"max_ms": max(late), "bare_max_ms": round(max(bare), 3)})


def _lateness_of(server, count):
    events = server.call("GET", "/api/v1/events?per_page=100&trigger_ref=core.intervaltimer").json["items"]
    if len(events) < count:
        return None
    return [server.call("GET", f"/api/v1/events/{one['id']}").data["payload"]["lateness_ms"] for one in events]


def shell():
    """2000 runs of core.noop, 4 at a time, through the whole flow; beside posix_spawn of the same script"""
    count, at_once = 2000, 4
    turns = []
    with tempfile.NamedTemporaryFile("w", suffix=".env") as given:
        given.write("\n")
        given.flush()
        for _ in range(3):
            bare = numbers_of("spawn_loop", count, at_once, given.name, "/bin/bash", core_script("noop"))
            turns.append((_shell_round(count, at_once), bare))
    through, bare = (median(count / turn[i]["seconds"] for turn in turns) for i in (0, 1))
    yield Line("shell", "executions/s", through, bare, "at least 0.60 of it", through / bare >= 0.60,
               {"rounds": [{"flow": flow, "bare": alone} for flow, alone in turns]})


def _shell_round(count, at_once):
    """Records `count` events at once (a backfill of yesterday's times), and waits until each has run."""
    yesterday = time.gmtime(time.time() - 86_400)
    with Server(settings={"ATTUNE__WORKER__MAX_CONCURRENT_TASKS": str(at_once)}) as server:
        rule = server.make_rule("core.bench_shell", action_ref="core.noop", trigger_ref="core.crontimer",
                                trigger_params={"expression": f"* * 0 {yesterday.tm_mday} {yesterday.tm_mon} *"})["ref"]
        before, began = _cpu_ms(server.process.pid), time.monotonic()
        for first in range(0, count, 1000):
            span = {"from": _at(yesterday, first), "to": _at(yesterday, min(first + 1000, count)), "dry_run": False}
            answer = server.call("POST", f"/api/v1/timers/{rule}/backfill", span)
            if answer.status != 200 or answer.data["count"] != min(1000, count - first):
                raise CannotRun(f"the events were not recorded: {answer}")
        wait_until(lambda: _completed(server) >= count, 180, what=f"{count} executions")
        took = time.monotonic() - began
        own_user, own_system, child_user, child_system = (
            (b - a) / 1000 for a, b in zip(before, _cpu_ms(server.process.pid)))
    return {"seconds": round(took, 3), "server_user_cpu_s": own_user, "server_system_cpu_s": own_system,
            "children_cpu_s": child_user + child_system}


def _at(day, second):
    return f"{time.strftime('%Y-%m-%d', day)}T00:{second // 60:02}:{second % 60:02}Z"


def _completed(server):
    return server.call("GET", "/api/v1/executions/stats").data["completed"]
