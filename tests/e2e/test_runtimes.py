"""Actions in Python and Node.js: with what their runtimes have, and with the packages that a pack lists."""
import base64
import glob
import hashlib
import io
import json
import os
import shutil
import threading
import unittest
import zipfile

from support import FINAL, ServerTest
from test_pack_upload import archive_of, form

PACK = b"ref: demo\nname: Demo\nversion: 1.0.0\n"
PYTHON = b"ref: demo.greet\nrunner_type: python\nentry_point: greet.py\noutput_format: json\n"
GREET = b"""import json, sys
from helpers import shout
given = json.load(sys.stdin)
print(json.dumps({"said": shout(given["who"]), "prefix": sys.prefix}))
"""
HELPERS = b"def shout(text):\n    return text.upper()\n"
WITH_PACKAGE = b"""import json, sys, greeting
print(json.dumps({"said": greeting.TEXT, "prefix": sys.prefix}))
"""
NODE = b"ref: demo.greet\nrunner_type: node\nentry_point: greet.js\noutput_format: json\n"
GREET_JS = b"""const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify({said: given.who.toUpperCase(), module: require("./answer").value}));
"""


def wheel(version, text):
    """A package that pip installs without a network."""
    name = f"greeting-{version}.dist-info"
    files = {"greeting.py": f"TEXT = {text!r}\n",
             f"{name}/METADATA": f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n",
             f"{name}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = ""
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[f"{name}/RECORD"] = record + f"{name}/RECORD,,\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


class Runtimes(ServerTest):
    def install(self, files):
        body, kind = form({"pack": archive_of({"pack.yaml": PACK, **files}), "force": b"true"})
        answer = self.server.call("POST", "/api/v1/packs/upload", raw=body, headers={"Content-Type": kind})
        self.assertEqual(answer.status, 201, answer)
        self.addCleanup(self.server.call, "DELETE", "/api/v1/packs/demo")

    def run_it(self, status="completed", **parameters):
        number = self.server.execute("demo.greet", parameters)
        execution = self.server.wait_for_status(number, FINAL)
        self.assertEqual(execution["status"], status, execution)
        return execution

    def errors_of(self, execution):
        return self.server.call("GET", f"/api/v1/executions/{execution['id']}/logs/stderr").text

    def environments(self):
        return sorted(glob.glob(os.path.join(self.server.data, "runtime_envs", "demo", "*-*/")))


class Python(Runtimes):
    def setUp(self):
        shutil.rmtree(os.path.join(self.server.data, "runtime_envs", "demo"), ignore_errors=True)

    def pack(self, version, text, requirement=None):
        return {"actions/greet.yaml": PYTHON, "actions/greet.py": WITH_PACKAGE,
                "requirements.txt": (requirement or f"greeting=={version}\n").encode(),
                f"wheels/greeting-{version}-py3-none-any.whl": wheel(version, text)}

    def test_an_action_runs_with_what_its_pack_has_in_lib(self):
        self.install({"actions/greet.yaml": PYTHON, "actions/greet.py": GREET, "lib/helpers.py": HELPERS})
        self.assertEqual(self.run_it(who="you")["result"]["data"]["said"], "YOU")
        self.assertEqual(self.environments(), [])

    def test_the_packages_that_a_pack_lists_are_installed_once_and_again_when_the_list_changes(self):
        self.install(self.pack("1.0", "one"))
        first = self.run_it()
        self.assertEqual(first["result"]["data"]["said"], "one")
        self.assertIn("building the environment of pack demo for python", self.errors_of(first))
        self.assertEqual([first["result"]["data"]["prefix"] + "/"], self.environments())
        self.assertNotIn("building", self.errors_of(self.run_it()))

        self.install(self.pack("2.0", "two"))
        second = self.run_it()
        self.assertEqual(second["result"]["data"]["said"], "two")
        self.assertEqual(len(self.environments()), 2)
        self.install(self.pack("3.0", "three"))
        self.assertEqual(self.run_it()["result"]["data"]["said"], "three")
        self.assertNotIn(first["result"]["data"]["prefix"] + "/", self.environments())  # the one before may be in use

    def test_who_comes_while_it_is_built_waits_for_it(self):
        self.install(self.pack("1.0", "one"))
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.run_it())) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual([one["result"]["data"]["said"] for one in results], ["one"] * 4)
        self.assertEqual(len(self.environments()), 1)
        self.assertEqual(sum("building" in self.errors_of(one) for one in results), 1)

    def test_a_package_that_is_not_there_is_said_and_the_next_run_tries_again(self):
        self.install(self.pack("1.0", "one", "greeting==9\n"))
        failed = self.run_it("failed")
        self.assertIn("could not be made", failed["result"]["error"])
        self.assertIn("greeting==9", failed["result"]["error"] + self.errors_of(failed))
        self.install(self.pack("1.0", "one"))
        self.assertEqual(self.run_it()["result"]["data"]["said"], "one")

    def test_what_was_left_half_made_is_made_anew(self):
        self.install(self.pack("1.0", "one"))
        self.run_it()
        (made,) = self.environments()
        os.remove(os.path.join(made, ".attune-ready"))
        shutil.rmtree(os.path.join(made, "bin"))
        self.assertEqual(self.run_it()["result"]["data"]["said"], "one")


@unittest.skipUnless(shutil.which("node", path="/usr/local/bin:/usr/bin:/bin"), "needs node")
class Node(Runtimes):
    def test_an_action_runs_with_the_modules_beside_it(self):
        self.install({"actions/greet.yaml": NODE, "actions/greet.js": GREET_JS,
                      "actions/answer.js": b"exports.value = 42;\n"})
        self.assertEqual(self.run_it(who="you")["result"]["data"], {"said": "YOU", "module": 42})

    @unittest.skipUnless(shutil.which("npm", path="/usr/local/bin:/usr/bin:/bin"), "needs npm")
    def test_the_modules_that_a_pack_lists_are_installed(self):
        vendored = os.path.join(self.server.data, "packs", "demo", "vendor", "greeting")
        self.install({"actions/greet.yaml": NODE,
                      "actions/greet.js": b'console.log(JSON.stringify({said: require("greeting").text}));\n',
                      "package.json": json.dumps({"name": "demo", "version": "1.0.0", "private": True,
                                                  "dependencies": {"greeting": f"file:{vendored}"}}).encode(),
                      "vendor/greeting/package.json": b'{"name": "greeting", "version": "1.0.0"}\n',
                      "vendor/greeting/index.js": b'exports.text = "hello";\n'})
        self.assertEqual(self.run_it()["result"]["data"]["said"], "hello")
        self.assertEqual(len(self.environments()), 1)


if __name__ == "__main__":
    unittest.main()
