#!/usr/bin/env python3
"""The rules that the compiler does not check. Prints "<file>:<line>: <what is wrong>"; ends with 1 when there is any.

    python3 tools/lint.py
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What each module may include of the others (docs/architecture/README.md). An adapter may include its own folder.
LOGIC = {"base", "domain", "logic"}
USES = {
    "base": {"base"},
    "domain": {"base", "domain"},
    "logic": LOGIC,
    "runtime": {"base", "runtime"},
    "storage": {"base", "domain", "runtime", "storage"},
    "flow": LOGIC | {"runtime", "storage", "flow"},
    "live": LOGIC | {"runtime", "storage", "live"},
    "services": LOGIC | {"runtime", "storage", "flow", "services"},
    "api": LOGIC | {"runtime", "storage", "flow", "live", "api"},
    "adapters": {"base", "runtime"},
}
ADAPTER_USES_TOO = {"sqlite": {"domain", "storage"}, "postgres": {"domain", "storage"}, "http": {"api"}, "pack_store": {"domain"}}

# Third-party headers: the only modules that see them.
LIBRARIES = {
    r"boost/asio": {"runtime", "storage", "flow", "live", "services", "api", "adapters", "app"},
    # Files are read and written by adapters, and named and found by app.
    r"(filesystem|fstream)$": {"adapters", "app", "logic/schedule"},
    r"boost/beast": {"adapters/http"},
    r"boost/url": {"logic/schema", "api", "adapters/http", "adapters/rabbit_bus", "app"},
    r"amqp(_\w+)?\.h": {"adapters/rabbit_bus"},
    r"sqlite3\.h": {"adapters/sqlite"},
    r"libpq": {"adapters/postgres"},
    r"openssl/": {"adapters/crypto"},
    r"argon2\.h": {"adapters/crypto"},
    r"yaml-cpp/": {"adapters/yaml"},
    r"archive(_entry)?\.h": {"adapters/archive"},
    r"libical/": {"adapters/icalendar"},
    r"CLI/": {"app"},
    r"curl/": {"app"},
    r"cctz/": {"logic/schedule"},
    r"re2/": {"logic/expression", "logic/schema"},
    r"spdlog/": {"base"},
}

# The precompiled header lies in base, and is for the modules above that ask for it (PCH in their CMakeLists.txt).
INCLUDES_UNCHECKED = {"src/base/pch.hpp"}

# Services meet in the database, with these exceptions.
SERVICES_SHARED = {}

# Coroutines are started by a service group, which ends them and hears of their failure.
CO_SPAWN_ALLOWED = {
    "src/runtime/service_group.cpp": "the service group itself",
    "src/adapters/http/http_server.cpp": "one coroutine a connection, counted, cancelled and awaited by the server",
}
# Whether something is a timer, only the source of timers asks; others ask logic/definitions/source.hpp.
TIMERS_BY_NAME = re.compile(r"\b(is_rule_timer_trigger|config_from_rule|config_from_trigger)\b")
TIMER_SOURCE = ("src/logic/schedule/", "src/logic/definitions/timer", "src/flow/timers.")
# Effects are applied in one place, after the commit.
RINGS_ALLOWED = {"src/flow/effects.cpp"}

# The files whose text is the rules themselves, or that are data from elsewhere.
UNCHECKED = ("tools/lint.py", "tests/data/", "tests/golden/")
TEXT_FILES = (".cpp", ".hpp", ".sql", ".py", ".sh", ".yaml", ".yml", ".md", ".cmake", ".json", ".html", ".txt")

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
COMMENT = re.compile(r'//.*$|"(?:[^"\\]|\\.)*"')


def files():
    """The repository's files: tracked ones, and new ones that are not ignored."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            check=True, capture_output=True).stdout.decode()
    names = sorted(name for name in listed.split("\0") if name)
    return [name for name in names if os.path.isfile(os.path.join(ROOT, name)) and not name.startswith(UNCHECKED)]


def is_test(name):
    return name.startswith(("tests/", "bench/")) or re.search(r"(^|[_/])test(s|_|\.)", name) is not None


def module_of(path):
    """"src/adapters/http/x.cpp" is ("adapters", "adapters/http"). Nothing outside src/."""
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return None, None
    deep = parts[1] in ("adapters", "logic") and len(parts) > 3
    return parts[1], "/".join(parts[1:3]) if deep else parts[1]


def allowed_modules(module, folder):
    """The modules that a file may include; None: all."""
    if module == "app":
        return None
    more = ADAPTER_USES_TOO.get(folder.partition("/")[2], set()) if module == "adapters" else set()
    return USES[module] | more


def check_own_include(name, module, folder, target):
    to = target.split("/")[0]
    if to not in USES and to != "app":
        return None
    to_folder = "/".join(target.split("/")[:2])
    of_a_service = module == "services" and re.match(r"services/.+/", target)
    own = os.path.dirname(name).endswith(os.path.dirname(target))
    if of_a_service and not own and (name, target) not in SERVICES_SHARED:
        return f"services never include each other: {target}"
    allowed = allowed_modules(module, folder)
    if allowed is None or to in allowed or (to == "adapters" and to_folder == folder):
        return None
    return f"{folder} must not include {target}: it may use {', '.join(sorted(allowed))}"


def check_library(module, folder, target):
    for pattern, users in LIBRARIES.items():
        if re.match(pattern, target) and module not in users and folder not in users:
            return f"{folder} must not include <{target}>: only {', '.join(sorted(users))} may"
    return None


def check_include(name, line):
    module, folder = module_of(name)
    found = INCLUDE.match(line)
    if module not in USES and module != "app" or not found or name in INCLUDES_UNCHECKED:
        return None
    if found[1] == "<":
        # A test may drive the coroutines of what it tests.
        return None if is_test(name) else check_library(module, folder, found[2])
    return check_own_include(name, module, folder, found[2])


def check_code(name, line):
    code = COMMENT.sub("", line)
    if is_test(name):
        return None
    if re.search(r"\bdetached\b", code):
        return "detached: start coroutines in a ServiceGroup, so that they end and their failures are heard"
    if TIMERS_BY_NAME.search(code) and not name.startswith(TIMER_SOURCE):
        return "timers by name: ask the trigger's source (logic/definitions/source.hpp)"
    if re.search(r"\bbus\w*(\.|->)ring\(", code) and name not in RINGS_ALLOWED and module_of(name)[0] != "adapters":
        return "ring: put it into the effects that the change returns; commit() rings after the commit"
    if re.search(r"\bco_spawn\s*\(", code) and name not in CO_SPAWN_ALLOWED and not name.startswith("src/app/"):
        return "co_spawn: start coroutines in a ServiceGroup (or say in tools/lint.py why not)"
    return None


def check_text(line):
    if "\t" in line:
        return "tab"
    if line != line.rstrip():
        return "trailing whitespace"
    if re.search(r"\b(TODO|FIXME|XXX)\b", line):
        return "unfinished: do it, or open an issue"
    if re.search(r"(^|[\s\"'=(`])/(work|root)/", line):
        return "a path of one machine"
    return None


def check_file(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as text:
        lines = text.read().split("\n")
    is_code = name.endswith((".cpp", ".hpp"))
    for number, line in enumerate(lines, 1):
        checks = [check_text(line)]
        if is_code:
            checks += [check_include(name, line), check_code(name, line)]
        yield from ((number, problem) for problem in checks if problem)
    if lines[-1] != "":
        yield len(lines), "no newline at the end"


def includes_between_folders(names):
    """{folder: {folder that it includes: "<file>:<line>" of one such line}}, of the folders below src."""
    graph = {}
    for name in names:
        if not name.startswith("src/") or not name.endswith((".cpp", ".hpp")):
            continue
        folder = os.path.dirname(name)
        with open(os.path.join(ROOT, name), encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                found = INCLUDE.match(line)
                target = os.path.dirname("src/" + found[2]) if found and found[1] == '"' else folder
                if target != folder and os.path.isfile(os.path.join(ROOT, "src", found[2])):
                    graph.setdefault(folder, {}).setdefault(target, f"{name}:{number}")
    return graph


def way(graph, start, end):
    """The shortest way from one folder to another, both included; None when there is none."""
    ways, seen = [[start]], {start}
    for steps in ways:
        if steps[-1] == end:
            return steps
        for after in sorted(set(graph.get(steps[-1], {})) - seen):
            seen.add(after)
            ways.append([*steps, after])
    return None


def circles(graph):
    """A line for each folder that includes itself by way of others, with the include that closes the circle."""
    told = set()
    for folder in sorted(graph):
        for target, where in sorted(graph[folder].items()):
            back = way(graph, target, folder)
            if back and frozenset(back) not in told:
                told.add(frozenset(back))
                yield f"{where}: folders in a circle: {' -> '.join([folder, *back])}"


def main():
    names = files()
    problems = 0
    for circle in circles(includes_between_folders(names)):
        print(circle)
        problems += 1
    for name in names:
        if not name.endswith(TEXT_FILES):
            continue
        for number, problem in check_file(name):
            print(f"{name}:{number}: {problem}")
            problems += 1
    if problems:
        print(f"{problems} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
