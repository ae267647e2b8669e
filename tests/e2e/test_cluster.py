"""Several servers on one PostgreSQL database, and a database that goes away. Only in the cluster profile."""
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

from support import DATABASE_URL, ROOT, Server, cluster_settings, make_database, postgres, wait_until


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
        self.folder = tempfile.mkdtemp(prefix="attune-pg-")
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(self.stop_database)
        self.url = f"postgresql://attune@/postgres?host={self.folder}"
        self.start_database()
        self.server = Server(settings=worker(self.url, 1))
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()

    def start_database(self):
        self.database = subprocess.Popen([os.path.join(ROOT, "scripts/test_servers.sh"), "postgres", self.folder],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        wait_until(lambda: subprocess.run(["psql", "-XAtqc", "select 1", self.url], capture_output=True, timeout=10,
                                          check=False).returncode == 0, what="the private PostgreSQL")

    def stop_database(self, how=signal.SIGINT):
        if self.database.poll() is None:
            self.database.send_signal(how)
            self.database.wait(30)

    def completed(self):
        return int(postgres("select count(*) from attune.execution where status = 'completed'", self.url))

    def test_the_server_resumes_by_itself(self):
        for number in range(3):
            self.server.make_rule(f"core.steady_{number}")
        wait_until(lambda: self.completed() >= 3, what="executions before")

        # SIGQUIT is PostgreSQL's "immediate": no farewell to anybody, recovery at the next start.
        self.stop_database(signal.SIGQUIT)
        wait_until(lambda: self.server.call("GET", "/health/ready").status == 503, what="readiness turning red")
        self.assertIn("database: ", self.server.call("GET", "/health/ready").json["error"])
        self.assertEqual(self.server.call("GET", "/health/live").status, 200)
        self.assertEqual(self.server.call("GET", "/health/detailed").json["database"], "disconnected")
        self.assertIn("\nattune_database_up 0\n", self.server.call("GET", "/metrics", token=None).text)
        self.start_database()

        wait_until(lambda: self.server.call("GET", "/health/ready").status == 200, what="readiness turning green")
        before = self.completed()
        wait_until(lambda: self.completed() >= before + 6, what="executions after")
        self.assertEqual(duplicates(self.url), "0")
        self.assertIsNone(self.server.process.poll())


if __name__ == "__main__":
    unittest.main()
