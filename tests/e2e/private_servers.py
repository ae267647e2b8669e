"""A PostgreSQL and a RabbitMQ of one test's own, which may be killed, halted and started again."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile

from amqp import Queue
from support import ROOT, postgres, wait_until


class PrivateServer:
    """A server that scripts/test_servers.sh runs in a folder of its own, where its data outlives it."""

    kind: str

    def __init__(self):
        self.folder = None
        self.process = None

    def answers(self):
        raise NotImplementedError

    def launch(self):
        """Starts it, and waits for nothing."""
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix=f"attune-{self.kind}-")
            os.chmod(self.folder, 0o755)
        self.process = subprocess.Popen([os.path.join(ROOT, "scripts/test_servers.sh"), self.kind, self.folder],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def await_start(self):
        wait_until(self.answers, seconds=300, what=f"the private {self.kind}")

    def start(self):
        self.launch()
        self.await_start()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, number):
        """Ends it by that signal, and waits until it has ended."""
        if self.process and self.process.poll() is None:
            self.signal(number)
            self.process.wait(30)

    def remove(self):
        self.stop(signal.SIGKILL)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class PrivateDatabase(PrivateServer):
    kind = "postgres"
    databases = 0

    @property
    def url(self):
        return f"postgresql://attune@/postgres?host={self.folder}"

    def new_url(self):
        """Of a new database on it."""
        self.databases += 1
        postgres(f"create database fleet_{self.databases} template template0", self.url)
        return self.url.replace("/postgres?", f"/fleet_{self.databases}?")

    def answers(self):
        return subprocess.run(["psql", "-XAtqc", "select 1", self.url], capture_output=True, timeout=10,
                              check=False).returncode == 0

    def remove(self):
        # SIGKILL would leave its children behind.
        self.stop(signal.SIGQUIT)
        super().remove()


class PrivateBroker(PrivateServer):
    kind = "rabbit"

    @property
    def url(self):
        with open(os.path.join(self.folder, "url"), encoding="utf-8") as text:
            return text.read().strip()

    def answers(self):
        try:
            with contextlib.closing(Queue(self.url, "probe", "amq.topic", [])):
                return True
        except (OSError, AssertionError, ValueError, TypeError):
            return False

    def kill(self):
        self.stop(signal.SIGKILL)
