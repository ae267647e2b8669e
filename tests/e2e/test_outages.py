"""What the server does when its disk is full, its port or data taken, its database too new; and its backups."""
import contextlib
import os
import sqlite3
import subprocess
import tempfile
import time
import unittest

from support import BINARY, DATABASE_URL, FINAL, Server, postgres, wait_until

EXECUTE = "/api/v1/executions/execute"


def private_mounts():
    """The words that run a command in a mount namespace of its own; None where that is not permitted."""
    for words in (["unshare", "-m"], ["unshare", "-rm"]):
        with tempfile.TemporaryDirectory() as place, contextlib.suppress(OSError):
            if subprocess.run([*words, "mount", "-t", "tmpfs", "tmpfs", place], capture_output=True,
                              check=False).returncode == 0:
                return words
    return None


@unittest.skipIf(DATABASE_URL, "the database is on another disk")
class DiskFull(unittest.TestCase):
    def setUp(self):
        words = private_mounts()
        if words is None:
            self.skipTest("mount namespaces are not permitted here: a small disk cannot be made")
        self.folder = tempfile.mkdtemp(prefix="attune-e2e-")
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        mount = f'mount -t tmpfs -o size=32m tmpfs "{disk}" && exec "$@"'
        self.server = Server(data=os.path.join(disk, "data"), wrapper=[*words, "sh", "-c", mount, "sh"])
        self.server.folder = self.folder
        self.server.log = os.path.join(self.folder, "server.log")
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()
        # Where others see the server's own disk.
        self.filler = f"/proc/{self.server.process.pid}/root{disk}/filler"

    def fill(self):
        block = b"x" * 4096
        file = os.open(self.filler, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            while True:
                os.write(file, block)
        except OSError:
            pass
        finally:
            os.close(file)

    def post(self):
        return self.server.call("POST", EXECUTE, {"action_ref": "core.echo", "parameters": {"message": "x" * 9000}})

    def test_writes_answer_503_until_there_is_room_again_and_nothing_acknowledged_is_lost(self):
        self.server.make_rule("core.on_a_full_disk")
        kept = [self.server.execute("core.echo", {"message": f"before {i}"}) for i in range(5)]
        self.fill()
        answers = []

        def refused():
            answers.append(self.post())
            return answers[-1].status == 503
        wait_until(refused, every=0, what="a refused write")
        until = time.monotonic() + 3
        seen = set()
        while time.monotonic() < until:  # over several tries of every service
            answers.append(self.post())
            seen.add((answers[-1].status, self.server.call("GET", "/health/ready").status,
                      self.server.call("GET", "/health/live").status))
            time.sleep(0.05)
        detail = self.server.call("GET", "/health/detailed")
        metrics = self.server.call("GET", "/metrics", token=None)
        reading = self.server.call("GET", "/api/v1/executions")
        os.truncate(self.filler, 0)
        wait_until(lambda: self.server.call("GET", "/health/ready").status == 200, 10, what="readiness without help")

        self.assertEqual(seen, {(503, 503, 200)})
        self.assertIn("disk is full", detail.text)
        self.assertIn("\nattune_database_up 0\n", metrics.text)
        self.assertEqual(reading.status, 200)
        kept += [one.data["id"] for one in answers if one.status == 201]
        for number in kept:
            self.assertEqual(self.server.wait_for_status(number, FINAL)["status"], "completed")
        before = len(self.server.executions("&rule_ref=core.on_a_full_disk&status=completed"))
        wait_until(lambda: len(self.server.executions("&rule_ref=core.on_a_full_disk&status=completed")) > before,
                   what="a further firing")
        # One line for the outage of each service, not one a second.
        self.assertLess(self.server.log_text().count("disk is full"), 12, self.server.log_tail())


class Refusals(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)

    def failed_start(self, server):
        """The log of a server that is to end by itself."""
        server.launch()
        self.addCleanup(server.stop)
        self.assertEqual(server.process.wait(20), 1)
        return server.log_tail()

    def other(self):
        out = Server(data=os.path.join(self.server.folder, "other", "data"))
        return out

    def test_a_port_that_is_taken_is_named_with_the_setting(self):
        self.server.start()
        second = self.other()
        second.port = self.server.port

        log = self.failed_start(second)

        self.assertIn(f"127.0.0.1:{self.server.port}", log)
        self.assertIn("in use", log)
        self.assertIn("server.port", log)
        self.assertTrue(self.server.is_ready())

    def test_a_database_of_a_newer_version_is_refused_and_left_alone(self):
        self.server.start()
        self.server.stop()
        later = "schema_version (version, name, applied) values (9999, 'later', '2026-01-01')"
        if DATABASE_URL:
            postgres(f"insert into attune.{later}", self.server.settings["ATTUNE__DATABASE__URL"])
        else:
            with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "attune.db"))) as database:
                database.execute(f"insert into {later}")
                database.commit()

        log = self.failed_start(self.server)

        self.assertIn("9999", log)
        self.assertIn("newer", log)

    def test_a_data_folder_that_cannot_be_made_is_named(self):
        with open(os.path.join(self.server.folder, "file"), "wb"):
            pass
        second = Server(data=os.path.join(self.server.folder, "file", "data"))
        second.log = self.server.log

        with self.assertRaises(OSError):
            second.launch()
        second.settings = {"ATTUNE__DATA_DIR": second.data}
        with open(second.log, "ab") as log:
            done = subprocess.run([BINARY, "serve"], env=second.environment(), stdout=log, stderr=log, timeout=20,
                                  check=False)

        self.assertEqual(done.returncode, 1)
        self.assertIn("data_dir", second.log_tail())

    @unittest.skipIf(DATABASE_URL, "there is no file")
    def test_a_database_file_that_is_none_is_refused(self):
        os.makedirs(self.server.data)
        with open(os.path.join(self.server.data, "attune.db"), "wb") as file:
            file.write(b"This is no database at all. " * 200)

        log = self.failed_start(self.server)

        self.assertIn("not a database", log)
        self.assertIn("attune.db", log)


@unittest.skipIf(DATABASE_URL, "PostgreSQL has tools of its own")
class Backup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()

    def backup(self, file):
        return subprocess.run([BINARY, "backup", file], env=self.server.environment(), capture_output=True, text=True,
                              timeout=60, check=False)

    def copy_path(self, name):
        return os.path.join(self.server.folder, name)

    def test_a_copy_made_while_executions_run_serves_as_a_database(self):
        numbers = [self.server.execute("core.echo", {"message": "x" * 2000}) for _ in range(50)]
        folder = self.copy_path("restored")
        os.mkdir(folder)

        done = self.backup(os.path.join(folder, "attune.db"))

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.stat(os.path.join(folder, "attune.db")).st_mode & 0o777, 0o600)
        with contextlib.closing(sqlite3.connect(os.path.join(folder, "attune.db"))) as database:
            self.assertEqual(database.execute("pragma integrity_check").fetchone(), ("ok",))
            kept = {row[0] for row in database.execute("select id from execution")}
        self.assertLessEqual(set(numbers), kept)
        with Server(data=folder) as restored:
            self.assertEqual(restored.execution(numbers[0])["id"], numbers[0])

    def test_a_file_that_exists_is_not_overwritten(self):
        path = self.copy_path("precious")
        with open(path, "w", encoding="utf-8") as file:
            file.write("precious")

        done = self.backup(path)

        self.assertEqual(done.returncode, 5)
        self.assertIn("exists already", done.stderr)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_a_path_that_cannot_be_written_is_named_and_nothing_is_left(self):
        before = set(os.listdir(self.server.folder))

        done = self.backup(self.copy_path("missing/folder/copy.db"))

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("missing/folder", done.stderr)
        self.assertEqual(set(os.listdir(self.server.folder)), before)

    def test_without_a_database_there_is_nothing_to_copy(self):
        environment = {**self.server.environment(), "ATTUNE__DATA_DIR": self.copy_path("nowhere")}

        done = subprocess.run([BINARY, "backup", self.copy_path("copy")], env=environment, capture_output=True,
                              text=True, timeout=60, check=False)

        self.assertEqual(done.returncode, 4)
        self.assertIn("no database", done.stderr)


if __name__ == "__main__":
    unittest.main()
