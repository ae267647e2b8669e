"""What actions may do to the worker that runs them: much output, odd output, processes left behind, deaf programs."""
import json
import os
import subprocess
import time

from support import FINAL, ServerTest, is_running, pids_with_argument, wait_until

MIB = 1024 * 1024


class Programs(ServerTest):
    def run_command(self, command, seconds=30):
        """Runs a shell command to its end; the execution and how long it took from here."""
        started = time.monotonic()
        number = self.server.execute("core.local", {"command": command})
        return self.server.wait_for_status(number, FINAL, seconds), time.monotonic() - started

    def action(self, ref, script, **fields):
        answer = self.server.call("POST", "/api/v1/actions",
                                  {"ref": ref, "pack_ref": "core", "label": ref, "entrypoint": script,
                                   "runtime_ref": "core.shell", **fields})
        self.assertEqual(answer.status, 201, answer)
        self.addCleanup(self.server.call, "DELETE", f"/api/v1/actions/{ref}")

    def memory(self):
        with open(f"/proc/{self.server.process.pid}/statm", encoding="utf-8") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB

    def mark(self):
        return f"e2e-program-{os.getpid()}-{time.monotonic_ns()}"


class Output(Programs):
    def test_much_output_is_cut_and_counted_and_costs_no_memory(self):
        before = self.memory()

        execution, _ = self.run_command("head -c 300000000 /dev/zero | tr '\\0' x", 60)

        result = execution["result"]
        self.assertEqual(execution["status"], "completed")
        self.assertTrue(result["stdout_truncated"])
        self.assertEqual(len(result["stdout"]) + result["stdout_bytes_truncated"], 300_000_000)
        self.assertLess(self.memory() - before, 120)

    def test_bytes_that_are_no_text_become_replacement_characters(self):
        execution, _ = self.run_command("printf 'a\\xff\\xfeb\\x00c'; printf 'odd \\xff' >&2; exit 1")

        self.assertEqual(execution["status"], "failed")
        self.assertEqual(execution["result"]["error"], "odd \ufffd")
        self.assertEqual(execution["result"]["stdout"], "a\ufffd\ufffdb\ufffdc")

    def test_noise_ends_as_text(self):
        execution, _ = self.run_command("head -c 3000000 /dev/urandom")

        self.assertEqual(execution["status"], "completed")
        self.assertGreater(execution["result"]["stdout_bytes_truncated"], 2_900_000)

    def test_a_program_that_closes_its_output_runs_on(self):
        execution, took = self.run_command("exec >&- 2>&-; sleep 1")

        self.assertEqual(execution["status"], "completed")
        self.assertGreater(took, 0.9)

    def test_a_descendant_that_keeps_the_pipe_open_does_not_keep_the_execution(self):
        mark = self.mark()

        execution, took = self.run_command(
            f"bash -c 'while :; do echo on; sleep 0.1; done' {mark} & echo parent; exit 0")

        self.assertEqual(execution["status"], "completed")
        self.assertIn("parent\n", execution["result"]["stdout"])
        self.assertLess(took, 5)
        # It writes into a closed pipe now, which ends it.
        wait_until(lambda: not any(map(is_running, pids_with_argument(mark))), 10, what="the end of the writer")


class Input(Programs):
    def test_a_program_that_never_reads_its_megabyte_of_parameters_ends_all_the_same(self):
        self.action("core.deaf", "sleep 0.3; echo done")

        number = self.server.execute("core.deaf", {"message": "x" * 900_000})

        execution = self.server.wait_for_status(number, FINAL)
        self.assertEqual((execution["status"], execution["result"].get("stdout")), ("completed", "done\n"), execution)

    def test_a_megabyte_of_parameters_arrives_whole(self):
        number = self.server.execute("core.echo", {"message": "x" * 900_000})

        result = self.server.wait_for_status(number, FINAL)["result"]

        self.assertEqual(len(result["stdout"]) + result["stdout_bytes_truncated"], 900_000)


class TimeLimit(Programs):
    def test_a_tree_that_ignores_sigterm_and_leaves_its_group_is_really_gone(self):
        mark = self.mark()
        self.action("core.bomb", f"""
            f() {{
              for i in 1 2 3 4 5; do
                (exec -a {mark} setsid sleep 300) &
                (trap '' TERM; exec -a {mark} sleep 300) &
                (trap '' TERM; setsid bash -c 'sleep 300; :' {mark} &) &
              done
            }}
            f; f; sleep 300""", timeout_seconds=1)
        number = self.server.execute("core.bomb")
        wait_until(lambda: len(pids_with_argument(mark)) >= 20, what="the processes")

        execution = self.server.wait_for_status(number, FINAL, 15)

        self.assertEqual(execution["status"], "failed")
        self.assertIn("timed out after 1 seconds", execution["result"]["error"])
        self.assertEqual([pid for pid in pids_with_argument(mark) if is_running(pid)], [])

    def test_a_chain_of_short_lived_children_is_stopped(self):
        mark = self.mark()
        script = f"bash -c 'trap \"\" TERM; while :; do (setsid sleep 0.05 &); sleep 0.01; done' {mark} & sleep 300"
        self.action("core.chain", script, timeout_seconds=1)

        execution = self.server.wait_for_status(self.server.execute("core.chain"), FINAL, 15)

        self.assertEqual(execution["status"], "failed")
        self.assertEqual([pid for pid in pids_with_argument(mark) if is_running(pid)], [])


PACK = {
    "pack.yaml": "ref: odd\nlabel: Odd\nversion: 1.0.0\n",
    "runtimes/lost.yaml": "ref: odd.lost\nname: Lost\nexecution_config:\n  interpreter:\n"
                          "    binary: /no/such/interpreter\n    args: []\n",
    "runtimes/native.yaml": "ref: odd.native\nname: Native\nexecution_config: {}\n",
    "actions/run.lost": "text",
    "actions/plain.bin": "#!/bin/sh\necho hi\n",
    "actions/headless.bin": "#!/no/such/shell\n",
}
# action, its runtime, its entry point, what its failure has to say
ODD = [
    ("without_file", "shell", "nothing.sh", "nothing.sh"),
    ("without_interpreter", "lost", "run.lost", "odd.lost"),  # another worker might have it: that is waited for
    ("not_executable", "native", "plain.bin", "not executable"),
    ("without_shell", "native", "headless.bin", "the interpreter that"),
    ("without_program", "native", "missing.bin", "missing.bin"),
]


class Entrypoints(Programs):
    settings = {"ATTUNE__EXECUTOR__UNSCHEDULABLE_AFTER": "2s"}

    def test_a_program_that_cannot_be_started_fails_with_the_reason(self):
        folder = os.path.join(self.server.folder, "odd")
        actions = {f"actions/{name}.yaml": f"ref: odd.{name}\nlabel: {name}\nentry_point: {entry}\nrunner_type: {kind}\n"
                   for name, kind, entry, _ in ODD}
        for name, text in {**PACK, **actions}.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run(["chmod", "+x", os.path.join(folder, "actions/headless.bin")], check=True)
        self.assertEqual(self.server.call("POST", "/api/v1/packs/register", {"path": folder}).status, 201)

        for name, _, _, words in ODD:
            with self.subTest(name):
                execution = self.server.wait_for_status(self.server.execute(f"odd.{name}"), FINAL)

                self.assertEqual(execution["status"], "failed")
                self.assertIn(words, json.dumps(execution["result"]))
