"""Runs what the documents tell their reader to type."""
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


class QuickstartTimerDemo(ServerTest):
    document = "docs/quickstart-timer-demo.md"

    def test_every_command_of_the_document_works(self):
        environment = {**os.environ, "ATTUNE_API_URL": self.server.url, "ATTUNE_API_USER": "admin",
                       "ATTUNE_API_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": os.path.join(self.server.folder, "client")}
        # The document puts the release build first in PATH; here it is the program under test.
        own = os.path.dirname(BINARY)
        script = script_of(self.document).replace("$PWD/build/release/src/app", own)
        self.assertIn("attune", script)

        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)

        self.assertEqual(done.returncode, 0, f"{self.document}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


if __name__ == "__main__":
    unittest.main()
