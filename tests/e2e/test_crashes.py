"""kill -9 at random moments: nothing acknowledged is lost, nothing happens twice, nothing of a former life stays."""
import os
import random
import threading
import time
import unittest

from support import FINAL, Server, is_running, pids_with_argument, wait_until

CRASHES = 20


class Poster:
    """Asks for executions one after another, from a thread of its own, through all crashes."""

    def __init__(self, server, file):
        self.server, self.file = server, file
        self.acknowledged = []
        self.unexpected = []
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        turn = 0
        while not self.stopping:
            turn += 1
            command = f'echo "$ATTUNE_EXEC_ID" >> {self.file}; sleep 0.0{turn % 10}'
            if turn % 7 == 0:
                command = f'echo "$ATTUNE_EXEC_ID" >> {self.file}; bash -c "sleep 600; :" {self.file} & sleep 600'
            try:
                answer = self.server.call("POST", "/api/v1/executions/execute",
                                          {"action_ref": "core.local", "parameters": {"command": command}})
            except OSError:
                time.sleep(0.02)  # it is down
                continue
            if answer.status == 201:
                self.acknowledged.append(answer.data["id"])
            elif answer.status != 503:
                self.unexpected.append(answer)
            time.sleep(0.01)

    def stop(self):
        self.stopping = True
        self.thread.join()


class Crashes(unittest.TestCase):
    def setUp(self):
        self.server = Server(settings={"ATTUNE__WORKER__MAX_CONCURRENT_TASKS": "20"})
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.file = os.path.join(self.server.folder, "runs")
        self.server.start()

    def crash_and_start(self):
        self.server.kill()
        former = pids_with_argument(self.file)
        self.server.start()
        wait_until(lambda: not any(map(is_running, former)), 2, what="the end of the former life's processes")
        return len(former)

    def test_twenty_crashes_lose_and_double_nothing(self):
        seed = int(os.environ.get("ATTUNE_SEED") or random.randrange(2**32))
        moments = random.Random(seed)
        print(f"(ATTUNE_SEED={seed}) ", end="", flush=True)
        for i in range(3):
            self.server.make_rule(f"core.crash_{i}")
        poster = Poster(self.server, self.file)
        self.addCleanup(poster.stop)

        left_behind = 0
        for _ in range(CRASHES):
            time.sleep(moments.uniform(0, 0.6))
            left_behind += self.crash_and_start()
        poster.stop()
        for i in range(3):
            self.server.call("POST", f"/api/v1/rules/core.crash_{i}/disable")
        left_behind += self.crash_and_start()  # ends what sleeps too long for us
        # What was asked for last may hold new sleepers now.
        for number in poster.acknowledged:
            if self.server.execution(number)["status"] not in FINAL:
                self.server.call("POST", f"/api/v1/executions/{number}/cancel")
        open_statuses = "('requested', 'scheduling', 'scheduled', 'running', 'canceling')"
        still_open = f"select count(*) from execution where status in {open_statuses}"
        wait_until(lambda: self.server.rows(still_open) == [(0,)], 20, what="the end of all executions")

        self.assertEqual(poster.unexpected, [])
        self.assertGreater(len(poster.acknowledged), 50)
        self.assertGreater(left_behind, 0, "no crash came while a program ran: the test shows less than it says")
        known = {row[0] for row in self.server.rows("select id from execution")}
        self.assertEqual(set(poster.acknowledged) - known, set(), "acknowledged and lost")
        self.assertEqual(self.server.rows("select timer, nominal from event where timer is not null"
                                          " group by timer, nominal having count(*) > 1"), [], "fired twice")
        self.assertEqual(self.server.rows("select enforcement from execution where enforcement is not null"
                                          " and parent is null and original_execution is null"
                                          " group by enforcement having count(*) > 1"), [], "run twice")
        self.assertEqual(self.server.rows("select count(*) from event where decided_at is null"), [(0,)])
        with open(self.file, encoding="utf-8") as file:
            runs = [int(line) for line in file]
        self.assertEqual(len(runs), len(set(runs)), "a program ran twice for one execution")
        completed = {row[0] for row in self.server.rows("select id from execution where status = 'completed'"
                                                        " and action_ref = 'core.local'")}
        self.assertEqual(completed - set(runs), set(), "completed without having run")


if __name__ == "__main__":
    unittest.main()
