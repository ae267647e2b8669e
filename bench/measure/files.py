"""Files that a rule watches: how soon a change is an event, and what it costs when nothing happens."""
import os
import sqlite3
import tempfile
import time

from .line import Line, median
from .server import Server, _usage, wait_until

FOLDERS, FILES = 100, 100
SETTLE_MS = 100


def files():
    """a change of one of 10,000 watched files to its committed event, after the settle time; beside a bare commit

    200 changes, one after another. An event counts from the moment at which another connection sees it; the bare
    commit is one row in a SQLite file of its own, written and synced in turns with them. The CPU of 30 idle seconds is
    that of the same server before there is a rule.
    """
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder, Server() as server:
        watched = os.path.join(folder, "in")
        make_files(watched)
        time.sleep(5)
        without = idle_cpu(server.process.pid)
        server.make_rule("core.files", trigger_ref="core.file_changed", action_ref="core.null",
                         trigger_params={"path": watched, "recursive": True, "catch_up": True,
                                         "settle": f"{SETTLE_MS}ms"})
        wait_until(lambda: server.rows("select id from file_seat where settled = true"), what="the watch")
        time.sleep(5)
        watching = idle_cpu(server.process.pid)
        delays, bare = [], []
        with sqlite3.connect(os.path.join(folder, "bare.db"), isolation_level=None) as database:
            database.executescript("pragma journal_mode=wal; pragma synchronous=full; create table t (x)")
            for turn in range(200):
                delays.append(delay_of(server, os.path.join(watched, str(turn % FOLDERS), str(turn % FILES)), turn + 1))
                began = time.monotonic()
                database.execute("insert into t values (1)")
                bare.append((time.monotonic() - began) * 1000)
    worst = percentile(delays, 99)
    yield Line("files, change to event", "ms", worst, percentile(bare, 99), "99 % within 50 ms", worst <= 50,
               {"median_ms": round(median(delays), 2), "max_ms": round(max(delays), 2)})
    yield Line("files, idle CPU", "ms/s", watching, without, "as without", watching <= without + 0.5)


def make_files(folder):
    for number in range(FOLDERS):
        os.makedirs(os.path.join(folder, str(number)))
        for name in range(FILES):
            with open(os.path.join(folder, str(number), str(name)), "w", encoding="utf-8") as file:
                file.write("x")


def idle_cpu(pid, seconds=30):
    before = _usage(pid)[0]
    time.sleep(seconds)
    return (_usage(pid)[0] - before) / seconds


def delay_of(server, path, count):
    """Milliseconds from the end of the settle time until so many events can be read."""
    with open(path, "a", encoding="utf-8") as file:
        file.write("more")
    due = os.stat(path).st_mtime_ns / 1e6 + SETTLE_MS
    with sqlite3.connect(os.path.join(server.data, "attune.db")) as database:
        while database.execute("select count(*) from event where rule_ref = 'core.files'").fetchone()[0] < count:
            time.sleep(0.0005)
    return time.time_ns() / 1e6 - due


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
