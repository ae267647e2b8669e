"""Rules on files: what a person does to files becomes events, whatever happens to the server meanwhile."""
import calendar
import json
import os
import random
import shutil
import tempfile
import threading
import time
import unittest

from support import DATABASE_URL, PATIENCE, Server, ServerTest, wait_until

# On a cluster, whoever takes over waits for the lease of the one that was killed.
TAKEN_OVER = 60 if DATABASE_URL else 20
MANY = int(os.environ.get("ATTUNE_FILES", "2000"))


def payloads(server, rule):
    """What was told for a rule, in the order in which it was."""
    rows = server.rows(f"select id, payload from event where rule_ref = '{rule}' order by id")
    return [one if isinstance(one, dict) else json.loads(one) for _, one in rows]


def told(server, rule):
    """"created a.csv 3", relative to nothing."""
    return [" ".join([one["kind"], *([one["old_path"]] if "old_path" in one else []), one["path"], str(one["size"])]) +
            (" caught up" if one["caught_up"] else "") for one in payloads(server, rule)]


def is_watched(server, rule):
    """Whether the rule's files have been looked at once."""
    rows = server.rows("select s.id from file_seat s join file_watch w on w.id = s.watch"
                       f" where w.rule_ref = '{rule}' and s.ended = false and s.settled = true and s.holder <> ''")
    return bool(rows)


class Files(ServerTest):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="attune-files-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.rule = f"core.files_{os.path.basename(self.folder).lower().replace('-', '_')}"

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text="x"):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def watch(self, path=None, **params):
        self.server.make_rule(self.rule, trigger_ref="core.file_changed", action_ref="core.null",
                              trigger_params={"path": path or self.folder, "settle": "100ms", **params})
        wait_until(lambda: is_watched(self.server, self.rule), what="the watch")

    def expect(self, *lines, seconds=PATIENCE):
        """Exactly these, in any order of those of one instant."""
        wait_until(lambda: len(told(self.server, self.rule)) >= len(lines), seconds, what=f"{len(lines)} events")
        self.assertEqual(sorted(told(self.server, self.rule)), sorted(lines))

    def test_each_change_is_told_once(self):
        self.write("old")
        self.watch()
        self.write("a", "123")
        self.expect(f"created {self.path('a')} 3")
        self.write("a", "12345")
        self.expect(f"created {self.path('a')} 3", f"modified {self.path('a')} 5")
        os.rename(self.path("a"), self.path("b"))
        moved = f"moved {self.path('a')} {self.path('b')} 5"
        self.expect(f"created {self.path('a')} 3", f"modified {self.path('a')} 5", moved)
        os.remove(self.path("b"))
        time.sleep(1)
        self.expect(f"created {self.path('a')} 3", f"modified {self.path('a')} 5", moved, f"deleted {self.path('b')} 5")
        runs = wait_until(lambda: [one for one in self.server.executions(f"&rule_ref={self.rule}")
                                   if one["status"] == "completed"][3:] or None, what="the executions")
        self.assertEqual(len(runs), 1)

    def test_a_folder_may_come_later_and_come_again(self):
        self.watch(self.path("later", "in", "**", "*.csv"))
        os.makedirs(self.path("later", "in", "deep"))
        self.write("later/in/deep/a.csv")
        self.write("later/in/deep/a.txt")
        self.expect(f"created {self.path('later/in/deep/a.csv')} 1")
        shutil.rmtree(self.path("later"))
        self.expect(f"created {self.path('later/in/deep/a.csv')} 1", f"deleted {self.path('later/in/deep/a.csv')} 1")
        os.makedirs(self.path("later", "in"))
        self.write("later/in/b.csv")
        self.expect(f"created {self.path('later/in/deep/a.csv')} 1", f"deleted {self.path('later/in/deep/a.csv')} 1",
                    f"created {self.path('later/in/b.csv')} 1")

    def test_what_is_told_at_all_is_told_of_the_whole_tree(self):
        self.watch(recursive=True, ignore=["*.tmp", ".git/"], kinds=["created", "deleted"])
        os.makedirs(self.path("a", "b"))
        os.makedirs(self.path(".git"))
        for name in ("a/b/x", "a/b/x.tmp", ".git/x"):
            self.write(name)
        self.expect(f"created {self.path('a/b/x')} 1")
        os.rename(self.path("a"), self.path("c"))
        self.expect(f"created {self.path('a/b/x')} 1", f"deleted {self.path('a/b/x')} 1",
                    f"created {self.path('c/b/x')} 1")

    def test_a_wrong_parameter_is_named(self):
        answer = self.server.call("POST", "/api/v1/rules", {
            "ref": self.rule, "pack_ref": "core", "label": "x", "trigger_ref": "core.file_changed",
            "action_ref": "core.null", "trigger_params": {"path": "/in", "recursiv": True}})

        self.assertIn(answer.status, (400, 422), answer)
        self.assertIn("trigger_params.recursiv", answer.text)
        self.assertIn("did you mean 'recursive'?", answer.text)


class Restarting(unittest.TestCase):
    """A server, and a folder of its own."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()
        self.folder = os.path.join(self.server.folder, "in")
        os.mkdir(self.folder)

    def watch(self, rule, **params):
        self.server.make_rule(rule, trigger_ref="core.file_changed", action_ref="core.null",
                              trigger_params={"path": self.folder, "settle": "100ms", **params})
        wait_until(lambda: is_watched(self.server, rule), what="the watch")

    def write(self, name, text="x"):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)


class Restarts(Restarting):
    def test_what_changed_while_it_was_down_is_found_when_the_rule_asks(self):
        for name in ("kept", "written", "removed", "renamed"):
            self.write(name)
        self.watch("core.asks", catch_up=True)
        self.watch("core.asks_not")
        self.server.kill()
        self.write("written", "more")
        os.remove(os.path.join(self.folder, "removed"))
        os.rename(os.path.join(self.folder, "renamed"), os.path.join(self.folder, "other"))
        self.write("new", "12")
        self.server.start()

        at = self.folder
        wait_until(lambda: len(told(self.server, "core.asks")) >= 4, TAKEN_OVER, what="four events")
        self.assertEqual(sorted(told(self.server, "core.asks")), sorted([
            f"modified {at}/written 4 caught up", f"deleted {at}/removed 1 caught up",
            f"moved {at}/renamed {at}/other 1 caught up", f"created {at}/new 2 caught up"]))
        wait_until(lambda: is_watched(self.server, "core.asks_not"), TAKEN_OVER, what="the other watch")
        self.write("new", "123")
        wait_until(lambda: told(self.server, "core.asks_not"), TAKEN_OVER, what="an event of the other rule")
        self.assertEqual(told(self.server, "core.asks_not"), [f"modified {at}/new 3"])
        self.assertEqual(told(self.server, "core.asks")[4:], [f"modified {at}/new 3"])


class Writer(threading.Thread):
    """Does to files of its own what programs do, and knows how it left them."""

    def __init__(self, folder, number, files, seed):
        super().__init__(daemon=True)
        self.folder = os.path.join(folder, str(number % 3), str(number))
        os.makedirs(self.folder)
        self.random = random.Random(seed)
        self.names = [f"{number}-{index}" for index in range(files)]

    def run(self):
        for name in self.names * 2:
            path = os.path.join(self.folder, name)
            turn = self.random.random()
            if turn < 0.1 and os.path.exists(path):
                os.remove(path)
            elif turn < 0.2 and os.path.exists(path):
                os.rename(path, path + "." + str(self.random.randrange(1000)))
            elif turn < 0.4:
                self.write(path + ".part")
                os.replace(path + ".part", path)
            else:
                self.write(path)
            if self.random.random() < 0.2:
                time.sleep(0.002)

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("x" * self.random.randrange(1, 500))


class ManyWriters(Restarting):
    """ATTUNE_FILES=10000 for as many files."""

    def test_the_last_state_of_every_file_is_told_and_no_change_twice(self):
        self.watch("core.many", recursive=True, catch_up=True)
        writers = [Writer(self.folder, number, MANY // 8, seed=number) for number in range(8)]
        for writer in writers:
            writer.start()
        kills = 0
        while any(writer.is_alive() for writer in writers):
            time.sleep(random.uniform(0.3, 1.5))
            self.server.kill()
            kills += 1
            time.sleep(random.uniform(0, 0.5))
            self.server.start()
        there = self.there()
        wait_until(lambda: self.known() == there, TAKEN_OVER + MANY / 100, every=0.5, what="the last state of each file")
        time.sleep(2)

        self.assertEqual(self.known(), there)
        self.assertGreater(kills, 0)
        self.assertEqual(self.told_twice(), [])

    def there(self):
        """{path: (size, microseconds since 1970)}"""
        out = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                state = os.stat(os.path.join(folder, name))
                out[os.path.join(folder, name)] = (state.st_size, state.st_mtime_ns // 1000)
        return out

    def known(self):
        """The same from the events alone."""
        out = {}
        for one in payloads(self.server, "core.many"):
            out.pop(one.get("old_path"), None)
            if one["kind"] == "deleted":
                out.pop(one["path"], None)
            else:
                out[one["path"]] = self.state_in(one)
        return out

    @staticmethod
    def state_in(payload):
        whole, fraction = payload["modified"].rstrip("Z").split(".")
        seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
        return payload["size"], seconds * 1_000_000 + int(fraction)

    def told_twice(self):
        """Events that say of a file what was known of it already."""
        known, out = {}, []
        for one in payloads(self.server, "core.many"):
            path, state = one["path"], self.state_in(one)
            if one["kind"] == "deleted":
                if known.pop(path, None) is None:
                    out.append(one)
                continue
            moved = known.pop(one["old_path"], None) if "old_path" in one else None
            if known.get(path) == state and moved is None:
                out.append(one)
            known[path] = state
        return out


if __name__ == "__main__":
    unittest.main()
