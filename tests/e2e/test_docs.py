"""Runs what the documents tell their reader to type."""
import json
import os
import subprocess
import unittest

from support import BINARY, PASSWORD, ROOT, ServerTest

def script_of(document):
    """The document's fenced bash blocks as one script in which each line keeps its number (```sh blocks, which start
    servers or install packages, are for people)."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        lines = file.read().split("\n")
    out, inside = [], False
    for line in lines:
        if line.startswith("```"):
            inside = line == "```bash"
            line = ""
        out.append(line if inside else "")
    return "\n".join(out)


def examples_of(document):
    """The commands of the document's console blocks ("$ command"), each with its line and the output shown below it."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        lines = file.read().split("\n")
    out, inside = [], False
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            out.append((number, line[2:], []))
        elif inside:
            out[-1][2].append(line)
    return [(number, command, "\n".join(shown)) for number, command, shown in out]


class DocumentTest(ServerTest):
    document = None

    def run_bash(self, script):
        environment = {**os.environ, "ATTUNE_API_URL": self.server.url, "ATTUNE_API_USER": "admin",
                       "ATTUNE_API_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": os.path.join(self.server.folder, "client")}
        environment["PATH"] = os.path.dirname(BINARY) + os.pathsep + environment["PATH"]
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)

    def check_commands(self):
        # The document may put the release build first in PATH; here it is the program under test.
        script = script_of(self.document).replace("$PWD/build/release/src/app", os.path.dirname(BINARY))
        self.assertIn("attune", script)

        done = self.run_bash(script)

        self.assertEqual(done.returncode, 0, f"{self.document}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


class QuickstartTimerDemo(DocumentTest):
    document = "docs/quickstart-timer-demo.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class ConditionsGuide(DocumentTest):
    document = "docs/conditions.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class ActionsGuide(DocumentTest):
    document = "docs/actions.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class WhyGuide(DocumentTest):
    document = "docs/why.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class WebhooksGuide(DocumentTest):
    document = "docs/webhooks.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class FilesGuide(DocumentTest):
    document = "docs/file-watch.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()


class TimersGuide(DocumentTest):
    document = "docs/timers.md"

    def test_every_command_of_the_document_works(self):
        self.check_commands()

    def test_every_example_prints_what_is_shown(self):
        examples = examples_of(self.document)
        self.assertGreater(len(examples), 15)
        for number, command, shown in examples:
            with self.subTest(f"{self.document}:{number}"):
                self.assertEqual(self.run_bash(command).stdout.rstrip("\n"), shown.rstrip("\n"), command)

    def test_importing_a_crontab_again_changes_nothing(self):
        command = ("printf '0 3 * * * true\\n@reboot false\\n' | "
                   "attune timer import --crontab - --pack again --apply --json")

        first, second = (self.run_bash(command) for _ in range(2))

        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual([rule["result"] for rule in json.loads(first.stdout)["rules"]], ["created"])
        self.assertEqual([rule["result"] for rule in json.loads(second.stdout)["rules"]], ["unchanged"])
        self.assertEqual(len(json.loads(second.stdout)["not_carried"]), 1)
        changed = self.run_bash(command.replace("0 3", "0 4"))
        self.assertEqual([rule["result"] for rule in json.loads(changed.stdout)["rules"]], ["updated"])
        rules = self.server.call("GET", "/api/v1/packs/again/rules").json["items"]
        self.assertEqual(len(rules), 1)


if __name__ == "__main__":
    unittest.main()
