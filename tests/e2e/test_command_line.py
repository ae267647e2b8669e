"""The command line against a server, as a person or a script uses it: what it prints, where, and its exit codes."""
import json
import os
import re
import subprocess
import time
import unittest

from support import BINARY, FINAL, LOGIN, PASSWORD, Server, ServerTest, free_port, wait_until

OK, FAILURE, USAGE, NOT_LOGGED_IN, NOT_FOUND, CONFLICT, UNREACHABLE, NOT_COMPLETED = 0, 1, 2, 3, 4, 5, 6, 8
OF_ACTION = 33  # what an action of ours ends with


class Client(ServerTest):
    """Logged in by a profile of its own."""

    def setUp(self):
        self.config = os.path.join(self.server.folder, "client-" + self._testMethodName)
        self.environment = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": self.config,
                            "ATTUNE_API_URL": self.server.url}
        self.attune("login", "-u", LOGIN, "--password", PASSWORD)

    def start(self, *words, **options):
        return subprocess.Popen([BINARY, *words], env={**self.environment, **options.pop("environment", {})},
                                stdin=options.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def attune(self, *words, code=OK, stdin="", **environment):
        """Runs it to its end; what it printed. Fails unless it ended with `code`."""
        done = subprocess.run([BINARY, *words], env={**self.environment, **environment}, input=stdin, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        if code not in (OK, NOT_COMPLETED, OF_ACTION):
            self.assertTrue(done.stderr.strip(), "a failure without a word")
            self.assertEqual(done.stdout, "")
        return done

    def rows(self, *words):
        return json.loads(self.attune(*words, "--json").stdout)


class Journeys(Client):
    def test_lines_that_cannot_be_read_are_said_to_be_a_directory(self):
        refused = self.attune("schedule", "next", "--input", self.server.folder, code=USAGE)
        self.assertIn("--input: cannot read", refused.stderr)

    def test_a_schedule_is_shown_within_a_calendar_of_the_server(self):
        self.attune("pack", "create", "within")
        self.attune("calendar", "create", "-n", "within.closed", "--definition", '{"dates": ["2026-01-02"]}')
        show = ("schedule", "next", "--cron", "0 9 * * *", "--after", "2026-01-01T12:00:00Z", "-n", "1", "--json")

        by_ref = json.loads(self.attune(*show, "--calendar", "within.closed").stdout)
        named = self.attune("schedule", "next", "--config",
                            '{"type": "cron", "expression": "0 9 * * *", "calendars": ["within.closed"]}',
                            *show[4:]).stdout

        self.assertEqual(by_ref["next"], ["2026-01-03T09:00:00Z"])
        self.assertEqual(json.loads(named)["next"], by_ref["next"])
        lines = self.attune("schedule", "next", "--input", "-", "--calendar", "within.closed",
                            stdin='{"expression": "0 9 * * *", "after": "2026-01-01T12:00:00Z", "count": 1}\n').stdout
        self.assertEqual(json.loads(lines)["next"], by_ref["next"])
        self.assertIn("within.none", self.attune(*show, "--calendar", "within.none", code=NOT_FOUND).stderr)
        self.attune(*show, "--calendar", "within.closed", code=UNREACHABLE,
                    ATTUNE_API_URL=f"http://127.0.0.1:{free_port()}")

    def test_a_rule_lives_from_create_to_delete(self):
        self.attune("rule", "create", "-n", "core.life", "-t", "core.intervaltimer", "-a", "core.echo",
                    "--trigger-params", "@-", "--param", "message=hi", stdin='{"unit": "seconds", "interval": 60}')
        self.assertEqual(self.rows("rule", "show", "core.life")["trigger_params"], {"unit": "seconds", "interval": 60})
        self.attune("rule", "create", "-n", "core.life", "-t", "core.intervaltimer", "-a", "core.echo",
                    "--trigger-params", '{"unit": "seconds", "interval": 60}', code=CONFLICT)
        self.attune("rule", "update", "core.life", "--label", "Its life")
        self.attune("rule", "disable", "core.life")
        self.assertEqual(self.rows("rule", "show", "core.life")["enabled"], False)
        self.attune("rule", "enable", "core.life")
        table = self.attune("rule", "list").stdout
        self.assertRegex(table, r"(?m)^REF +ENABLED +TRIGGER")
        self.assertRegex(table, r"(?m)^core\.life +true +core\.intervaltimer +core\.echo +Its life$")

        self.attune("rule", "delete", "core.life")

        self.attune("rule", "show", "core.life", code=NOT_FOUND)
        self.attune("rule", "delete", "core.life", code=NOT_FOUND)

    def test_the_audit_log_says_who_did_what(self):
        self.attune("action", "create", "-n", "core.audited", "-e", "true", "-r", "core.shell")
        self.attune("action", "delete", "core.audited")
        self.attune("login", "-u", "stranger", "--password", "wrong", code=NOT_LOGGED_IN)

        deleted, created = self.rows("audit", "list", "--resource", "core.audited")

        self.assertEqual((created["actor_login"], created["event_type"]), (LOGIN, "definition.action.changed"))
        shown = self.rows("audit", "show", str(deleted["id"]))
        self.assertEqual(shown["details"]["operation"], "deleted")
        chain = self.rows("audit", "chain", created["request_id"])
        self.assertEqual([row["id"] for row in chain], [created["id"]])
        [failed] = self.rows("audit", "list", "--actor", "stranger")
        self.assertEqual((failed["event_type"], failed["outcome"]), ("auth.login.failure", "failure"))

    def test_an_action_of_a_file_runs_and_shows_its_output(self):
        script = os.path.join(self.server.folder, "greet.sh")
        with open(script, "w", encoding="utf-8") as file:
            file.write('echo "Hello $PARAM_WHO"\n')
        self.attune("action", "create", "-n", "core.greet", "-r", "core.shell", "-e", "@" + script, "--param-schema",
                    '{"who": {"type": "string"}}')
        self.addCleanup(self.attune, "action", "delete", "core.greet")

        done = self.attune("run", "core.greet", "--params-json", "@-", "--wait", stdin='{"who": "World"}')

        self.assertEqual(done.stdout, "Hello World\n")

    def test_waiting_tells_how_the_execution_ended(self):
        self.assertEqual(self.attune("run", "core.echo", "--param", "message=hi", "-w").stdout, "hi\n")
        failed = self.attune("run", "core.local", "--param", "command=echo no >&2; exit 33", code=OF_ACTION)
        self.assertIn("failed: no", failed.stderr)
        whole = self.attune("run", "core.local", "command=exit 33", "--json", code=OF_ACTION)
        self.attune("action", "execute", "core.local", "--param", "command=exit 3", "-w", code=NOT_COMPLETED)
        self.assertEqual(json.loads(whole.stdout)["result"]["exit_code"], OF_ACTION)

        late = self.attune("run", "core.sleep", "--param", "seconds=60", "-w", "--timeout", "300ms", code=FAILURE)

        self.assertRegex(late.stderr, r"execution \d+ is still running after 300ms")
        self.attune("execution", "cancel", re.search(r"execution (\d+)", late.stderr)[1])

    def test_output_is_shown_while_it_comes_and_each_stream_goes_where_it_belongs(self):
        with self.start("run", "core.local", "command=echo one; echo two >&2; sleep 2; echo three; exit 9") as run:
            self.assertEqual(run.stdout.readline(), "one\n")
            self.assertIsNone(run.poll())
            self.assertEqual(run.stdout.read(), "three\n")
            self.assertEqual(run.wait(15), 9)

    def test_an_execution_runs_again_with_other_parameters(self):
        first = self.rows("run", "core.echo", "message=hi")["id"]
        self.assertEqual(self.attune("execution", "rerun", str(first), "-w").stdout, "hi\n")
        self.assertEqual(self.attune("execution", "rerun", str(first), "-w", "--param", "message=ho").stdout, "ho\n")
        self.attune("execution", "rerun", "999999", code=NOT_FOUND)

    def test_a_new_pack_works(self):
        self.attune("pack", "init", "fresh", "--in", self.server.folder)
        folder = os.path.join(self.server.folder, "fresh")
        self.assertIn("1 actions", self.attune("pack", "validate", folder, "--strict").stdout)
        self.assertEqual(subprocess.run([os.path.join(folder, "tests", "run.sh")], check=True, capture_output=True,
                                        text=True).stdout, "1 passed\n")
        self.attune("pack", "register", folder)
        self.addCleanup(self.attune, "pack", "delete", "fresh")
        self.assertEqual(self.attune("run", "fresh.hello", "who=Ada").stdout, "Hello Ada\n")
        self.attune("trigger", "fire", "fresh.asked", "--param", "who=Bob")
        runs = wait_until(lambda: self.rows("execution", "list", "--rule", "fresh.greet", "--status", "completed"))
        self.assertEqual(self.attune("execution", "logs", str(runs[0]["id"])).stdout, "Hello Bob\n")
        self.attune("pack", "init", "fresh", "--in", self.server.folder, code=CONFLICT)
        self.attune("pack", "init", "Not A Name", code=USAGE)

    def test_all_that_is_wrong_with_a_pack_is_said_at_once(self):
        self.attune("pack", "init", "wrong", "--in", self.server.folder)
        folder = os.path.join(self.server.folder, "wrong")
        with open(os.path.join(folder, "actions", "hello.yaml"), "a", encoding="utf-8") as file:
            file.write("timeout_seconds: soon\n")
        with open(os.path.join(folder, "rules", "greet.yaml"), "a", encoding="utf-8") as file:
            file.write("enabled: perhaps\n")
        done = subprocess.run([BINARY, "pack", "validate", folder], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, USAGE)
        self.assertRegex(done.stderr, r"error: actions/hello.yaml:8: timeout_seconds: expected a whole number")
        self.assertRegex(done.stderr, r"error: rules/greet.yaml:7: enabled: expected true or false")
        refused = self.attune("pack", "register", folder, code=USAGE)
        self.assertIn("timeout_seconds", refused.stderr)
        self.assertIn("enabled", refused.stderr)

    def test_a_trigger_is_fired_by_hand(self):
        self.attune("pack", "create", "ops")
        self.addCleanup(self.attune, "pack", "delete", "ops")
        self.attune("trigger", "create", "-n", "ops.deployed")
        self.attune("rule", "create", "-n", "ops.greet", "-t", "ops.deployed", "-a", "core.echo",
                    "--param", "message={{ event.payload.version }}")
        event = self.rows("trigger", "fire", "ops.deployed", "--param", "version=1.4")
        self.assertEqual(event["payload"], {"version": 1.4})
        runs = wait_until(lambda: self.rows("execution", "list", "--rule", "ops.greet", "--status", "completed"))
        self.assertEqual(self.attune("execution", "logs", str(runs[0]["id"])).stdout, "1.4")
        self.attune("trigger", "fire", "core.crontimer", code=CONFLICT)

    def ask_why(self, pack):
        """A trigger, and a rule on it that wants any version but 1.3; it met 1.3 first and 1.4 then."""
        self.attune("pack", "create", pack)
        self.addCleanup(self.attune, "pack", "delete", pack)
        self.attune("trigger", "create", "-n", f"{pack}.deployed")
        self.attune("rule", "create", "-n", f"{pack}.greet", "-t", f"{pack}.deployed", "-a", "core.echo",
                    "--param", "message={{ event.payload.version }}",
                    "--criteria", '[{"field": "version", "operator": "not_equals", "value": "1.3"}]')
        for version in ("1.3", "1.4"):
            self.attune("trigger", "fire", f"{pack}.deployed", "--payload", json.dumps({"version": version}))
        wait_until(lambda: self.rows("execution", "list", "--rule", f"{pack}.greet", "--status", "completed"))

    def test_a_rule_says_why_it_did_or_did_not_run(self):
        self.ask_why("why")
        missed, met = [row["id"] for row in self.rows("event", "list", "--trigger", "why.deployed")][::-1]
        run = self.rows("execution", "list", "--rule", "why.greet")[0]["id"]

        shown = self.attune("why", "why.greet").stdout

        self.assertIn("why.greet: enabled\nwhen why.deployed (enabled) run core.echo\nnothing keeps it from running\n",
                      shown)
        self.assertRegex(shown, rf"event {met}  matched -> execution {run} completed  .*not_equals")
        self.assertRegex(shown, rf'event {missed}  unmatched  conditions\[0\]: payload.version is "1.3"')
        self.assertRegex(shown, rf"last executions:\n.*execution {run}  completed\n$")
        tree = self.attune("event", "show", str(met)).stdout
        self.assertRegex(tree, rf"  why.greet  matched .*\n    -> execution {run} of core.echo: completed in .*\n.*1\.4")
        self.assertIn('  why.greet  unmatched  conditions[0]: payload.version is "1.3"',
                      self.attune("event", "show", str(missed)).stdout)
        self.attune("rule", "disable", "why.greet")
        self.assertIn("why.greet: disabled\n", self.attune("why", "why.greet").stdout)
        self.assertEqual(self.rows("why", "why.greet")["blocked"], ["the rule is disabled"])
        self.attune("why", "why.nothing", code=NOT_FOUND)

    def test_a_rule_is_tried_before_it_is_changed(self):
        self.ask_why("tried")

        stored = self.attune("rule", "test", "tried.greet").stdout

        self.assertIn("tried.greet on tried.deployed: 1 of 2 events match\n", stored)
        self.assertRegex(stored, r'matched  .*\n    with {"message":"1.4"}\n')
        self.assertIn('unmatched  conditions[0]: payload.version is "1.3", expected not_equals "1.3"\n', stored)
        self.assertIn("2 of 2 events match", self.attune("rule", "test", "tried.greet", "--criteria", "[]").stdout)
        self.assertIn("payload  unmatched  conditions[0]: payload.version does not exist",
                      self.attune("rule", "test", "tried.greet", "--payload", "{}").stdout)
        draft = self.rows("rule", "test", "-t", "tried.deployed", "--last", "1")
        self.assertEqual((draft["rule_ref"], draft["tested"], draft["matched"]), (None, 1, 1))
        self.attune("rule", "disable", "tried.greet")
        self.assertIn("! the rule is disabled\n", self.attune("rule", "test", "tried.greet").stdout)
        self.assertIn("trigger_ref", self.attune("rule", "test", code=USAGE).stderr)
        self.assertIn("last", self.attune("rule", "test", "tried.greet", "--last", "101", code=USAGE).stderr)

    def test_an_execution_is_followed_and_cancelled(self):
        number = self.rows("run", "core.local", "--no-wait", "--param", "command=for i in 1 2 3; do echo $i; sleep 0.3; done; "
                           "sleep 600")["id"]
        with self.start("execution", "logs", str(number), "--follow") as logs:
            self.assertEqual([logs.stdout.readline() for _ in range(3)], ["1\n", "2\n", "3\n"])
            self.assertIsNone(logs.poll())

            self.attune("execution", "cancel", str(number))

            self.assertEqual(logs.wait(15), OK)
        self.assertEqual(self.rows("execution", "show", str(number))["status"], "cancelled")
        self.attune("execution", "cancel", str(number), code=CONFLICT)

    def test_lists_of_programs_are_arrays_and_more_pages_are_said_on_stderr(self):
        for _ in range(3):
            self.attune("run", "core.noop", "-w")

        done = self.attune("execution", "list", "--limit", "2", "--json")

        self.assertEqual(len(json.loads(done.stdout)), 2)
        self.assertIn("--page 2", done.stderr)
        self.assertIn("(more: --page 2)", self.attune("execution", "list", "--limit", "2").stdout)
        self.assertEqual(self.rows("rule", "list"), [])
        self.assertEqual(self.attune("rule", "list").stdout, "Nothing to show.\n")

    def test_a_reader_that_leaves_early_is_no_failure(self):
        self.server.make_rule("core.watched")
        self.addCleanup(self.server.call, "DELETE", "/api/v1/rules/core.watched")
        for command in ("openapi", "watch"):
            with self.subTest(command):
                done = subprocess.run(["bash", "-c", f"{BINARY} {command} | head -1; echo ${{PIPESTATUS[0]}}"],
                                      capture_output=True, env=self.environment, text=True, timeout=30, check=False)

                self.assertEqual((done.stdout.split("\n")[1], done.stderr), ("0", ""))

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BINARY, "openapi"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30,
                                  check=False)

        self.assertEqual(done.returncode, FAILURE)
        self.assertIn("cannot be written", done.stderr)


class Failures(Client):
    def test_each_kind_has_its_exit_code_and_names_what_is_wrong(self):
        for words, code, part in (
                (["rule", "show", "core.none"], NOT_FOUND, "core.none"),
                (["execution", "show", "999999"], NOT_FOUND, "999999"),
                (["execution", "show", "abc"], USAGE, "id"),
                (["execution", "logs", "999999"], NOT_FOUND, "999999"),
                (["run", "core.none"], NOT_FOUND, "core.none"),
                (["run", "core.echo", "--param", "message"], USAGE, "name=value"),
                (["run", "core.echo", "--param", "message=5"], USAGE, "message"),
                (["run", "core.echo", "--params-json", "@/nowhere"], USAGE, "/nowhere"),
                (["run", "core.echo", "-w", "--timeout", "soon"], USAGE, "timeout"),
                (["execution", "list", "--status", "odd"], USAGE, "completed"),
                (["execution", "list", "--page", "x"], USAGE, "--page"),
                (["rule", "update", "core.none"], USAGE, "nothing to change"),
                (["rule", "lst"], USAGE, "list"),
                (["rule"], USAGE, "subcommand"),
                (["watch", "--count", "x"], USAGE, "--count"),
                (["completion", "tcsh"], USAGE, "tcsh"),
                (["--api-url", "nonsense", "rule", "list"], USAGE, "http://"),
                (["--api-url", f"http://127.0.0.1:{free_port()}", "rule", "list"], UNREACHABLE, "attune serve")):
            with self.subTest(" ".join(words)):
                self.assertIn(part, self.attune(*words, code=code).stderr)

    def test_a_wrong_password_and_a_lost_login_are_told(self):
        wrong = self.attune("login", "-u", LOGIN, "--password", "wrong-password", code=NOT_LOGGED_IN)
        self.assertNotIn("wrong-password", wrong.stderr)
        self.attune("rule", "list", code=NOT_LOGGED_IN, ATTUNE_API_TOKEN="no.such.token")
        self.attune("auth", "logout")

        self.assertIn("attune login", self.attune("rule", "list", code=NOT_LOGGED_IN).stderr)
        self.attune("login", "-u", LOGIN, stdin=PASSWORD + "\n")
        self.assertEqual(self.rows("auth", "whoami")["login"], LOGIN)

    def test_an_expired_token_is_renewed_unasked(self):
        path = os.path.join(self.config, "attune", "config.yaml")
        with open(path, encoding="utf-8") as file:
            before = file.read()
        token = next(line for line in before.split("\n") if " auth_token:" in line)
        with open(path, "w", encoding="utf-8") as file:
            file.write(before.replace(token, token[:-3] + "AAA"))

        self.attune("rule", "list")

        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)


class Help(Client):
    def test_every_command_has_a_help_with_an_example(self):
        words = subprocess.run([BINARY, "completion", "fish"], capture_output=True, text=True, check=True).stdout
        groups = {line.split(" -a ")[1].split(" ")[0] for line in words.split("\n") if "__fish_use_subcommand" in line}
        self.assertIn("rule", groups)

        for group in groups:
            shown = self.attune(group, "--help").stdout
            self.assertTrue("Examples:" in shown or "Subcommands:" in shown, group)

    def test_the_bash_completion_offers_what_fits(self):
        script = self.attune("completion", "bash").stdout
        for line, expected in (("attune ru", {"rule", "run", "runtime"}), ("attune rule dis", {"disable"}),
                               ("attune rule create --trig", {"--trigger", "--trigger-param", "--trigger-params"}),
                               ("attune completion z", {"zsh"})):
            words = line.split(" ")
            probe = (f'COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _attune; '
                     'printf "%s\\n" "${COMPREPLY[@]}"')
            with self.subTest(line):
                done = subprocess.run(["bash", "-euc", f"{script}\n{probe}"], capture_output=True, text=True,
                                      check=True)
                self.assertEqual(set(done.stdout.split()), expected)


class Watch(unittest.TestCase):
    def test_a_lost_connection_is_said_once_and_so_is_its_return(self):
        server = Server()
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        server.start()
        environment = {"PATH": os.environ["PATH"], "ATTUNE_API_URL": server.url, "ATTUNE_API_USER": LOGIN,
                       "ATTUNE_API_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": server.folder}
        log = os.path.join(server.folder, "watch.log")
        with open(log, "wb") as file, subprocess.Popen([BINARY, "watch"], env=environment, stdin=subprocess.DEVNULL,
                                                       stdout=file, stderr=file) as watch:
            try:
                def said():
                    with open(log, encoding="utf-8") as text:
                        return text.read()

                def ran():
                    server.wait_for_status(server.execute("core.noop"), FINAL)
                    return "completed" in said().rsplit("again", 1)[-1]
                wait_until(ran, what="an execution being watched")
                server.stop()
                wait_until(lambda: "connection is lost" in said(), what="the loss being said")
                time.sleep(2.5)  # two more tries
                server.start()
                wait_until(lambda: "connected again" in said(), what="the return being said")
                wait_until(ran, what="an execution being watched again")
            finally:
                watch.terminate()
        self.assertEqual(said().count("connection is lost"), 1)
        self.assertEqual(said().count("connected again"), 1)


if __name__ == "__main__":
    unittest.main()
