"""Where an action of a pack runs, and by which interpreter."""
import os
import shutil

from support import FINAL, ServerTest
from test_pack_upload import archive_of, form

PACK = b"ref: demo\nname: Demo\nversion: 1.0.0\n"
RUNTIME = b"""ref: demo.special
name: Special
execution_config:
  interpreter: {binary: /bin/bash}
  environment: {interpreter_path: "{env_dir}/bin/special"}
  env_vars: {SPECIAL_HOME: "{env_dir}"}
"""
ACTION = b"ref: demo.where\nlabel: Where\nrunner_type: demo.special\nentry_point: where.sh\n"
SCRIPT = b'printf "%s|%s|%s" "$PWD" "$SPECIAL_HOME" "$BY"'
FILES = {"pack.yaml": PACK, "runtimes/special.yaml": RUNTIME, "actions/where.yaml": ACTION,
         "actions/where.sh": SCRIPT}


class Environments(ServerTest):
    def setUp(self):
        body, kind = form({"pack": archive_of(FILES)})
        answer = self.server.call("POST", "/api/v1/packs/upload", raw=body, headers={"Content-Type": kind})
        self.assertEqual(answer.status, 201, answer)
        self.addCleanup(self.server.call, "DELETE", "/api/v1/packs/demo")
        self.pack = os.path.join(self.server.data, "packs", "demo")
        self.environment = os.path.join(self.server.data, "runtime_envs", "demo", "special")

    def outcome(self):
        number = self.server.execute("demo.where")
        return self.server.wait_for_status(number, FINAL)

    def make_environment(self, script):
        os.makedirs(os.path.join(self.environment, "bin"))
        self.addCleanup(shutil.rmtree, self.environment)
        path = os.path.join(self.environment, "bin", "special")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        os.chmod(path, 0o755)

    def test_a_pack_without_an_environment_runs_in_its_folder_by_the_plain_interpreter(self):
        execution = self.outcome()

        self.assertEqual(execution["status"], "completed", execution)
        self.assertEqual(execution["result"]["stdout"], f"{self.pack}||")

    def test_the_interpreter_of_the_packs_environment_is_used_once_it_is_there(self):
        self.make_environment('#!/bin/bash\nBY=special exec /bin/bash "$@"\n')

        execution = self.outcome()

        self.assertEqual(execution["status"], "completed", execution)
        self.assertEqual(execution["result"]["stdout"], f"{self.pack}|{self.environment}|special")

    def test_an_environment_without_its_interpreter_is_named(self):
        os.makedirs(self.environment)
        self.addCleanup(shutil.rmtree, self.environment)

        execution = self.outcome()

        self.assertEqual(execution["status"], "failed")
        self.assertIn(f"{self.environment}/bin/special", execution["result"]["error"])
