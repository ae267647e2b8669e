"""Several servers on one PostgreSQL database, and a database that goes away. Only in the cluster profile."""
import os
import signal
import threading
import time
import unittest

from private_servers import PrivateDatabase
from test_pack_upload import GOOD, PACK, archive_of, form
from support import DATABASE_URL, Server, cluster_settings, is_running, make_database, postgres, wait_until


def worker(url, number):
    return {**cluster_settings(url), "ATTUNE__WORKER__NAME": f"worker-{number}", "ATTUNE__WORKER__LEASE": "2s"}


def duplicates(url):
    """Firings that became two events, and enforcements that became two executions."""
    return postgres("select (select count(*) from (select 1 from attune.event where nominal is not null"
                    " group by timer, nominal having count(*) > 1) x)"
                    " + (select count(*) from (select 1 from attune.execution where enforcement is not null"
                    " and original_execution is null group by enforcement having count(*) > 1) y)", url)


@unittest.skipUnless(DATABASE_URL, "needs a PostgreSQL server: ATTUNE_E2E_DATABASE_URL")
class TwoServers(unittest.TestCase):
    def setUp(self):
        self.url, name = make_database()
        self.addCleanup(postgres, f"drop database if exists {name} with (force)")
        self.servers = [Server(settings=worker(self.url, number)) for number in (1, 2)]
        for server in self.servers:
            self.addCleanup(server.remove)
            self.addCleanup(server.stop)
            server.launch()
        for server in self.servers:
            wait_until(server.is_ready, what="readiness of both servers, started together on an empty database")
            server.log_in()

    def completed(self, rule):
        return self.servers[1].executions(f"&rule_ref={rule}&status=completed")

    def test_they_share_the_work_and_do_each_piece_once(self):
        for number in range(5):
            self.servers[0].make_rule(f"core.shared_{number}")

        for number in range(5):
            wait_until(lambda ref=f"core.shared_{number}": len(self.completed(ref)) >= 4, what="four executions")

        self.assertEqual(duplicates(self.url), "0")
        bad = postgres("select count(*) from attune.execution where status not in"
                       " ('requested', 'scheduled', 'running', 'completed')", self.url)
        self.assertEqual(bad, "0")

    def test_the_other_goes_on_when_one_is_killed(self):
        self.servers[0].make_rule("core.survivor")
        wait_until(lambda: self.completed("core.survivor"), what="a first execution")

        self.servers[0].kill()
        before = len(self.completed("core.survivor"))

        wait_until(lambda: len(self.completed("core.survivor")) > before + 2, what="executions by the one that is left")
        wait_until(lambda: postgres("select count(*) from attune.execution where status in ('scheduled', 'running')"
                                    " and updated < now() - interval '8 seconds'", self.url) == "0",
                   what="the recovery of what the killed one held")
        self.assertEqual(duplicates(self.url), "0")


@unittest.skipUnless(DATABASE_URL, "needs a PostgreSQL server: ATTUNE_E2E_DATABASE_URL")
class TwoApis(unittest.TestCase):
    """Two processes that serve the API, and one folder of packs."""

    def setUp(self):
        self.url, name = make_database()
        self.addCleanup(postgres, f"drop database if exists {name} with (force)")
        first = Server(settings=worker(self.url, 1))
        self.packs = os.path.join(first.data, "shared-packs")
        first.settings["ATTUNE__PACKS_DIR"] = self.packs
        second = Server(settings={**worker(self.url, 2), "ATTUNE__PACKS_DIR": self.packs})
        self.servers = [first, second]
        for server in self.servers:
            self.addCleanup(server.remove)
            self.addCleanup(server.stop)
            server.start()
            server.log_in()

    def upload(self, server, version):
        files = dict(GOOD, **{"pack.yaml": PACK.replace(b"1.0.0", version.encode())})
        body, kind = form({"pack": archive_of(files), "force": b"true"})
        return server.call("POST", "/api/v1/packs/upload", raw=body, headers={"Content-Type": kind}).status

    def expect_one_pack(self):
        version = self.servers[0].call("GET", "/api/v1/packs/demo").data["version"]
        with open(os.path.join(self.packs, "demo", "pack.yaml"), encoding="utf-8") as file:
            self.assertIn(f"version: {version}\n", file.read())
        self.assertEqual(sorted(os.listdir(self.packs)), ["core", "demo"])
        self.assertEqual(postgres("select count(*) from attune.pack_lock", self.url), "0")

    def test_they_install_a_pack_one_after_the_other(self):
        for turn in range(6):
            statuses = []
            threads = [threading.Thread(target=lambda server=server, version=version: statuses.append(
                self.upload(server, version)))
                for number, server in enumerate(self.servers) for version in (f"{turn}.{number}.1", f"{turn}.{number}.2")]
            for one in threads:
                one.start()
            for one in threads:
                one.join()

            self.assertEqual(statuses, [201] * 4)
            self.expect_one_pack()

    def test_what_a_killed_one_left_does_not_stay(self):
        self.assertEqual(self.upload(self.servers[0], "1.0.0"), 201)
        # As after a kill between the files and the rows: what stood there before is aside, and the lock is held.
        os.rename(os.path.join(self.packs, "demo"), os.path.join(self.packs, ".demo.old-dead"))
        os.mkdir(os.path.join(self.packs, "demo"))
        postgres("insert into attune.pack_lock (ref, holder, beat, settled, taken)"
                 " values ('demo', 'dead', 1, false, now())", self.url)
        self.servers[1].stop()
        self.servers[1].start()

        wait_until(lambda: postgres("select count(*) from attune.pack_lock", self.url) == "0", seconds=60,
                   what="the end of the lease")

        self.expect_one_pack()
        postgres("insert into attune.pack_lock (ref, holder, beat, settled, taken)"
                 " values ('demo', 'dead', 1, true, now())", self.url)
        begun = time.monotonic()
        self.assertEqual(self.upload(self.servers[1], "2.0.0"), 201)
        self.assertGreater(time.monotonic() - begun, 10)
        self.expect_one_pack()


@unittest.skipUnless(DATABASE_URL, "needs a PostgreSQL server: ATTUNE_E2E_DATABASE_URL")
class SeparateRoles(unittest.TestCase):
    """One process for each role."""

    def setUp(self):
        self.url, name = make_database()
        self.addCleanup(postgres, f"drop database if exists {name} with (force)")
        self.api = self.process("api")
        self.api.settings["ATTUNE__SERVER__PUBLIC_URL"] = self.api.url

    def process(self, *roles, **settings):
        """A process of these roles, not started; the test ends it."""
        made = Server(settings={**worker(self.url, len(roles)), **settings}, command=("serve", "--roles", ",".join(roles)))
        self.addCleanup(made.remove)
        self.addCleanup(made.stop)
        return made

    def start(self, server):
        server.launch()
        wait_until(server.is_ready, what=f"readiness (log: {server.log})")
        return server

    def test_together_they_do_what_one_does(self):
        self.start(self.api)
        self.api.log_in()
        others = [self.start(self.process(role)) for role in ("sensor", "executor", "worker")]

        self.api.make_rule("core.split")

        wait_until(lambda: len(self.api.executions("&rule_ref=core.split&status=completed")) >= 3, what="three executions")
        self.assertEqual(duplicates(self.url), "0")
        sensor = others[0].call("GET", "/health/detailed").json
        self.assertEqual((sensor["status"], sensor["timers_armed"]), ("ok", 1))
        self.assertNotIn("timers_armed", self.api.call("GET", "/health/detailed").json)
        self.assertEqual(others[1].call("GET", "/health/live").status, 200)
        self.assertEqual(others[1].call("GET", "/api/v1/rules").status, 404)
        self.assertEqual([other.stop() for other in others] + [self.api.stop()], [0, 0, 0, 0])

    def start_workers(self, *workers):
        """The API, an executor, and these workers; each a dictionary of settings."""
        self.start(self.api)
        self.api.log_in()
        self.start(self.process("executor"))
        public = {"ATTUNE__SERVER__PUBLIC_URL": self.api.url}
        return [self.start(self.process("worker", **public, **settings)) for settings in workers]

    def make_action(self, ref, script, **fields):
        answer = self.api.call("POST", "/api/v1/actions", {"ref": ref, "pack_ref": "core", "label": ref,
                                                           "entrypoint": script, "runtime_ref": "core.shell", **fields})
        self.assertEqual(answer.status, 201, answer)

    def worker(self, name):
        return self.api.call("GET", f"/api/v1/workers/{name}").data

    def running_on(self, execution, name):
        one = self.api.wait_for_status(execution, {"running"})
        self.assertEqual(one["worker"], self.worker(name)["id"])

    def test_work_goes_where_its_labels_are(self):
        self.start_workers({"ATTUNE__WORKER__NAME": "us", "ATTUNE__WORKER__LABELS": '{"zone": "us"}'},
                           {"ATTUNE__WORKER__NAME": "eu", "ATTUNE__WORKER__LABELS": '{"zone": "eu"}'})
        self.make_action("core.placed", "sleep 60")
        answer = self.api.call("POST", "/api/v1/executions/execute",
                               {"action_ref": "core.placed", "worker_selector": {"zone": "eu"}})
        self.running_on(answer.data["id"], "eu")
        bad = self.api.call("POST", "/api/v1/executions/execute",
                            {"action_ref": "core.placed", "worker_tolerations": [{"key": "a", "operator": "like"}]})
        self.assertEqual(bad.status, 422)
        self.assertIn("worker_tolerations[0].operator", bad.text)
        shell = [one for one in self.worker("eu")["supported_runtimes"] if one["name"] == "shell"]
        self.assertRegex(shell[0]["versions"][0], r"^5\.")

    def test_a_killed_worker_is_replaced_by_another(self):
        first, _ = self.start_workers({"ATTUNE__WORKER__NAME": "first"}, {"ATTUNE__WORKER__NAME": "second"})
        self.make_action("core.retried", "sleep 3")
        self.assertEqual(self.api.call("PUT", "/api/v1/actions/core.retried", {"max_retries": 1}).status, 200)
        self.assertEqual(self.api.call("POST", "/api/v1/workers/second/cordon").status, 200)
        lost = self.api.execute("core.retried")
        self.running_on(lost, "first")

        self.assertEqual(self.api.call("POST", "/api/v1/workers/second/uncordon").status, 200)
        first.kill()

        self.api.wait_for_status(lost, {"abandoned"})
        again = wait_until(lambda: self.api.executions("&action_ref=core.retried&status=completed"), what="the retry")
        self.assertEqual(again[0]["original_execution"], lost)
        self.assertEqual(self.worker("first")["status"], "inactive")

    def test_a_worker_that_stood_still_past_its_lease_ends_what_was_given_up(self):
        (only,) = self.start_workers({"ATTUNE__WORKER__NAME": "only"})
        self.make_action("core.forever", "echo $$ > /tmp/attune-e2e-$ATTUNE_EXEC_ID; exec sleep 600")
        given_up = self.api.execute("core.forever")
        pid_file = f"/tmp/attune-e2e-{given_up}"
        self.addCleanup(lambda: os.path.exists(pid_file) and os.remove(pid_file))
        wait_until(lambda: os.path.exists(pid_file) and os.path.getsize(pid_file), what="the action's process")
        with open(pid_file, encoding="ascii") as file:
            child = int(file.read())

        only.process.send_signal(signal.SIGSTOP)
        try:
            self.api.wait_for_status(given_up, {"abandoned"})
            self.assertTrue(is_running(child))
        finally:
            only.process.send_signal(signal.SIGCONT)

        wait_until(lambda: not is_running(child), what="the end of the process that was given up")
        after = self.api.execute("core.noop")
        self.api.wait_for_status(after, {"completed"})
        self.assertEqual(self.api.execution(given_up)["status"], "abandoned")

    def test_sigterm_drains_and_gives_the_rest_back(self):
        first, _ = self.start_workers({"ATTUNE__WORKER__NAME": "first", "ATTUNE__WORKER__SHUTDOWN_GRACE": "20s"},
                                      {"ATTUNE__WORKER__NAME": "second"})
        self.make_action("core.short", "sleep 3")
        self.api.call("POST", "/api/v1/workers/second/cordon")
        ends = self.api.execute("core.short")
        self.running_on(ends, "first")

        self.assertEqual(first.stop(), 0)

        self.assertEqual(self.api.execution(ends)["status"], "completed")
        self.assertEqual(self.worker("first")["status"], "inactive")

    def test_a_name_that_is_at_work_elsewhere_is_refused(self):
        self.start_workers({"ATTUNE__WORKER__NAME": "taken"})
        other = self.process("worker", ATTUNE__WORKER__NAME="taken")
        other.launch()
        self.assertEqual(other.process.wait(30), 1)
        self.assertIn("worker.name", other.log_text())
        self.assertIn("renews its lease", other.log_text())

    def test_workers_without_a_name_take_those_that_are_free(self):
        unnamed = {"ATTUNE__WORKER__NAME": ""}
        self.start_workers(unnamed, unnamed)
        names = wait_until(lambda: (lambda rows: sorted(row["name"] for row in rows) if len(rows) == 2 else None)(
            self.api.call("GET", "/api/v1/workers?status=active").json["items"]), what="two workers")
        self.assertEqual(names, [os.uname().nodename, os.uname().nodename + "-2"])

    def test_two_processes_of_one_machine_do_not_collide_by_default(self):
        first, second = (self.process("executor", ATTUNE__HEALTH__PORT="0") for _ in range(2))
        for server in (first, second):
            server.launch()
            wait_until(lambda: "attune serves on http://127.0.0.1:" in server.log_text(), what="its address")
            self.assertIn("roles: executor", server.log_text())


@unittest.skipUnless(DATABASE_URL, "needs PostgreSQL")
class DatabaseRestart(unittest.TestCase):
    """With a PostgreSQL server of its own, which is killed under load."""

    def setUp(self):
        self.database = PrivateDatabase()
        self.addCleanup(self.database.remove)
        self.database.start()
        self.url = self.database.url
        self.server = Server(settings=worker(self.url, 1))
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()

    def completed(self):
        return int(postgres("select count(*) from attune.execution where status = 'completed'", self.url))

    def test_the_server_resumes_by_itself(self):
        for number in range(3):
            self.server.make_rule(f"core.steady_{number}")
        wait_until(lambda: self.completed() >= 3, what="executions before")

        # SIGQUIT is PostgreSQL's "immediate": no farewell to anybody, recovery at the next start.
        self.database.stop(signal.SIGQUIT)
        wait_until(lambda: self.server.call("GET", "/health/ready").status == 503, what="readiness turning red")
        self.assertIn("database: ", self.server.call("GET", "/health/ready").json["error"])
        self.assertEqual(self.server.call("GET", "/health/live").status, 200)
        self.assertEqual(self.server.call("GET", "/health/detailed").json["database"], "disconnected")
        self.assertIn("\nattune_database_up 0\n", self.server.call("GET", "/metrics", token=None).text)
        self.database.start()

        wait_until(lambda: self.server.call("GET", "/health/ready").status == 200, what="readiness turning green")
        before = self.completed()
        wait_until(lambda: self.completed() >= before + 6, what="executions after")
        self.assertEqual(duplicates(self.url), "0")
        self.assertIsNone(self.server.process.poll())


if __name__ == "__main__":
    unittest.main()
