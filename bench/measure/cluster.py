"""The flow over PostgreSQL: a private server that keeps what it commits (fsync), in a temporary folder.

The baseline is pgbench on that server: single rows of one table, each committed alone, by 16 connections.
"""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile

from .line import ROOT, CannotRun, Line, median, numbers_of, run
from .server import wait_until

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


def pgbench_per_second(server, seconds=8):
    """Single-row commits a second by `CONNECTIONS` connections."""
    with server.database() as name, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        server.run(["create table bare (id bigserial primary key, number integer, text text)"], name)
        script.write(INSERT)
        script.flush()
        printed = run([_pgbench(), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds),
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
