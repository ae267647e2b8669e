"""Several processes of each role on one database and one message queue, a steady load on them, and what must hold after
whatever was done to them."""
import itertools
import os
import shutil
import tempfile
import threading
import time

from support import FINAL, Server, cluster_settings, wait_until
from websocket import Refused, WebSocket

ROLES = ("api", "sensor", "executor", "worker", "notifier")
# Silence after which a worker's executions are taken from it, s.
LEASE = 2
# What the timers of the load do, each every second.
TIMED = (("core.null", {}), ("core.null", {}), ("core.noop", {}), ("core.echo", {"message": "{{ event.payload.nominal }}"}))

FINAL_LIST = ", ".join(f"'{status}'" for status in sorted(FINAL))
PERIOD = "make_interval(secs => (t.config ->> 'interval')::int)"
# Each finds rows that must not be there once things are calm. `t` has interval timers alone, by the second.
RULES_OF_THE_FLOW = {
    "an event that nobody decided": "select id from event where decided_at is null",
    "an execution that is not over": f"select id, status from execution where status not in ({FINAL_LIST})",
    "a nominal time with neither an event nor a range": f"""
        select t.rule_ref, n from timer t, generate_series(t.anchor + {PERIOD}, t.cursor, {PERIOD}) n
        where not exists (select 1 from event e where e.timer = t.id and e.nominal = n)
          and not exists (select 1 from timer_skip s where s.timer = t.id and n between s.first and s.last)""",
    "a nominal time that fired and was passed over": """
        select t.rule_ref, e.nominal from timer t join event e on e.timer = t.id
        join timer_skip s on s.timer = t.id and s.count > 0 and e.nominal between s.first and s.last""",
    "two events of one firing": """
        select timer, nominal from event where nominal is not null group by timer, nominal having count(*) > 1""",
    "a timer that counts other firings than there are": """
        select t.rule_ref, t.fired, count(e.id) as events from timer t
        left join event e on e.timer = t.id and e.nominal > t.anchor -- a changed schedule counts anew
        group by t.id having t.fired <> count(e.id)""",
    "an event without its one enforcement": """
        select e.id, count(f.id) from event e left join enforcement f on f.event = e.id
        where e.trigger_ref <> 'core.alert' group by e.id having count(f.id) <> 1""",
    "an enforcement without its one execution": """
        select f.id, count(x.id) from enforcement f
        left join execution x on x.enforcement = f.id and x.original_execution is null
        group by f.id having count(x.id) <> 1""",
    "an abandoned execution without its one alert": """
        select x.id, count(e.id) from execution x left join event e on e.trigger_ref = 'core.alert'
            and e.payload ->> 'correlation_id' = 'execution:' || x.id || ':worker_unavailable'
        where x.result ->> 'abandoned_by' = 'worker_recovery' group by x.id having count(e.id) <> 1""",
    "an end without a result": "select id, status from execution where result is null or finished_at is null",
    "a result of nobody": "select id from execution where worker is null or claim < 1",
    "a result that belies the status": """
        select id, status from execution where (status = 'completed') <> (result ->> 'succeeded')::boolean""",
    # Each end is counted by the transaction that wrote it: a second one would be counted, too.
    "ends that were counted twice, or not": """
        select x.action_ref, x.status, ended, tallied from (
            select action_ref, status, count(*) as ended from execution group by action_ref, status) x
        full join (select action_ref, status, sum(ended) as tallied from execution_tally group by action_ref, status) y
            using (action_ref, status) where ended is distinct from tallied""",
}


class Fleet:
    """`per_role` processes of each role, "api-1" and so on. `extra` has settings of some of them, by name."""

    def __init__(self, database_url, queue_url, per_role=2, extra=None):
        self.folder = tempfile.mkdtemp(prefix="attune-fleet-")
        self.members = {}
        shared = {**cluster_settings(database_url), "ATTUNE__MESSAGE_QUEUE__URL": queue_url + "?heartbeat=2",
                  "ATTUNE__WORKER__LEASE": f"{LEASE}s"}
        for role, number in itertools.product(ROLES, range(1, per_role + 1)):
            name = f"{role}-{number}"
            self.members[name] = Server(settings={**shared, "ATTUNE__WORKER__NAME": name, **(extra or {}).get(name, {})},
                                        command=(role,))
        for one in self.members.values():
            one.settings["ATTUNE__SERVER__PUBLIC_URL"] = self["api-1"].url
            one.settings["ATTUNE__NOTIFIER__PORT"] = str(one.port)
        self.turn = itertools.count()

    def __getitem__(self, name):
        return self.members[name]

    def start(self):
        for one in self.members.values():
            one.launch()
        for one in self.members.values():
            wait_until(one.is_ready, what=f"readiness of the fleet (log: {one.log})")
        self["api-1"].log_in()
        for one in self.members.values():
            one.token = self["api-1"].token  # each accepts what another gave out

    def start_again(self, name):
        self[name].launch()
        wait_until(self[name].is_ready, what=f"readiness of {name} (log: {self[name].log})")

    def restart(self, name):
        self[name].kill()
        self.start_again(name)

    def start_the_refused(self):
        """As a service manager does: again what could not start while the database was away."""
        for one in self.members.values():
            if one.process.poll() == 1 and "cannot start: database.url" in one.log_tail(500):
                one.launch()

    def remove(self):
        for one in self.members.values():
            if one.process and one.process.poll() is None:
                one.process.terminate()
        for one in self.members.values():
            one.stop()
            one.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None):
        """One request to one api process after another, until it is answered with success."""
        def attempt():
            api = self[f"api-{next(self.turn) % len([name for name in self.members if name.startswith('api')]) + 1}"]
            try:
                answer = api.call(method, path, body)
            except OSError:
                return None
            return answer if answer.status < 300 else None
        return wait_until(attempt, what=f"{method} {path}")

    def rows(self, query):
        return self["api-1"].rows(query)

    def number(self, query):
        return self.rows(query)[0][0]

    def completed(self):
        return self.number("select count(*) from execution where status = 'completed'")

    def expect_progress(self, what, seconds=5.0, least=10):
        """That so many executions are asked for and done, timers' and others', within the seconds from now."""
        before, began = self.completed(), time.monotonic()
        wait_until(lambda: self.completed() >= before + least, seconds, 0.2, what=f"work going on {what}")
        return time.monotonic() - began


class Listener:
    """A client of the notifiers: connected to one of them, and to the next when that ends."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.notifiers = itertools.cycle([one for name, one in fleet.members.items() if name.startswith("notifier")])
        self.connections = []  # what came in each: lists of (channel, id, status, old status)
        self.ended = []  # the executions that were told to be over
        self.missed = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()
        wait_until(lambda: self.connections, what="a connection to a notifier")
        return self

    def run(self):
        while not self.stopping.is_set():
            try:
                with WebSocket(next(self.notifiers).port, token=self.fleet["api-1"].token, patience=2) as client:
                    client.message()
                    client.subscribe("entity_type:execution")
                    client.settle()
                    self.connections.append([])
                    self.listen(client)
            except (OSError, Refused):
                self.stopping.wait(0.1)

    def listen(self, client):
        while not self.stopping.is_set():
            try:
                message = client.message()
            except TimeoutError:
                continue
            if message["type"] == "error":
                self.missed += 1
                continue
            told = message["payload"]
            self.connections[-1].append((message["notification_type"], message["entity_id"], told["status"],
                                         told.get("old_status")))
            if told["status"] in FINAL:
                self.ended.append(message["entity_id"])

    def stop(self):
        self.stopping.set()
        self.thread.join()

    def repeated(self):
        """What one connection was told twice."""
        ends = [[told for told in one if told[0] == "execution_created" or told[2] in FINAL] for one in self.connections]
        return [told for one in ends for told in set(one) if one.count(told) > 1]


class Load:
    """Timers that fire each second, and executions that a thread asks for, whatever happens meanwhile."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.file = os.path.join(fleet.folder, "runs")
        self.acknowledged, self.unexpected = [], []
        self.refused = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        for number, (action, parameters) in enumerate(TIMED):
            self.fleet["api-1"].make_rule(f"core.steady_{number}", action_ref=action, action_params=parameters)
        self.thread.start()
        return self

    def run(self):
        note = ("core.local", {"command": f'echo "$ATTUNE_EXEC_ID" >> {self.file}; sleep 0.2'})
        kinds = (("core.null", {}), ("core.noop", {}), note, ("core.null", {}), ("core.sleep", {"seconds": 1}), note)
        apis = [one for name, one in self.fleet.members.items() if name.startswith("api")]
        for (action, parameters), api in zip(itertools.cycle(kinds), itertools.cycle(apis + apis[:1])):
            if self.stopping.wait(0.07):
                return
            self.post(api, {"action_ref": action, "parameters": parameters})

    def post(self, api, body):
        try:
            answer = api.call("POST", "/api/v1/executions/execute", body)
        except OSError:
            self.refused += 1
            return
        if answer.status == 201:
            self.acknowledged.append(answer.data["id"])
        elif answer.status == 503:
            self.refused += 1
        else:
            self.unexpected.append(answer)

    def stop(self):
        self.stopping.set()
        if self.thread.ident:
            self.thread.join()

    def calm(self, seconds=15):
        """Ends the load, and waits until nothing is under way any more."""
        self.stop()
        for number, in self.fleet.rows("select id from timer where armed"):
            self.fleet.call("POST", f"/api/v1/timers/{number}/pause", {})
        open_rows = f"""select (select count(*) from event where decided_at is null)
                             + (select count(*) from execution where status not in ({FINAL_LIST}))"""
        wait_until(lambda: self.fleet.number(open_rows) == 0, seconds, 0.2, what="calm")

    def violations(self):
        """What was broken: a text each, with the first rows."""
        out = [f"{what}: {rows[:5]} ({len(rows)})" for what, query in RULES_OF_THE_FLOW.items()
               if (rows := self.fleet.rows(query))]
        known = dict(self.fleet.rows("select id, status || action_ref from execution"))
        if lost := set(self.acknowledged) - set(known):
            out.append(f"acknowledged and lost: {lost}")
        out += [f"an answer of {answer}" for answer in self.unexpected]
        runs = self.runs()
        if len(runs) != len(set(runs)):
            out.append("a program ran twice for one execution")
        if unseen := {number for number, how in known.items() if how == "completedcore.local"} - set(runs):
            out.append(f"completed without having run: {unseen}")
        out += [f"{name} ended by itself: {one.log_tail()}" for name, one in self.fleet.members.items()
                if one.process.poll() is not None]
        return out

    def runs(self):
        if not os.path.exists(self.file):
            return []
        with open(self.file, encoding="utf-8") as file:
            return [int(line) for line in file]

    def counts(self):
        """For people: how much happened."""
        statuses = dict(self.fleet.rows("select status, count(*) from execution group by status"))
        events, late = self.fleet.rows("select count(*), extract(epoch from max(created - nominal)) as late from event")[0]
        return f"{events} firings (the latest {float(late or 0):.1f} s late), {len(self.acknowledged)} executions" \
               f" acknowledged, {self.refused} refused; {statuses}"
