"""What a long history costs: the flow with and without it, and the lists of the API over it.

The rows are written by SQL, spread over 20 actions, 200 rules and 10 triggers, with some of each kind that is rare; the
indexes are made afterwards, as a reorganised database has them, and the statistics are read.
"""
import contextlib
import os
import sqlite3
import tempfile
import time

from .cluster import ROUNDS, PostgresServer
from .line import CannotRun, Line, median, numbers_of
from .server import Server, cluster_settings

RUNS = 30_000  # of core.null in a round
ROWS = 5_000_000  # --rows: executions that have ended, each with its event and its enforcement
DEFINITIONS = 1000  # rules and timers beside them
FIRST_SECOND = 1_760_000_000  # of the history: one row a second

STATUS = ("case when n % 100 < 92 then 'completed' when n % 100 < 97 then 'failed' when n % 100 = 97 then 'timeout'"
          " when n % 100 = 98 then 'cancelled' else 'abandoned' end")
ACTION = "case when n % 100000 = 77 then 'rare.action' else 'bench.action_' || (n * 7919 % 20) end"
RULE = "case when n % 100000 = 77 then 'rare.rule' else 'bench.rule_' || (n * 7919 % 200) end"
TRIGGER = "case when n % 100000 = 77 then 'rare.trigger' else 'bench.trigger_' || (n * 7919 % 10) end"
RESULT = """'{"succeeded":true,"exit_code":0,"duration_ms":' || n % 1000 || ',"stdout":"line ' || n || '"}'"""
PAYLOAD = """'{"sequence":' || n || ',"reason":"normal","source":"bench"}'"""

# Table: its columns and their values of row n. {at} is the time of row n, {json} and {as_json} stand around a text that is JSON.
HISTORY = {
    "event": (
        "id, trigger_ref, payload, source, rule_ref, created, decided_at, decision",
        f"n, {TRIGGER}, {{json}}{PAYLOAD}{{as_json}}, case when n % 50000 = 9 then 7 when n % 4 = 0 then n % 3 end,"
        f" case when n % 3 = 0 then {RULE} end, {{at}}, {{at}},"
        """ {json}'[{"rule":1,"rule_ref":"bench.rule","matched":true,"reason":"no conditions"}]'{as_json}"""),
    "enforcement": (
        "id, rule, rule_ref, trigger_ref, event, payload, status, condition, conditions, created, resolved_at",
        f"n, 100000 + n * 7919 % 200, {RULE}, {TRIGGER}, n, {{json}}{PAYLOAD}{{as_json}},"
        " case when n % 50 = 9 then 'disabled' else 'processed' end, 'all', {json}'[]'{as_json}, {at}, {at}"),
    "execution": (
        "id, action_ref, enforcement, event, rule_ref, trigger_ref, executor, parent, permission_set_refs, placement,"
        " status, worker, worker_epoch, claim, result, retry_count, max_retries, created, updated, scheduled_at,"
        " started_at, finished_at",
        f"n, {ACTION}, n, n, {RULE}, {TRIGGER}, case when n % 100000 = 77 then 9 else 1 + n % 3 end,"
        f" case when n % 50 = 9 then n - 1 end, {{json}}'[]'{{as_json}}, 1, {STATUS}, 1 + n % 4, 1, 1, {{json}}{RESULT}{{as_json}}, 0, 0,"
        " {at}, {at}, {at}, {at}, {at}"),
}
# Rules and their timers. {at} is a time that is over; the timers are disabled, so that nothing fires.
BESIDE = {
    "rule": (
        "id, ref, pack_ref, label, action_ref, trigger_ref, conditions, action_params, trigger_params, enabled,"
        " is_adhoc, generation, created, updated",
        "100000 + n, 'bench.rule_' || n, 'bench', 'Rule', 'bench.action_1', 'bench.trigger_' || n % 10, {json}'[]'{as_json},"
        " {json}'{}'{as_json}, {json}'{}'{as_json}, {false}, {true}, 1, {at}, {at}"),
    "timer": (
        "id, rule, rule_ref, trigger_ref, config, armed, enabled, revision, anchor, cursor, fired, late, missed,"
        " skipped, generation, created, updated",
        "100000 + n, 100000 + n, 'bench.rule_' || n, 'core.intervaltimer',"
        """ {json}'{"type":"interval","interval_seconds":3600}'{as_json}, {false}, {false}, 1, {at}, {at}, 0, 0, 0, 0, 1,"""
        " {at}, {at}"),
}
TALLY = ("insert into execution_tally (action_ref, status, shard, ended, forgotten)"
         " select action_ref, status, 0, count(*), 0 from execution group by action_ref, status")
POSTGRES = {"at": f"to_timestamp({FIRST_SECOND} + n)", "json": "cast(",
            "as_json": " as json)", "true": "true", "false": "false"}
SQLITE = {"at": f"strftime('%Y-%m-%dT%H:%M:%S', {FIRST_SECOND} + n, 'unixepoch') || '.000000Z'", "json": "",
          "as_json": "", "true": "1", "false": "0"}

# What lists are asked for: each filter with a value that many rows have, and with one that few or none have.
LISTS = {
    "executions": {
        "": [""], "status": ["completed", "failed", "abandoned", "running", "requested"],
        "action_ref": ["bench.action_3", "rare.action", "no.such"], "pack_name": ["bench", "rare", "none"],
        "rule_ref": ["bench.rule_7", "rare.rule", "no.such"], "trigger_ref": ["bench.trigger_7", "rare.trigger", "no.such"],
        "executor": ["1", "9", "12345"], "enforcement": ["12345", "1"], "parent": ["58", "1"],
        "top_level_only": ["true"]},
    "events": {
        "": [""], "trigger_ref": ["bench.trigger_7", "rare.trigger", "no.such"], "trigger": ["1", "12345"],
        "rule_ref": ["bench.rule_7", "rare.rule", "no.such"], "source": ["1", "7", "12345"]},
    "enforcements": {
        "": [""], "status": ["processed", "disabled", "created"], "event": ["12345", "1"],
        "rule": ["100007", "12345"], "rule_ref": ["bench.rule_7", "rare.rule", "no.such"],
        "trigger_ref": ["bench.trigger_7", "rare.trigger", "no.such"]},
    "timers": {
        "": [""], "rule_ref": ["bench.rule_7", "no.such"], "trigger_ref": ["core.intervaltimer"],
        "pack": ["bench", "none"], "state": ["armed", "ended", "unarmed", "paused", "disabled"],
        "kind": ["interval", "cron"]},
    "rules": {"": [""]},
    "actions": {"": [""]},
    "triggers": {"": [""]},
}
DEEPEST_MS = 20


def insert(table, columns, values, series, words):
    """insert ... select over a series of n."""
    text = values
    for name, word in words.items():
        text = text.replace("{%s}" % name, word)
    return f"insert into {table} ({columns}) {series.format(text=text)}"


def fill_postgres(server, name, rows):
    """A prepared database gets its history."""
    series = "select {text} from generate_series(cast(1 as bigint), %d) n"
    statements = ["set search_path = attune", "set synchronous_commit = off", "set maintenance_work_mem = '256MB'"]
    made = server.run(["select indexdef from pg_indexes i where schemaname = 'attune' and tablename in ('event',"
                       " 'enforcement', 'execution') and indexname not like '%_pkey'"], name).splitlines()
    dropped = [f"drop index attune.{one.split(' INDEX ')[1].split()[0]}" for one in made]
    inserts = [insert(table, *what, series % rows, POSTGRES) for table, what in HISTORY.items()]
    inserts += [insert(table, *what, series % DEFINITIONS, POSTGRES) for table, what in BESIDE.items()]
    ids = [f"insert into id_block (kind, next) values ('{kind}', {rows + 1}) on conflict (kind) do update set next ="
           f" {rows + 1}" for kind in HISTORY]
    server.run([*statements, *dropped, *inserts, *made, TALLY, *ids, "vacuum (analyze)",
                "checkpoint"], name)  # or else what was filled is written while something else is measured


def fill_sqlite(file, rows):
    """The same in a file."""
    series = "with recursive s(n) as (select 1 union all select n + 1 from s where n < %d) select {text} from s"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("pragma synchronous = off")
        database.execute("pragma cache_size = -512000")
        made = database.execute("select name, sql from sqlite_master where type = 'index' and sql is not null and"
                                " tbl_name in ('event', 'enforcement', 'execution')").fetchall()
        database.execute("begin")
        for index, _ in made:
            database.execute(f"drop index {index}")
        for tables, count in ((HISTORY, rows), (BESIDE, DEFINITIONS)):
            for table, what in tables.items():
                database.execute(insert(table, *what, series % count, SQLITE))
        for _, text in made:
            database.execute(text)
        database.execute(TALLY)
        for kind in HISTORY:
            database.execute("insert into id_block (kind, next) values (?, ?) on conflict (kind) do update set next ="
                             " excluded.next", (kind, rows + 1))
        database.execute("commit")
        database.execute("pragma wal_checkpoint(truncate)")


def list_times(server):
    """{list?filter: median milliseconds of 5 requests}"""
    out = {}
    for name, filters in LISTS.items():
        for column, values in filters.items():
            for value in values:
                query = f"{name}?{column}={value}" if column else name
                took = []
                for _ in range(5):
                    began = time.monotonic()
                    answer = server.call("GET", f"/api/v1/{query}")
                    took.append((time.monotonic() - began) * 1000)
                    if answer.status != 200:
                        raise CannotRun(f"{query}: {answer}")
                out[query] = round(median(took), 1)
    return out


def _lines(name, turns, times, rows):
    cost = median(turn[0] / turn[1] for turn in turns)
    yield Line(name, "executions/s", median(turn[1] for turn in turns), median(turn[0] for turn in turns),
               "a run costs at most 1.2 times as much", cost <= 1.2,
               {"rows": rows, "cost": round(cost, 3), "rounds": [{"none": round(a), "history": round(b)} for a, b in turns]})
    slowest = max(times.values())
    worst = dict(sorted(times.items(), key=lambda one: -one[1])[:5])
    yield Line(f"{name} lists", "ms", slowest, None, f"each at most {DEEPEST_MS} ms", slowest <= DEEPEST_MS,
               {"lists": len(times), "median_ms": median(times.values()), "slowest": worst})


def pg_history():
    """the flow on PostgreSQL with 5 million ended executions (--rows), beside none; and each filter of the lists"""
    with PostgresServer() as server, server.database() as empty, server.database() as full:
        for name in (empty, full):
            numbers_of("cluster_bench", "prepare", server.url(name))
        fill_postgres(server, full, ROWS)
        turns = [[numbers_of("cluster_bench", "rate", server.url(name), RUNS)["per_s"] for name in (empty, full)]
                 for _ in range(ROUNDS)]
        settings = {**cluster_settings(server.url(full)), "ATTUNE__RETENTION__ENABLED": "false"}
        with Server(settings=settings) as attune:
            times = list_times(attune)
    yield from _lines("pg_history", turns, times, ROWS)


def history():
    """the flow on SQLite with 5 million ended executions (--rows), beside none; and each filter of the lists"""
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        files = {}
        for name in ("empty", "full"):
            files[name] = os.path.join(folder, name, "attune.db")
            os.mkdir(os.path.dirname(files[name]))
            numbers_of("flow_bench", "prepare", files[name])
        fill_sqlite(files["full"], ROWS)
        turns = [[numbers_of("flow_bench", "on", files[name], RUNS)["per_s"] for name in ("empty", "full")]
                 for _ in range(ROUNDS)]
        with Server(data=os.path.dirname(files["full"]), settings={"ATTUNE__RETENTION__ENABLED": "false"}) as attune:
            times = list_times(attune)
    yield from _lines("history", turns, times, ROWS)
