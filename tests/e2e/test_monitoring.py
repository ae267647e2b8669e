"""Metrics, health while something is wrong, and `attune doctor`."""
import contextlib
import ctypes
import json
import os
import re
import sqlite3
import subprocess
import time
import unittest

from support import BINARY, DATABASE_URL, PASSWORD, Server, ServerTest, postgres, wait_until

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.e+-]+|\+Inf|NaN)")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def parse(text):
    """The samples of an exposition in the format 0.0.4, as {family: {labels: value}}. Fails on what is not that."""
    assert text.endswith("\n")
    kinds, helped, found, current = {}, set(), {}, None
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert current not in helped, f"{current} appears in two places"
            helped.add(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and kind in ("counter", "gauge", "histogram"), line
            kinds[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match.groups()
            family = re.sub(r"_(bucket|sum|count)$", "", name) if kinds.get(current) == "histogram" else name
            assert family == current, f"{name} stands below {current}"
            assert NUMBER.fullmatch(value), line
            series = found.setdefault(name, {})
            assert labels not in series, f"{line} is doubled"
            series[labels] = float(value)
    for name, kind in kinds.items():
        if kind == "histogram":
            check_histogram(name, found)
    return found


def check_histogram(name, found):
    """The buckets grow, the last one holds all, and their bounds ascend."""
    buckets = list(found[f"{name}_bucket"].items())
    assert buckets[-1][0] == 'le="+Inf"', name
    bounds = [float(label[4:-1]) for label, _ in buckets[:-1]]
    counts = [count for _, count in buckets]
    assert bounds == sorted(bounds) and counts == sorted(counts), name
    assert counts[-1] == found[f"{name}_count"][None], name


class Metrics(ServerTest):
    def metrics(self):
        answer = self.server.call("GET", "/metrics", token=None)
        self.assertEqual(answer.status, 200, answer)
        return parse(answer.text)

    def test_they_show_what_the_flow_did(self):
        self.server.make_rule("core.measured")
        wait_until(lambda: len(self.server.executions("&rule_ref=core.measured&status=completed")) >= 2,
                   what="two executions")

        found = self.metrics()

        self.assertGreaterEqual(found["attune_events_recorded_total"]['source="timer"'], 2)
        self.assertGreaterEqual(found["attune_timer_firings_total"]['reason="normal"'], 2)
        self.assertGreaterEqual(found["attune_executions_finished_total"]['status="completed"'], 2)
        for hop in ("attune_timer_lateness", "attune_event_decision", "attune_execution_claim_delay",
                    "attune_execution_start_delay", "attune_event_to_start", "attune_execution_run",
                    "attune_process_spawn", "attune_database_commit"):
            self.assertGreaterEqual(found[f"{hop}_seconds_count"][None], 2, hop)
            self.assertGreaterEqual(found[f"{hop}_seconds_sum"][None], 0, hop)
        total = found["attune_event_to_start_seconds_sum"][None] / found["attune_event_to_start_seconds_count"][None]
        self.assertLess(total, 5)
        self.assertEqual(found["attune_timers_unarmed"][None], 0)
        self.assertGreaterEqual(found["attune_timers_armed"][None], 1)
        self.assertEqual(found["attune_database_up"][None], 1)
        self.assertEqual(found["attune_worker_registered"][None], 1)
        self.assertEqual(set(found["attune_loop_delay_seconds"]),
                         {'loop="timers"', 'loop="files"', 'loop="flow"', 'loop="http"'})

    def test_they_show_the_process(self):
        found = self.metrics()

        self.assertGreater(found["process_resident_memory_bytes"][None], 1e6)
        self.assertGreater(found["process_cpu_seconds_total"][None], 0)
        self.assertGreater(found["process_open_fds"][None], 5)
        self.assertLess(abs(found["process_start_time_seconds"][None] - time.time()), 300)

    def test_they_name_routes_and_never_what_users_made(self):
        self.server.make_rule("core.name_of_a_user")
        self.server.call("GET", "/api/v1/rules/core.name_of_a_user")
        self.server.call("GET", "/no/such/page")

        text = self.server.call("GET", "/metrics").text

        self.assertIn('{method="GET",route="/api/v1/rules/{ref}",status="2xx"}', text)
        self.assertNotIn("name_of_a_user", text)
        self.assertNotIn("/no/such/page", text)
        self.assertNotIn(PASSWORD, text)

    def test_they_tell_counters_that_only_grow(self):
        before = self.metrics()
        self.server.wait_for_status(self.server.execute("core.echo", {"message": "x"}), {"completed"})
        after = self.metrics()

        self.assertGreater(after["attune_executions_claimed_total"][None], before["attune_executions_claimed_total"][None])
        for name, series in before.items():
            if name.endswith(("_total", "_bucket", "_count")):
                for labels, value in series.items():
                    self.assertGreaterEqual(after[name][labels], value, name)


class MetricsAccess(unittest.TestCase):
    def start(self, **settings):
        server = Server(settings={f"ATTUNE__METRICS__{name.upper()}": value for name, value in settings.items()})
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        return server.start()

    def test_a_login_can_be_asked_for(self):
        server = self.start(login="always")

        self.assertEqual(server.call("GET", "/metrics", token=None).status, 401)
        answer = server.call("GET", "/metrics")
        self.assertEqual(answer.status, 200)
        parse(answer.text)

    def test_they_can_be_switched_off(self):
        self.assertEqual(self.start(enabled="false").call("GET", "/metrics").status, 404)


def threads_named(pid, name):
    """The ids of a process's threads with that name."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            if file.read().strip() == name:
                found.append(int(thread))
    return found


class Frozen:
    """Holds one thread of a child as a debugger does."""

    ATTACH, DETACH = 16, 17  # PTRACE_ATTACH stops the thread alone that it names

    def __init__(self, thread):
        self.thread = thread
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def __enter__(self):
        if self.libc.ptrace(self.ATTACH, self.thread, None, None) != 0:
            raise unittest.SkipTest("threads may not be traced here")
        os.waitpid(self.thread, 0x40000000)  # __WALL
        return self

    def __exit__(self, *_):
        self.libc.ptrace(self.DETACH, self.thread, None, None)


class HungLoop(ServerTest):
    def test_a_loop_that_hangs_makes_the_process_not_live_until_it_goes_on(self):
        (thread,) = threads_named(self.server.process.pid, "attune-flow")
        status = lambda path: self.server.call("GET", path, token=None).status
        with Frozen(thread):
            self.assertEqual(status("/health/live"), 200)
            wait_until(lambda: status("/health/live") == 503, 20, what="the process not being live")
            self.assertIn("the loop flow has not answered", self.server.call("GET", "/health/live").text)
            self.assertEqual(status("/health/ready"), 503)
            self.assertEqual(status("/health"), 200)
        wait_until(lambda: status("/health/live") == 200, 10, what="the process being live again")


class Doctor(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)

    def doctor(self, *arguments, **settings):
        done = subprocess.run([BINARY, "doctor", *arguments], env={**self.server.environment(), **settings},
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        return done

    def findings(self, *arguments, **settings):
        """By part: a list of (mark, text, fix)."""
        done = self.doctor("--json", *arguments, **settings)
        out = {}
        for one in json.loads(done.stdout)["findings"]:
            out.setdefault(one["part"], []).append((one["mark"], one["text"], one.get("fix")))
        return done.returncode, out

    def marks(self, found):
        return {mark for findings in found.values() for mark, _, _ in findings}

    def test_a_server_that_is_well_has_nothing_to_mend(self):
        self.server.start()
        wait_until(lambda: self.server.rows("select name from worker where status = 'active'"), what="a worker")

        code, found = self.findings()

        self.assertEqual(code, 0)
        self.assertNotIn("error", self.marks(found), found)
        self.assertEqual(found["server"][0][0], "ok", found)
        self.assertEqual([mark for mark, _, _ in found["database"]], ["ok"] * len(found["database"]), found)
        self.assertEqual(found["workers"], [("ok", "1 of 1 known are live", None)])
        self.assertEqual(found["timers"][0][0], "ok")

    def test_it_works_while_no_server_runs_and_changes_nothing(self):
        self.server.start()
        self.server.stop()
        before = sorted(os.listdir(self.server.data))

        code, found = self.findings()

        self.assertEqual(code, 0, found)
        self.assertEqual(found["server"][0][0], "warning")
        self.assertIn("attune serve", found["server"][0][2])
        self.assertEqual(self.findings("--strict")[0], 1)
        left = [name for name in sorted(os.listdir(self.server.data)) if not name.endswith(("-wal", "-shm"))]
        self.assertEqual(left, [name for name in before if not name.endswith(("-wal", "-shm"))])
        self.server.start()

    def test_without_any_data_it_says_that_the_first_start_makes_it(self):
        if DATABASE_URL:
            self.skipTest("the database is there")
        code, found = self.findings()

        self.assertEqual(code, 0, found)
        self.assertIn("the first start makes it", found["database"][0][1])
        self.assertFalse(os.path.exists(self.server.data))

    def test_wrong_settings_are_named(self):
        done = self.doctor(ATTUNE__SERVER__PROT="80")

        self.assertEqual(done.returncode, 1)
        self.assertIn("ATTUNE__SERVER__PROT", done.stdout)
        self.assertIn("ATTUNE__SERVER__PORT", done.stdout)

    def test_secrets_that_others_may_read_are_named_with_the_remedy(self):
        self.server.start()
        path = os.path.join(self.server.data, "jwt-secret")
        if not os.path.exists(path):
            self.skipTest("the secret is a setting here")
        os.chmod(path, 0o644)

        done = self.doctor()

        self.assertEqual(done.returncode, 1)
        self.assertIn(f"chmod 600 {path}", done.stdout)
        with open(path, encoding="utf-8") as file:
            self.assertNotIn(file.read().strip(), done.stdout)

    def test_a_database_of_a_newer_version_and_a_broken_timer_are_errors(self):
        self.server.start()
        self.server.make_rule("core.broken")
        self.server.stop()
        self.change("update {}timer set trouble = 'no such zone'")
        code, found = self.findings()
        self.assertEqual(code, 1)
        self.assertIn("core.broken", found["timers"][0][1])
        self.change("insert into {}schema_version (version, name, applied) values (9999, 'later', '2026-01-01')")

        code, found = self.findings()

        self.assertEqual(code, 1)
        self.assertIn("9999", str(found["database"]))
        self.assertNotIn("timers", found)

    def change(self, statement):
        if DATABASE_URL:
            postgres(statement.format("attune."), self.server.settings["ATTUNE__DATABASE__URL"])
            return
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "attune.db"))) as database:
            database.execute(statement.format(""))
            database.commit()

    def test_a_database_that_cannot_be_reached_is_named_without_its_password(self):
        url = "postgresql://attune:hidden-word@127.0.0.1:1/attune"
        done = self.doctor(ATTUNE__DATABASE__URL=url, ATTUNE__SECURITY__JWT_SECRET="x" * 40)

        self.assertEqual(done.returncode, 1)
        self.assertIn("127.0.0.1:1", done.stdout)
        self.assertNotIn("hidden-word", done.stdout)

    def test_files_of_a_pack_that_are_gone_are_named(self):
        self.server.start()
        folder = self.server.rows("select storage_path from pack where ref = 'core'")[0][0]
        os.rename(folder, folder + "-moved")

        code, found = self.findings()

        os.rename(folder + "-moved", folder)
        self.assertEqual(code, 1)
        self.assertIn("core", found["packs"][0][1])


if __name__ == "__main__":
    unittest.main()
