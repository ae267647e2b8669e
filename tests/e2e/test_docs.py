"""Runs what the documents tell their reader to type."""
import os
import re
import subprocess
import unittest

from support import BINARY, PASSWORD, ROOT, ServerTest

BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


def bash_blocks(document):
    """The fenced bash blocks of a document, each with the number of its first line."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        text = file.read()
    return [(text.count("\n", 0, found.start()) + 2, found[1]) for found in BLOCK.finditer(text)]


class QuickstartTimerDemo(ServerTest):
    document = "docs/quickstart-timer-demo.md"

    def test_every_command_of_the_document_works(self):
        environment = {**os.environ, "ATTUNE_API_URL": self.server.url, "ATTUNE_API_USER": "admin",
                       "ATTUNE_API_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": os.path.join(self.server.folder, "client"),
                       "PATH": f"{os.path.dirname(BINARY)}:{os.environ['PATH']}"}
        blocks = bash_blocks(self.document)
        self.assertTrue(blocks)

        for line, commands in blocks:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=ROOT, env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False)

            self.assertEqual(done.returncode, 0,
                             f"{self.document}:{line}:\n{commands}\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    unittest.main()
