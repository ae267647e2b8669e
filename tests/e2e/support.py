"""Starts the real program and talks to it as a client would. Standard library only."""
import contextlib
import http.client
import itertools
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.abspath(os.environ.get("ATTUNE_BINARY") or os.path.join(ROOT, "build/dev/src/app/attune"))
LOGIN = "admin"
PASSWORD = "e2e-password-0123"
# The sanitized programs are several times slower than the others.
PATIENCE = 30.0
# A PostgreSQL server on which each Server gets a database of its own: the cluster profile. Unset: SQLite.
DATABASE_URL = os.environ.get("ATTUNE_E2E_DATABASE_URL")
# A RabbitMQ server that the processes of the cluster profile share. Unset: they do without.
MESSAGE_QUEUE_URL = os.environ.get("ATTUNE_E2E_MESSAGE_QUEUE_URL")
FINAL = {"completed", "failed", "cancelled", "timeout", "abandoned"}


# Below those for outgoing connections (32768 and up); each process of the tests begins elsewhere.
PORTS = itertools.cycle(random.sample(range(20000, 32000), 12000))


def free_port():
    """A port that was free a moment ago, and none that the kernel gives to outgoing connections: in a crowded run it
    gave those away before the server listened."""
    while True:
        port = next(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def postgres(statement, url=None):
    """Runs one statement on the PostgreSQL server of the tests; its output."""
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, url or DATABASE_URL],
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def make_database():
    """A new database on that server; its URL and its name."""
    name = f"attune_e2e_{os.getpid()}_{os.urandom(4).hex()}"
    postgres(f"create database {name} template template0")
    parts = urllib.parse.urlsplit(DATABASE_URL)
    return urllib.parse.urlunsplit(parts._replace(path="/" + name)), name


def wait_until(condition, seconds=PATIENCE, every=0.05, what="the condition"):
    """The first true value of `condition`. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(every)


def is_running(pid):
    """Whether the process lives (a zombie does not)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def pids_with_argument(argument):
    """The processes of this machine that have this text as one of their arguments."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as line:
                if argument.encode() in line.read().split(b"\0"):
                    found.append(int(entry))
        except OSError:
            continue  # it ended meanwhile
    return found


class Answer:
    """Status and body of a response."""

    def __init__(self, status, body):
        self.status = status
        self.text = body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def data(self):
        return self.json["data"]

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


def cluster_settings(url):
    """What every process of a cluster is given."""
    queue = {"ATTUNE__MESSAGE_QUEUE__URL": MESSAGE_QUEUE_URL} if MESSAGE_QUEUE_URL else {}
    return {"ATTUNE__DATABASE__URL": url, "ATTUNE__SECURITY__JWT_SECRET": "e2e-secret-0123456789-0123456789-ab",
            "ATTUNE__SECURITY__ENCRYPTION_KEY": "e2e-key-0123456789-0123456789-0123", **queue}


class Server:
    """One server with a data folder of its own. `stop` or leave the `with` block: it ends that process alone.

    `command` is what the program is told to be: a process without the api role answers health checks alone, on `port`.
    `wrapper` is a command that becomes the server by `exec`: its words stand before the program's.
    """

    def __init__(self, data=None, settings=None, wrapper=(), command=("serve",)):
        self.folder = None if data else tempfile.mkdtemp(prefix="attune-e2e-")
        self.data = data or os.path.join(self.folder, "data")
        self.log = os.path.join(os.path.dirname(self.data), "server.log")
        self.settings = settings or {}
        self.wrapper = list(wrapper)
        self.command = list(command)
        self.database = None
        if DATABASE_URL and "ATTUNE__DATABASE__URL" not in self.settings:
            url, self.database = make_database()
            self.settings = {**cluster_settings(url), **self.settings}
        self.port = free_port()
        self.token = None
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        """Of the server: nothing of ours but the path, and its settings."""
        out = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "TSAN_OPTIONS")
               if name in os.environ}
        out.update({"ATTUNE__DATA_DIR": self.data, "ATTUNE__SERVER__HOST": "127.0.0.1",
                    "ATTUNE__SERVER__PORT": str(self.port), "ATTUNE__HEALTH__PORT": str(self.port),
                    "ATTUNE__BOOTSTRAP__ADMIN_PASSWORD": PASSWORD})
        out.update(self.settings)
        return out

    def launch(self):
        """Starts the process, and waits for nothing."""
        os.makedirs(os.path.dirname(self.data), exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.wrapper, BINARY, *self.command], env=self.environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        return self

    def start(self):
        self.launch()
        wait_until(self.is_ready, what=f"readiness of the server (log: {self.log})")
        self.log_in()
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
        try:
            return self.call("GET", "/health/ready").status == 200
        except OSError:
            return False

    def log_in(self, password=PASSWORD):
        answer = self.call("POST", "/auth/login", {"login": LOGIN, "password": password}, token=None)
        assert answer.status == 200, answer
        self.token = answer.data["access_token"]

    def rows(self, query):
        """What a query finds in the server's database: a list of tuples. Its columns have different names."""
        url = self.settings.get("ATTUNE__DATABASE__URL")
        if url:
            found = postgres(f"set search_path = attune; select coalesce(json_agg(x), '[]') from ({query}) x", url)
            return [tuple(row.values()) for row in json.loads(found)]
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "attune.db"))) as database:
            return database.execute(query).fetchall()

    def log_text(self):
        with open(self.log, "rb") as log:
            return log.read().decode("utf-8", "replace")

    def log_tail(self, size=4000):
        return self.log_text()[-size:]

    def kill(self):
        """As a crash does: SIGKILL."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=45):
        """Asks the process to end; its exit code."""
        if self.process is None or self.process.poll() is not None:
            return None if self.process is None else self.process.returncode
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {seconds} s:\n{self.log_tail()}") from None

    def remove(self):
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.database:
            postgres(f"drop database if exists {self.database} with (force)")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.remove()

    def call(self, method, path, body=None, token="own", raw=None, headers=None):
        """One request. `raw` is sent as it is; `token` "own" is that of the last login, None is none."""
        token = self.token if token == "own" else token
        content = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        request = urllib.request.Request(self.url + path, data=content, method=method)
        if content is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as problem:
            with problem:
                return Answer(problem.code, problem.read())
        except http.client.HTTPException as problem:
            raise ConnectionError(str(problem)) from problem

    def execute(self, action, parameters=None):
        """Starts an execution; its id."""
        answer = self.call("POST", "/api/v1/executions/execute",
                           {"action_ref": action, "parameters": parameters or {}})
        assert answer.status == 201, answer
        return answer.data["id"]

    def execution(self, number):
        answer = self.call("GET", f"/api/v1/executions/{number}")
        assert answer.status == 200, answer
        return answer.data

    def wait_for_status(self, number, statuses, seconds=PATIENCE):
        """The execution, once its status is one of these."""
        return wait_until(lambda: (lambda one: one if one["status"] in statuses else None)(self.execution(number)),
                          seconds, what=f"execution {number} becoming {' or '.join(sorted(statuses))}")

    def executions(self, query=""):
        answer = self.call("GET", f"/api/v1/executions?per_page=100{query}")
        assert answer.status == 200, answer
        return answer.json["items"]

    def make_rule(self, ref, **fields):
        body = {"ref": ref, "pack_ref": "core", "label": ref, "trigger_ref": "core.intervaltimer",
                "action_ref": "core.echo", "trigger_params": {"unit": "seconds", "interval": 1}, **fields}
        answer = self.call("POST", "/api/v1/rules", body)
        assert answer.status == 201, answer
        return answer.data


class ServerTest(unittest.TestCase):
    """One server for all cases of the class."""

    server: Server
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(settings=cls.settings)
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
