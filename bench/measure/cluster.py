"""The flow over PostgreSQL: a private server that keeps what it commits (fsync), in a temporary folder.

The baseline is pgbench on that server: single rows of one table, each committed alone, by 16 connections.
"""
import base64
import contextlib
import hmac
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from .bare import bare_start_ms
from .line import ROOT, CannotRun, Line, median, numbers_of, run
from .server import Server, cluster_settings, core_script, wait_until

CONNECTIONS = 16
ROUNDS = 3
# Beside what the test server has: everything durable, and room for a few runs between two checkpoints.
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=4GB")
INSERT = "insert into bare (number, text) values (:client_id, 'the text of a row');\n"


class PostgresServer:
    """A PostgreSQL server that goes with the `with` block."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="attune-bench-pg-")
        os.chmod(self.folder, 0o755)
        self.made = 0

    def __enter__(self):
        options = [word for one in DURABLE for word in ("-c", one)]
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "scripts/test_servers.sh"), "postgres", self.folder, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(self.is_ready, 120, what="the private PostgreSQL")
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(120)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres"):
        return f"postgresql://attune@/{database}?host={self.folder}"

    def is_ready(self):
        if self.process.poll() is not None:
            raise CannotRun(f"PostgreSQL ended with {self.process.returncode}")
        return subprocess.run(["psql", "-XAtqc", "select 1", self.url()], capture_output=True, timeout=30,
                              check=False).returncode == 0

    def run(self, statements, database="postgres", seconds=3600):
        """What the statements print, each in a transaction of its own."""
        words = [word for one in statements for word in ("-c", one)]
        return run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *words, self.url(database)], seconds).strip()

    @contextlib.contextmanager
    def database(self):
        """The name of an empty database."""
        self.made += 1
        name = f"bench_{self.made}"
        self.run([f"create database {name} template template0"])
        try:
            yield name
        finally:
            self.run([f"drop database {name} with (force)"])


def pgbench_per_second(server, connections=CONNECTIONS, seconds=8):
    """Single-row commits a second."""
    with server.database() as name, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        server.run(["create table bare (id bigserial primary key, number integer, text text)"], name)
        script.write(INSERT)
        script.flush()
        printed = run([_pgbench(), "-n", "-M", "prepared", "-c", str(connections), "-j", str(min(connections, 2)), "-T", str(seconds),
                       "-f", script.name, server.url(name)])
    found = re.search(r"^tps = ([0-9.]+)", printed, re.MULTILINE)
    if not found:
        raise CannotRun(f"pgbench printed no rate: {printed}")
    return float(found[1])


def _pgbench():
    found = run(["bash", "-c", "find /usr/lib/postgresql -maxdepth 3 -name pgbench -path '*/bin/*' | sort -V | tail -n 1"])
    if not found.strip():
        raise CannotRun("pgbench is not installed (package postgresql-15)")
    return found.strip()


def pg_rate():
    """executions of core.null through the whole flow on PostgreSQL, durable; beside pgbench committing single rows"""
    turns = []
    with PostgresServer() as server:
        for _ in range(ROUNDS):
            bare = pgbench_per_second(server)
            with server.database() as name:
                numbers_of("cluster_bench", "prepare", server.url(name))
                turns.append((numbers_of("cluster_bench", "rate", server.url(name), 50_000), bare))
    flow, bare = median(turn[0]["per_s"] for turn in turns), median(turn[1] for turn in turns)
    ratio = median(turn[0]["per_s"] / turn[1] for turn in turns)
    yield Line("pg_rate", "executions/s", flow, bare, "at least 0.50 of it", ratio >= 0.50,
               {"rounds": [{"flow": one, "pgbench_per_s": round(alone)} for one, alone in turns]})
    trips = median(turn[0]["round_trips_each"] for turn in turns)
    yield Line("pg_rate round trips", "1/execution", trips, None, "less than 0.1", trips < 0.1)


def pg_scale():
    """a second executor and a second worker process on one database; beside one of each"""
    turns = []
    with PostgresServer() as server:
        for _ in range(ROUNDS):
            turns.append([_processes_per_second(server, count) for count in (1, 2)])
    one, two = (median(turn[i] for turn in turns) for i in (0, 1))
    ratio = median(turn[1] / turn[0] for turn in turns)
    yield Line("pg_scale", "executions/s", two, one, "not less", ratio >= 1,
               {"rounds": [{"one_of_each": round(a), "two_of_each": round(b)} for a, b in turns]})


def _processes_per_second(server, count, events=40_000):
    """From the first decision to the last end, by the rows' own times."""
    with server.database() as name, contextlib.ExitStack() as processes:
        url = server.url(name)
        numbers_of("cluster_bench", "prepare", url)
        for role in ("executor", "worker"):
            for number in range(count):
                settings = {**cluster_settings(url), "ATTUNE__WORKER__NAME": f"bench-{number}"}
                process = Server(settings=settings, command=(role,))
                processes.callback(process.remove)
                processes.callback(process.stop)
                process.launch()
                wait_until(process.is_ready, what=f"readiness of the {role}")
        numbers_of("cluster_bench", "feed", url, events)
        ended = "coalesce((select sum(ended) from attune.execution_tally), 0)"
        wait_until(lambda: int(server.run([f"select {ended}"], name)) >= events, 180, 0.2, f"{events} executions")
        took = server.run(["select extract(epoch from (select max(finished_at) from attune.execution)"
                           " - (select min(decided_at) from attune.event))"], name)
        return events / float(took)


def pg_latency():
    """an event posted to an idle server on PostgreSQL until the command of its rule runs, 50 times; beside the script

    From before the request is sent to the command's own clock, without what bash takes to get there: the same script
    is measured alone in each turn.
    """
    command = "date +%s%N"
    through, bare = [], []
    with PostgresServer() as postgres, postgres.database() as name:
        settings = {**cluster_settings(postgres.url(name)), "ATTUNE__WORKER__NAME": "bench"}
        with Server(settings=settings) as server:
            trigger = {"ref": "core.bench_event", "pack_ref": "core", "label": "Bench", "enabled": True}
            answer = server.call("POST", "/api/v1/triggers", trigger)
            if answer.status != 201:
                raise CannotRun(f"the trigger was not made: {answer}")
            server.make_rule("core.bench_event", trigger_ref="core.bench_event", action_ref="core.local",
                             trigger_params={}, action_params={"command": command})
            token = sensor_token(settings["ATTUNE__SECURITY__JWT_SECRET"])
            for turn in range(50):
                began = time.time_ns()
                answer = server.call("POST", "/api/v1/events", {"trigger_ref": "core.bench_event", "payload": {}},
                                     token=token)
                if answer.status != 201:
                    raise CannotRun(f"the event was not recorded: {answer}")
                ran = wait_until(lambda n=turn: _outputs(server, n + 1), every=0.02, what="the execution")
                through.append((ran - began) / 1e6)
                bare.append(bare_start_ms(core_script("local"), f"command='{command}'\n"))
        commit_ms = 1000 / pgbench_per_second(postgres, connections=1, seconds=3)
    measured, baseline = median(through), median(bare)
    yield Line("pg_latency", "ms", measured, baseline, "at most 10 ms more", measured - baseline <= 10,
               {"more_ms": round(measured - baseline, 2), "slowest_ms": round(max(through), 1),
                "one_commit_ms": round(commit_ms, 2)})


def _outputs(server, count):
    """What the newest execution printed, once that many have completed."""
    done = server.executions("&rule_ref=core.bench_event&status=completed")
    return int(server.execution(done[0]["id"])["result"]["stdout"]) if len(done) == min(count, 100) else None


def sensor_token(secret):
    """A token as the sensor host gives it to a sensor."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(time.time())
    claims = {"sub": "1", "login": "sensor:bench", "iat": now, "exp": now + 3600, "token_type": "sensor",
              "metadata": {"sensor_ref": "core.bench"}}
    text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    return (text + b"." + part(hmac.digest(secret.encode(), text, "sha256"))).decode()
