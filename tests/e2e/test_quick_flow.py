"""The main journeys: a timer's rule runs an action, an action is run and cancelled by hand, bad input is refused."""
import os
import subprocess
import time
import unittest

from support import BINARY, DATABASE_URL, FINAL, Server, ServerTest, is_running, pids_with_argument, wait_until


class Flow(ServerTest):
    def test_a_timer_rule_runs_its_action_with_the_rendered_message(self):
        rule = "core.every_second"
        self.server.make_rule(rule, action_params={"message": "tick {{ event.payload.execution_count }}"})
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/rules/{rule}")

        done = wait_until(lambda: self.server.executions(f"&rule_ref={rule}&status=completed"),
                          what="a completed execution of the rule")

        result = self.server.execution(done[-1]["id"])["result"]
        self.assertEqual(result["stdout"].strip(), "tick 1")
        self.assertEqual(result["exit_code"], 0)

    def test_each_firing_runs_the_action_once(self):
        rule = "core.once_each"
        self.server.make_rule(rule)
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/rules/{rule}")
        wait_until(lambda: len(self.server.executions(f"&rule_ref={rule}&status=completed")) >= 3,
                   what="three completed executions")
        self.server.call("POST", f"/api/v1/rules/{rule}/disable")

        enforcements = [one["enforcement"] for one in self.server.executions(f"&rule_ref={rule}")]

        self.assertEqual(len(enforcements), len(set(enforcements)))

    def test_a_disabled_rule_fires_no_more(self):
        rule = "core.soon_disabled"
        self.server.make_rule(rule)
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/rules/{rule}")
        wait_until(lambda: self.server.executions(f"&rule_ref={rule}"), what="a first execution")

        self.assertEqual(self.server.call("POST", f"/api/v1/rules/{rule}/disable").status, 200)
        before = len(self.server.executions(f"&rule_ref={rule}"))
        time.sleep(2.2)  # two intervals in which nothing is to happen

        self.assertEqual(len(self.server.executions(f"&rule_ref={rule}")), before)

    def test_a_timer_follows_its_calendar_at_once(self):
        rule, calendar = "core.at_work", "core.open_days"
        never = {"mode": "include", "dates": ["2001-01-01"]}
        always = {"mode": "include", "weekly": [{}]}
        made = self.server.call("POST", "/api/v1/calendars",
                                {"ref": calendar, "pack_ref": "core", "label": "Open", "definition": never})
        self.assertEqual(made.status, 201)
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/calendars/{calendar}")
        self.server.make_rule(rule, trigger_params={"unit": "seconds", "interval": 1, "calendars": [calendar]})
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/rules/{rule}")
        time.sleep(2.2)  # two intervals in which nothing is to happen
        self.assertEqual(self.server.executions(f"&rule_ref={rule}"), [])

        changed = self.server.call("PUT", f"/api/v1/calendars/{calendar}", {"definition": always})

        self.assertEqual(changed.status, 200)
        wait_until(lambda: self.server.executions(f"&rule_ref={rule}"), what="an execution on an open day")
        self.assertEqual(self.server.call("DELETE", f"/api/v1/calendars/{calendar}").status, 409)

    def test_an_action_runs_on_request(self):
        number = self.server.execute("core.echo", {"message": "by hand"})

        execution = self.server.wait_for_status(number, FINAL)

        self.assertEqual(execution["status"], "completed")
        self.assertEqual(execution["result"]["stdout"], "by hand")

    def test_a_message_is_data_and_never_code(self):
        message = "$(touch /tmp/never) `id` ; 'quotes' \"and\" \\ ünï\nnext line"
        number = self.server.execute("core.echo", {"message": message})

        execution = self.server.wait_for_status(number, FINAL)

        self.assertEqual(execution["result"]["stdout"], message)

    def test_a_failing_command_ends_as_failed_with_its_exit_code(self):
        number = self.server.execute("core.local", {"command": "echo before; exit 3"})

        execution = self.server.wait_for_status(number, FINAL)

        self.assertEqual(execution["status"], "failed")
        self.assertEqual(execution["result"]["exit_code"], 3)

    def test_cancelling_ends_the_process(self):
        mark = f"e2e-cancel-{os.getpid()}"
        number = self.server.execute("core.local", {"command": f"bash -c 'sleep 600; :' {mark}"})
        pids = wait_until(lambda: pids_with_argument(mark), what="the process of the execution")

        answer = self.server.call("POST", f"/api/v1/executions/{number}/cancel")

        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.server.wait_for_status(number, FINAL)["status"], "cancelled")
        wait_until(lambda: not any(map(is_running, pids)), 7, what="the end of the process")

    def test_cancelling_core_sleep_does_not_wait_for_its_end(self):
        number = self.server.execute("core.sleep", {"seconds": 600})
        self.server.wait_for_status(number, {"running"})
        self.server.call("POST", f"/api/v1/executions/{number}/cancel")

        self.assertEqual(self.server.wait_for_status(number, FINAL, 8)["status"], "cancelled")

    def test_an_execution_that_ended_cannot_be_cancelled(self):
        number = self.server.execute("core.noop")
        self.server.wait_for_status(number, FINAL)

        self.assertEqual(self.server.call("POST", f"/api/v1/executions/{number}/cancel").status, 409)


def rule(**fields):
    return {"ref": "core.bad", "pack_ref": "core", "label": "bad", "trigger_ref": "core.intervaltimer",
            "action_ref": "core.echo", "trigger_params": {"unit": "seconds", "interval": 60}, **fields}


def cron(expression, **fields):
    return rule(trigger_ref="core.crontimer", trigger_params={"expression": expression, **fields})


RULES = "/api/v1/rules"
EXECUTE = "/api/v1/executions/execute"
# what it is, method, path, body (bytes are sent as they are), the status that answers it
BAD_INPUTS = [
    ("malformed JSON", "POST", RULES, b"{", 400),
    ("an empty body", "POST", RULES, b"", 400),
    ("not UTF-8", "POST", RULES, b'{"ref": "\xff"}', 400),
    ("very deep JSON", "POST", RULES, b"[" * 100000, 400),
    ("a list for an object", "POST", RULES, [], 422),
    ("a number for a ref", "POST", RULES, rule(ref=7), 422),
    ("a text for a boolean", "POST", RULES, rule(enabled="yes"), 422),
    ("a schedule in two forms", "POST", "/api/v1/schedules/preview",
     {"config": {"type": "cron"}, "trigger_ref": "core.crontimer"}, 422),
    ("a schedule that cannot be read", "POST", "/api/v1/schedules/preview",
     {"config": {"type": "cron", "expression": "whenever"}}, 422),
    ("a list for the parameters", "POST", RULES, rule(trigger_params=[1]), 422),
    ("a missing member", "POST", RULES, {"ref": "core.bad"}, 422),
    ("an unknown trigger", "POST", RULES, rule(trigger_ref="core.nothing"), 404),
    ("an unknown action", "POST", RULES, rule(action_ref="core.nothing"), 404),
    ("an unknown pack", "POST", RULES, rule(ref="nothing.bad", pack_ref="nothing"), 404),
    ("an interval of zero", "POST", RULES, rule(trigger_params={"unit": "seconds", "interval": 0}), 422),
    ("a negative interval", "POST", RULES, rule(trigger_params={"unit": "seconds", "interval": -1}), 422),
    ("an unknown unit", "POST", RULES, rule(trigger_params={"unit": "eons", "interval": 1}), 422),
    ("a text for a cron expression", "POST", RULES, cron("whenever"), 422),
    ("a minute that does not exist", "POST", RULES, cron("0 61 * * * *"), 422),
    ("a range that runs backwards", "POST", RULES, cron("0 0 22-4 * * *"), 422),
    ("an unknown zone", "POST", RULES, cron("0 0 * * * *", timezone="Nowhere/Else"), 422),
    ("an unknown action to run", "POST", EXECUTE, {"action_ref": "core.nothing"}, 404),
    ("a list for parameters", "POST", EXECUTE, {"action_ref": "core.echo", "parameters": [1]}, 422),
    ("a number for a message", "POST", EXECUTE, {"action_ref": "core.echo", "parameters": {"message": 5}}, 422),
    ("an unknown rule", "GET", RULES + "/core.nothing", None, 404),
    ("an unknown execution", "GET", "/api/v1/executions/999999999", None, 404),
    ("an unknown route", "GET", "/api/v1/nothing", None, 404),
    ("an outcome that is none", "GET", "/api/v1/audit-events?outcome=maybe", None, 400),
    ("a time that is none", "GET", "/api/v1/audit-events?since=yesterday", None, 400),
    ("an unknown entry of the audit log", "GET", "/api/v1/audit-events/999999999", None, 404),
    ("a wrong method", "DELETE", "/health", None, 405),
]


class BadInput(ServerTest):
    def test_bad_input_is_refused_with_its_status_and_a_reason(self):
        for what, method, path, body, status in BAD_INPUTS:
            with self.subTest(what):
                raw = body if isinstance(body, bytes) else None

                answer = self.server.call(method, path, None if raw is not None else body, raw=raw)

                self.assertEqual(answer.status, status, answer)
                self.assertTrue(answer.text.strip(), "an answer without a reason")

    def test_no_half_of_a_refused_rule_stays(self):
        self.server.call("POST", RULES, cron("whenever"))

        self.assertEqual(self.server.call("GET", RULES + "/core.bad").status, 404)

    def test_a_rule_is_made_once(self):
        self.server.make_rule("core.twice", enabled=False)

        self.assertEqual(self.server.call("POST", RULES, rule(ref="core.twice")).status, 409)

    def test_without_a_token_nothing_is_shown(self):
        for path in ("/api/v1/packs", "/api/v1/rules", "/api/v1/executions", "/auth/me"):
            with self.subTest(path):
                self.assertEqual(self.server.call("GET", path, token=None).status, 401)
                self.assertEqual(self.server.call("GET", path, token="nonsense").status, 401)

    def test_a_wrong_password_is_refused_in_the_same_words_as_an_unknown_user(self):
        wrong = self.server.call("POST", "/auth/login", {"login": "admin", "password": "wrong-password"}, token=None)
        unknown = self.server.call("POST", "/auth/login", {"login": "nobody", "password": "wrong-password"}, token=None)

        self.assertEqual((wrong.status, unknown.status), (401, 401))
        self.assertEqual(wrong.text, unknown.text)


class Restart(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()

    def test_after_a_crash_nothing_stays_running(self):
        number = self.server.execute("core.sleep", {"seconds": 600})
        self.server.wait_for_status(number, {"running"})

        self.server.kill()
        self.server.start()

        wait_until(lambda: not self.server.executions("&status=running"), 2, what="the recovery of what was lost")
        self.assertEqual(self.server.execution(number)["status"], "abandoned")

    def test_a_timer_goes_on_after_a_crash(self):
        self.server.make_rule("core.survivor")
        wait_until(lambda: self.server.executions("&rule_ref=core.survivor"), what="a first execution")

        self.server.kill()
        self.server.start()
        before = len(self.server.executions("&rule_ref=core.survivor"))

        wait_until(lambda: len(self.server.executions("&rule_ref=core.survivor")) > before, what="a further one")

    def test_a_stop_is_clean(self):
        self.assertEqual(self.server.stop(), 0)

    @unittest.skipIf(DATABASE_URL, "processes may share a PostgreSQL database")
    def test_a_second_server_on_the_same_data_refuses_to_start(self):
        second = Server(data=self.server.data)
        second.log = self.server.log + ".second"

        second.launch()
        self.addCleanup(second.stop)
        code = second.process.wait(20)

        self.assertNotEqual(code, 0)
        self.assertIn("lock", second.log_tail())
        self.assertTrue(self.server.is_ready())


class Program(unittest.TestCase):
    def run_program(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30, check=False,
                              stdin=subprocess.DEVNULL)

    def test_version_is_printed(self):
        self.assertRegex(self.run_program("version").stdout, r"^attune \d+\.\d+\.\d+\n$")

    def test_an_unknown_command_is_an_error_of_usage(self):
        done = self.run_program("nonsense")

        self.assertEqual(done.returncode, 2)
        self.assertIn("nonsense", done.stderr)

    def test_an_unreachable_server_is_named(self):
        done = self.run_program("--api-url", "http://127.0.0.1:1", "rule", "list")

        self.assertIn(done.returncode, (3, 6))
        self.assertTrue(done.stderr)


if __name__ == "__main__":
    unittest.main()
