"""Secrets, from the request that gives them to everything that must not show them."""
import os
import signal
import subprocess
import unittest

from support import DATABASE_URL, FINAL, Server, ServerTest, is_running, wait_until

SECRET = "open-sesame-4711"
KEEPER = {"ref": "core.keeper", "pack_ref": "core", "label": "Keeper", "runtime_ref": "core.shell",
          "entrypoint": 'printf "%s" "${#password}"',
          "param_schema": {"password": {"type": "string", "secret": True}, "user": {"type": "string"}}}


def files_with(folder, text):
    """The files below a folder that have this text in them."""
    found = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            with open(path, "rb") as file:
                if text.encode() in file.read():
                    found.append(os.path.relpath(path, folder))
    return found


def process_of(execution):
    """The processes that run an execution, by the environment that they were given."""
    wanted = f"ATTUNE_EXEC_ID={execution}".encode()
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/environ", "rb") as environment:
                if wanted in environment.read().split(b"\0"):
                    found.append(int(entry))
        except OSError:
            continue  # it ended meanwhile, or is not ours
    return found


def stored_bytes(server):
    """What the database of the cluster profile holds, as text."""
    url = server.settings["ATTUNE__DATABASE__URL"]
    done = subprocess.run(["pg_dump", "--schema=attune", url], capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8", "replace")


class Secrets(ServerTest):
    def make_action(self, **fields):
        answer = self.server.call("POST", "/api/v1/actions", {**KEEPER, **fields})
        self.assertEqual(answer.status, 201, answer)
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/actions/{answer.data['ref']}")

    def assert_stored_nowhere(self):
        self.assertEqual(files_with(self.server.data, SECRET), [])
        self.assertNotIn(SECRET, self.server.log_text())
        # Its mask is found in the same places: they are the right ones.
        if DATABASE_URL:
            stored = stored_bytes(self.server)
            self.assertNotIn(SECRET, stored)
            self.assertIn('"********"', stored)
        else:
            self.assertTrue(files_with(self.server.data, '"********"'))

    def test_the_action_gets_what_no_view_of_its_execution_shows(self):
        self.make_action()
        made = self.server.call("POST", "/api/v1/executions/execute",
                                {"action_ref": "core.keeper", "parameters": {"password": SECRET, "user": "ann"}})
        self.assertEqual(made.data["config"], {"password": "********", "user": "ann"})

        ended = self.server.wait_for_status(made.data["id"], FINAL)
        self.assertEqual(ended["result"]["stdout"], str(len(SECRET)))
        self.assertEqual(ended["config"], {"password": "********", "user": "ann"})

        self.server.call("DELETE", "/api/v1/actions/core.keeper")
        self.assertEqual(self.server.execution(made.data["id"])["config"], {"password": "********", "user": "ann"})
        self.assert_stored_nowhere()

    def test_output_that_shows_the_secret_is_masked(self):
        self.make_action(ref="core.teller", entrypoint='echo "it is $password"; echo "$password" >&2')
        number = self.server.execute("core.teller", {"password": SECRET})
        ended = self.server.wait_for_status(number, FINAL)

        self.assertEqual(ended["result"]["stdout"].strip(), "it is ********")
        log = self.server.call("GET", f"/api/v1/executions/{number}/logs/stderr")
        self.assertEqual((log.status, log.text.strip()), (200, "********"))
        self.assert_stored_nowhere()

    def test_neither_arguments_nor_environments_show_it(self):
        self.make_action(ref="core.sleeper", entrypoint='[ -n "$password" ] && sleep 60')
        number = self.server.execute("core.sleeper", {"password": SECRET})
        self.server.wait_for_status(number, {"running"})
        running = wait_until(lambda: process_of(number), what="a process of the execution")
        for pid in [*running, self.server.process.pid]:
            for name in ("environ", "cmdline"):
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    self.assertNotIn(SECRET.encode(), file.read(), f"{name} of {pid}")
        self.assertTrue(any(is_running(pid) for pid in running))
        self.server.call("POST", f"/api/v1/executions/{number}/cancel")
        self.server.wait_for_status(number, FINAL)

    def test_a_key_reaches_its_action_and_is_seen_nowhere_else(self):
        self.make_action(ref="core.keyed", entrypoint='echo "it is $token"; sleep 60', param_schema={})
        made = self.server.call("POST", "/api/v1/keys", {
            "ref": "core.keyed.token", "name": "token", "owner_type": "action", "owner_action_ref": "core.keyed",
            "value": SECRET, "encrypted": True})
        self.assertEqual(made.status, 201, made)
        number = self.server.execute("core.keyed")

        def log():
            return self.server.call("GET", f"/api/v1/executions/{number}/logs/stdout").text.strip()
        wait_until(lambda: log() == "it is ********", what="the masked output")
        running = wait_until(lambda: process_of(number), what="a process of the execution")
        for pid in [*running, self.server.process.pid]:
            for name in ("environ", "cmdline"):
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    self.assertNotIn(SECRET.encode(), file.read(), f"{name} of {pid}")
        self.server.call("POST", f"/api/v1/executions/{number}/cancel")
        self.assertNotIn(SECRET, str(self.server.wait_for_status(number, FINAL)))
        self.assert_stored_nowhere()

    def test_a_rule_keeps_its_secret_sealed_and_whoever_writes_its_mask_back_keeps_it(self):
        self.make_action()
        rule = self.server.make_rule("core.kept", action_ref="core.keeper", action_params={"password": SECRET})
        self.addCleanup(self.server.call, "DELETE", "/api/v1/rules/core.kept")
        self.assertEqual(rule["action_params"], {"password": "********"})
        changed = self.server.call("PUT", "/api/v1/rules/core.kept",
                                   {"label": "Kept", "action_params": rule["action_params"]})
        self.assertEqual(changed.status, 200, changed)

        def last_result():
            done = [one for one in self.server.executions("&rule_ref=core.kept") if one["status"] in FINAL]
            return self.server.execution(done[0]["id"])["result"] if done else None
        self.assertEqual(wait_until(last_result, what="a run of the rule")["stdout"], str(len(SECRET)))
        self.assert_stored_nowhere()

    def test_those_who_may_decrypt_see_it_when_they_ask(self):
        self.make_action()
        number = self.server.execute("core.keeper", {"password": SECRET})
        self.server.wait_for_status(number, FINAL)
        shown = self.server.call("GET", f"/api/v1/executions/{number}?include_secret_values=true")
        self.assertEqual(shown.data["config"]["password"], SECRET)


@unittest.skipIf(DATABASE_URL, "there the key is always given")
class EncryptionKey(unittest.TestCase):
    def test_it_is_made_once_for_its_owner_alone_and_without_it_nothing_starts(self):
        with Server() as server:
            path = os.path.join(server.data, "encryption-key")
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assertEqual(server.call("POST", "/api/v1/actions", KEEPER).status, 201)
            server.make_rule("core.kept", action_ref="core.keeper", action_params={"password": SECRET})
            with open(path, encoding="utf-8") as file:
                key = file.read().strip()

            server.process.send_signal(signal.SIGKILL)  # what the write-ahead log holds stays there
            server.process.wait()
            self.assertEqual(files_with(server.data, SECRET), [])
            self.assertEqual(files_with(server.data, key), ["encryption-key"])

            os.rename(path, path + ".away")
            server.launch()
            self.assertNotEqual(server.process.wait(30), 0)
            self.assertIn("security.encryption_key", server.log_tail())

            os.remove(path)
            server.settings = {"ATTUNE__SECURITY__ENCRYPTION_KEY": "a key of ours, that is long enough 123",
                               "ATTUNE__SECURITY__PREVIOUS_ENCRYPTION_KEYS": key}
            server.start()

            def ended():
                done = [one for one in server.executions("&rule_ref=core.kept") if one["status"] in FINAL]
                return server.execution(done[0]["id"])["result"] if done else None
            self.assertEqual(wait_until(ended, what="a run with the new key")["stdout"], str(len(SECRET)))
