"""Processes that wake each other through RabbitMQ, and a RabbitMQ that goes away. Only in the cluster profile."""
import signal
import time
import unittest

from amqp import Queue
from private_servers import PrivateBroker
from support import DATABASE_URL, FINAL, MESSAGE_QUEUE_URL, Server, cluster_settings, make_database, postgres, wait_until

# A process looks for work by itself every 5 s while the message queue is up, and every second while it is not.
SWEEP = 5.0


@unittest.skipUnless(DATABASE_URL and MESSAGE_QUEUE_URL, "needs ATTUNE_E2E_DATABASE_URL, ATTUNE_E2E_MESSAGE_QUEUE_URL")
class SeparateProcesses(unittest.TestCase):
    """The API in one process, what does the work in another."""

    @classmethod
    def setUpClass(cls):
        cls.broker = PrivateBroker()
        cls.addClassCleanup(cls.broker.remove)
        cls.broker.start()
        url, name = make_database()
        cls.addClassCleanup(postgres, f"drop database if exists {name} with (force)")
        shared = {**cluster_settings(url), "ATTUNE__MESSAGE_QUEUE__URL": cls.broker.url + "?heartbeat=2"}
        cls.api = cls.process(shared, "api")
        cls.api.log_in()
        cls.worker = cls.process(shared, "sensor,executor,worker")

    @classmethod
    def process(cls, settings, roles):
        made = Server(settings={**settings}, command=("serve", "--roles", roles))
        if roles != "api":
            made.settings["ATTUNE__SERVER__PUBLIC_URL"] = cls.api.url
        cls.addClassCleanup(made.remove)
        cls.addClassCleanup(made.stop)
        made.launch()
        wait_until(made.is_ready, what=f"readiness (log: {made.log})")
        return made

    def setUp(self):
        self.addCleanup(self.await_state, "connected")
        self.await_state("connected")

    def state(self, server):
        return server.call("GET", "/health/detailed").json["message_queue"]

    def await_state(self, status):
        for server in (self.api, self.worker):
            wait_until(lambda one=server: self.state(one)["status"] == status, seconds=60,
                       what=f"the message queue being {status}")

    def seconds_to_run(self, seconds=30):
        began = time.monotonic()
        self.api.wait_for_status(self.api.execute("core.noop"), FINAL, seconds)
        return time.monotonic() - began

    def expect_work(self):
        for _ in range(3):
            self.assertLess(self.seconds_to_run(), SWEEP + 1)
        self.assertEqual(self.api.call("GET", "/health/ready").status, 200)
        self.assertEqual(self.worker.call("GET", "/health/ready").status, 200)

    def test_work_does_not_wait_for_a_sweep(self):
        times = sorted(self.seconds_to_run() for _ in range(7))

        # By sweeps alone, half of them would take longer than half of an interval.
        self.assertLess(times[3], SWEEP / 4, times)

    def test_work_moves_on_without_the_broker_and_with_it_again(self):
        self.broker.kill()
        self.await_state("disconnected")
        self.expect_work()
        self.assertIn("error", self.state(self.api))

        self.broker.start()
        self.await_state("connected")
        self.expect_work()

    def test_work_moves_on_while_the_broker_hangs(self):
        self.broker.signal(signal.SIGSTOP)
        self.addCleanup(self.broker.signal, signal.SIGCONT)
        self.expect_work()
        self.await_state("disconnected")
        self.expect_work()

        self.broker.signal(signal.SIGCONT)
        self.await_state("connected")
        self.expect_work()

    def test_a_process_ends_in_time_while_the_broker_hangs(self):
        other = self.process(self.worker.settings, "executor")
        wait_until(lambda: self.state(other)["status"] == "connected", what="its connection")
        self.broker.signal(signal.SIGSTOP)
        self.addCleanup(self.broker.signal, signal.SIGCONT)

        began = time.monotonic()
        self.assertEqual(other.stop(), 0)

        self.assertLess(time.monotonic() - began, 12)

    def test_a_sensor_process_hears_of_rules(self):
        queue = Queue(self.broker.url, "sensor.mine.sensor", "attune.events",
                      ["rule.created", "rule.enabled", "rule.disabled", "rule.deleted"])
        self.addCleanup(queue.close)
        rule = self.api.make_rule("core.heard")
        for step in ("disable", "enable"):
            self.assertEqual(self.api.call("POST", f"/api/v1/rules/core.heard/{step}").status, 200)
        self.assertEqual(self.api.call("DELETE", "/api/v1/rules/core.heard").status, 200)

        got = [wait_until(queue.get, what="a message") for _ in range(4)]

        self.assertEqual([key for key, _ in got], ["rule.created", "rule.disabled", "rule.enabled", "rule.deleted"])
        envelope = got[0][1]
        self.assertEqual(envelope["message_type"], "RuleCreated")
        self.assertEqual(envelope["version"], "1.0")
        self.assertEqual(envelope["headers"]["retry_count"], 0)
        self.assertEqual(envelope["payload"]["rule_id"], rule["id"])
        self.assertEqual(envelope["payload"]["trigger_params"], {"unit": "seconds", "interval": 1})
        self.assertIsNone(queue.get())

    def test_nobody_is_told_the_password(self):
        password = "attune-test-password"
        for server in (self.api, self.worker):
            self.assertNotIn(password, server.log_text())
            with open(f"/proc/{server.process.pid}/environ", "rb") as environment:
                self.assertNotIn(password.encode(), environment.read())


if __name__ == "__main__":
    unittest.main()
