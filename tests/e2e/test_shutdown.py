"""SIGTERM: what runs may finish within the grace, the rest is handed back; a second one skips the grace."""
import json
import os
import signal
import time
import unittest
from datetime import datetime, timezone

from support import FINAL, Server, is_running, pids_with_argument, wait_until


class Shutdown(unittest.TestCase):
    def start(self, **settings):
        self.server = Server(settings=settings)
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()
        return self.server

    def run_command(self, command):
        """Runs it with a mark of ours as an argument; the execution and its processes, once they are there."""
        mark = f"e2e-stop-{os.getpid()}-{time.monotonic_ns()}"
        number = self.server.execute("core.local", {"command": f"bash -c '{command}' {mark}"})
        self.server.wait_for_status(number, {"running"})
        return number, wait_until(lambda: pids_with_argument(mark), what="the process of the execution")

    def stored(self, number):
        """Status and result of an execution, as the database holds them while no server runs."""
        (status, result), = self.server.rows(f"select status, result from execution where id = {number}")
        return status, json.loads(result) if isinstance(result, str) else result

    def ready_status(self):
        try:
            return self.server.call("GET", "/health/ready").status
        except OSError:
            return 0

    def test_what_runs_finishes_while_timers_stand_still_and_readiness_says_no(self):
        server = self.start()
        server.make_rule("core.until_the_stop")
        wait_until(lambda: server.executions("&rule_ref=core.until_the_stop"), what="a firing")
        number, _ = self.run_command("sleep 2.5; echo all the way")

        server.process.terminate()
        wait_until(lambda: self.ready_status() == 503, 2, what="readiness saying no")
        asked = time.time()
        alive = server.call("GET", "/health/live").status
        code = server.process.wait(20)

        self.assertEqual(alive, 200)
        self.assertEqual(code, 0)
        status, result = self.stored(number)
        self.assertEqual((status, result["stdout"]), ("completed", "all the way\n"))
        stamp = datetime.fromtimestamp(asked + 0.5, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.assertEqual(self.server.rows(f"select count(*) from event where created > '{stamp}'"), [(0,)])

    def test_what_outlives_the_grace_is_ended_and_says_why(self):
        server = self.start(ATTUNE__WORKER__SHUTDOWN_GRACE="500ms")
        number, pids = self.run_command("sleep 600; :")

        code = server.stop(15)

        self.assertEqual(code, 0)
        self.assertFalse(any(map(is_running, pids)))
        status, result = self.stored(number)
        self.assertEqual((status, result["abandoned_by"]), ("abandoned", "worker_shutdown"))

    def test_what_waits_is_run_by_the_next_life(self):
        server = self.start(ATTUNE__WORKER__MAX_CONCURRENT_TASKS="1")
        self.run_command("sleep 1; :")
        waiting = [server.execute("core.echo", {"message": f"later {i}"}) for i in range(3)]

        self.assertEqual(server.stop(), 0)
        self.assertEqual(set(server.rows("select status, worker from execution where id in "
                                         f"({','.join(map(str, waiting))})")), {("scheduled", None)})
        server.start()

        for i, number in enumerate(waiting):
            self.assertEqual(server.wait_for_status(number, FINAL)["result"]["stdout"], f"later {i}")

    def test_a_second_signal_skips_the_grace(self):
        server = self.start(ATTUNE__WORKER__SHUTDOWN_GRACE="10m")
        number, pids = self.run_command("sleep 600; :")
        server.process.terminate()
        wait_until(lambda: self.ready_status() == 503, 2, what="readiness saying no")

        server.process.send_signal(signal.SIGINT)
        code = server.process.wait(10)

        self.assertEqual(code, 0)
        self.assertFalse(any(map(is_running, pids)))
        self.assertEqual(self.stored(number)[0], "abandoned")

    def test_a_third_signal_ends_the_server_at_once(self):
        server = self.start(ATTUNE__WORKER__SHUTDOWN_GRACE="10m")
        self.run_command("trap : TERM; while :; do sleep 600; done")
        server.process.terminate()
        wait_until(lambda: self.ready_status() == 503, 2, what="readiness saying no")
        server.process.terminate()
        wait_until(lambda: "a second signal" in server.log_text(), 2, what="the second signal being heard")

        server.process.terminate()

        self.assertEqual(server.process.wait(2), 130)


if __name__ == "__main__":
    unittest.main()
