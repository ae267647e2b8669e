"""Two processes of each role under a steady load, to which everything is done that happens to machines: nothing
acknowledged is lost, nothing happens twice, and the work goes on.

With ATTUNE_CHAOS_SECONDS=600, random faults for that long as well, from ATTUNE_SEED."""
import collections
import os
import random
import signal
import time
import unittest

from amqp import Proxy
from fleet import LEASE, Fleet, Listener, Load
from private_servers import PrivateBroker, PrivateDatabase
from support import DATABASE_URL, FINAL, MESSAGE_QUEUE_URL, wait_until

# How long RabbitMQ is away, s. A minute shows no more than this does.
BROKER_OUTAGE = float(os.environ.get("ATTUNE_BROKER_OUTAGE") or 10)
CHAOS = float(os.environ.get("ATTUNE_CHAOS_SECONDS") or 0)
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def skewed(seconds):
    """The settings of a process that lives on a machine whose clock is wrong by so much."""
    return {"LD_PRELOAD": FAKETIME, "FAKETIME": f"{seconds:+}", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1"}


DATABASE, BROKER = PrivateDatabase(), PrivateBroker()


def setUpModule():
    if not (DATABASE_URL and MESSAGE_QUEUE_URL):
        raise unittest.SkipTest("needs ATTUNE_E2E_DATABASE_URL, ATTUNE_E2E_MESSAGE_QUEUE_URL")
    for server in (DATABASE, BROKER):
        unittest.addModuleCleanup(server.remove)
        server.launch()
    for server in (DATABASE, BROKER):
        server.await_start()


class FleetTest(unittest.TestCase):
    """A fleet of its own for each test."""

    def muster(self, extra=None, per_role=2, load=True):
        self.fleet = Fleet(DATABASE.new_url(), BROKER.url, per_role, extra)
        self.addCleanup(self.fleet.remove)
        self.fleet.start()
        self.load = Load(self.fleet)
        self.addCleanup(self.load.stop)
        if load:
            self.load.start()
            self.fleet.expect_progress("at first", 20)

    def expect_all_well(self):
        self.load.calm()
        self.assertEqual(self.load.violations(), [])
        print(f"({self.load.counts()}) ", end="", flush=True)

    def expect_news(self, listener):
        """That a client hears of what is done from now on."""
        numbers = {self.fleet.call("POST", "/api/v1/executions/execute", {"action_ref": "core.null"}).data["id"]
                   for _ in range(5)}
        wait_until(lambda: numbers <= set(listener.ended), 10, what="news of what is done")

    def latest_firing(self):
        """How late the latest firing was, s."""
        return float(self.fleet.number("select extract(epoch from max(created - nominal)) from event"))


class Faults(FleetTest):
    def test_any_process_may_be_killed(self):
        self.muster()
        listener = Listener(self.fleet).start()
        self.addCleanup(listener.stop)

        for name, one in list(self.fleet.members.items()):
            one.kill()
            self.fleet.expect_progress(f"without {name}")
            self.fleet.start_again(name)

        self.expect_news(listener)
        self.expect_all_well()
        self.assertEqual(listener.repeated(), [])
        self.assertGreaterEqual(len(listener.connections), 2)
        # A sensor was killed, and so was each other part of what fires.
        self.assertLess(self.latest_firing(), 5)

    def test_a_broker_that_is_killed_stops_nothing(self):
        self.muster()
        BROKER.kill()
        self.addCleanup(self.start_broker)

        listener = Listener(self.fleet).start()
        self.addCleanup(listener.stop)
        until = time.monotonic() + BROKER_OUTAGE
        while time.monotonic() < until:
            self.fleet.expect_progress("without the broker")
            self.expect_news(listener)
            time.sleep(1)
        self.start_broker()
        self.await_broker()

        self.fleet.expect_progress("with the broker again")
        self.expect_news(listener)
        self.expect_all_well()
        self.assertEqual((listener.repeated(), listener.missed, len(listener.connections)), ([], 0, 1))
        self.assertEqual(self.load.refused, 0)
        self.assertLess(self.latest_firing(), 5)

    def start_broker(self):
        if BROKER.process.poll() is not None:
            BROKER.start()

    def await_broker(self):
        for name, one in self.fleet.members.items():
            wait_until(lambda each=one: each.call("GET", "/health/detailed").json["message_queue"]["status"] == "connected",
                       what=f"the connection of {name}")

    def test_a_database_that_is_killed_loses_nothing(self):
        self.muster()

        for how in (signal.SIGQUIT, signal.SIGINT):  # at once, and in order
            DATABASE.stop(how)
            self.addCleanup(self.start_database)
            time.sleep(1)
            self.start_database()
            self.fleet.expect_progress("with the database again", 10)

        self.expect_all_well()
        self.assertGreater(self.load.refused, 0)

    def start_database(self):
        if DATABASE.process.poll() is not None:
            DATABASE.start()

    def test_what_a_worker_was_doing_that_stood_still_is_settled_without_it(self):
        self.muster(load=False)
        for one in ("worker-1", "worker-2"):
            self.fleet[one].stop()
        self.fleet.start_again("worker-1")
        api = self.fleet["api-1"]
        numbers = [api.execute("core.sleep", {"seconds": 2, "message": "too late"}) for _ in range(3)]
        for number in numbers:
            api.wait_for_status(number, {"running"})

        self.fleet["worker-1"].process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.fleet["worker-1"].process.send_signal, signal.SIGCONT)
        self.fleet.start_again("worker-2")
        self.load.start()
        settled = [api.wait_for_status(number, FINAL, LEASE + 10) for number in numbers]
        self.fleet["worker-1"].process.send_signal(signal.SIGCONT)
        wait_until(lambda: self.fleet.number("select count(*) from execution x join worker w on w.id = x.worker"
                                             " where w.name = 'worker-1' and x.status = 'completed'"),
                   what="work by the one that woke")

        self.assertEqual({(one["status"], one["result"]["abandoned_by"]) for one in settled},
                         {("abandoned", "worker_recovery")})
        self.assertEqual([api.execution(number) for number in numbers], settled)
        self.fleet.expect_progress("with both workers")
        self.expect_all_well()
        self.assertEqual([api.execution(number) for number in numbers], settled)

    @unittest.skipUnless(os.path.exists(FAKETIME), "needs the package faketime")
    def test_clocks_may_be_minutes_apart(self):
        ahead, behind = skewed(300), skewed(-300)
        self.muster({"sensor-1": ahead, "sensor-2": behind, "executor-1": behind, "executor-2": ahead,
                     "worker-1": ahead, "worker-2": behind, "api-2": ahead})
        self.expect_skew()

        self.fleet.expect_progress("with clocks apart", 10)
        self.fleet.restart("worker-2")
        self.fleet.expect_progress("after a kill", 10)
        self.fleet.restart("sensor-1")
        self.fleet.expect_progress("after another", 10)

        ahead = float(self.fleet.number("select extract(epoch from max(created) - now()) from event"))
        self.assertAlmostEqual(ahead, 300, delta=10)  # they fire by the clock that is furthest ahead, and in time
        self.expect_all_well()
        self.assertLess(self.latest_firing(), 10)

    def expect_skew(self):
        """That the clocks are what the test says."""
        beats = dict(self.fleet.rows("select name, extract(epoch from last_heartbeat - now()) as ahead from worker"))
        self.assertAlmostEqual(float(beats["worker-1"]), 300, delta=10)
        self.assertAlmostEqual(float(beats["worker-2"]), -300, delta=10)


class TwoSensors(FleetTest):
    """Of each other role there is one."""

    def muster_sensors(self):
        self.proxy = Proxy(BROKER.url)
        self.addCleanup(self.proxy.close)
        self.muster({"sensor-2": {"ATTUNE__MESSAGE_QUEUE__URL": self.proxy.url}})

    def set_period(self, ref, seconds):
        """Changes a timer that fires each second; when that was answered, by the clock of the database."""
        self.fleet.call("PUT", f"/api/v1/rules/{ref}", {"trigger_params": {"unit": "seconds", "interval": seconds}})
        return self.fleet.number("select clock_timestamp()::text")

    def fired_since(self, ref, moment, period):
        return self.fleet.number(f"select count(*) from event where rule_ref = '{ref}' and created > '{moment}'"
                                 f" and payload ->> 'interval_seconds' = '{period}'")

    def test_a_schedule_that_changed_is_obeyed_by_one_that_hears_of_nothing(self):
        self.muster_sensors()
        self.proxy.deaf = True
        api = self.fleet["api-1"]

        changed = {ref: self.set_period(ref, 3600) for ref in ("core.steady_0", "core.steady_1")}
        self.fleet["sensor-1"].kill()  # the one that hears: what is left knows the old schedule alone
        alone = self.set_period("core.steady_2", 3600)
        api.make_rule("core.new_to_the_deaf", action_ref="core.null")
        wait_until(lambda: self.fleet.number("select count(*) from event where rule_ref = 'core.new_to_the_deaf'") > 2,
                   what="firings of a timer that nobody told of")

        self.assertGreater(self.proxy.dropped, 0)
        for ref, moment in {**changed, "core.steady_2": alone}.items():
            self.assertEqual(self.fired_since(ref, moment, 1), 0, f"{ref} fired by a schedule that was replaced")
        late = self.fleet.number("select extract(epoch from min(created) - min(nominal)) from event"
                                 " where rule_ref = 'core.new_to_the_deaf'")
        self.assertLess(float(late), 7)  # a sweep, and a slow machine
        self.fleet.start_again("sensor-1")
        self.proxy.deaf = False
        self.expect_all_well()


@unittest.skipUnless(CHAOS, "by hand: ATTUNE_CHAOS_SECONDS=600")
class AnyFaults(FleetTest):
    """One fault after another, and several at once, as the seed says."""

    def kill_one(self):
        name = self.dice.choice(list(self.fleet.members))
        self.fleet[name].kill()
        time.sleep(self.dice.choice((0, 1, LEASE * 2)))
        self.fleet[name].launch()

    def halt_one(self):
        name = self.dice.choice(list(self.fleet.members))
        self.halt(self.fleet[name].process, self.dice.uniform(0.2, LEASE * 3))

    def halt_broker(self):
        self.halt(BROKER.process, self.dice.uniform(1, 10))

    @staticmethod
    def halt(process, seconds):
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def restart_broker(self):
        BROKER.kill()
        time.sleep(self.dice.uniform(0, 10))
        BROKER.launch()
        if self.dice.random() < 0.5:
            BROKER.await_start()

    def restart_database(self):
        DATABASE.stop(self.dice.choice((signal.SIGQUIT, signal.SIGINT)))
        time.sleep(self.dice.uniform(0, 5))
        DATABASE.start()

    def test_any_faults_in_any_order(self):
        seed = int(os.environ.get("ATTUNE_SEED") or random.randrange(2**32))
        print(f"(ATTUNE_SEED={seed}) ", end="", flush=True)
        self.dice = random.Random(seed)
        self.muster()
        faults = [self.kill_one] * 6 + [self.halt_one] * 3 + [self.restart_database, self.restart_broker, self.halt_broker]
        done = collections.Counter()
        until = time.monotonic() + CHAOS
        while time.monotonic() < until:
            fault = self.dice.choice(faults)
            fault()
            done[fault.__name__] += 1
            self.fleet.start_the_refused()
            if self.dice.random() < 0.5:
                time.sleep(self.dice.uniform(0, 2))
        for server in (DATABASE, BROKER):
            server.await_start()
        self.fleet.start_the_refused()
        for one in self.fleet.members.values():
            wait_until(one.is_ready, what=f"readiness in the end (log: {one.log})")

        print(f"({dict(done)}; again at work after {self.fleet.expect_progress('in the end', 20):.1f} s) ", end="")
        self.expect_all_well()


if __name__ == "__main__":
    unittest.main()
