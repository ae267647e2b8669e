"""Finding the next time of a cron expression, beside a widely used library of Node.js."""
import json
import os
import pathlib

from .line import BUILD, Line, google_benchmark, median, run

VERSION = "11.0.1"
FOLDER = os.path.join(BUILD, "croner")


def croner():
    """next time of a cron expression, beside croner (npm) in node"""
    module = os.path.join(FOLDER, "node_modules/croner")
    package = os.path.join(module, "package.json")
    if not os.path.exists(package) or _package(package)["version"] != VERSION:
        os.makedirs(FOLDER, exist_ok=True)
        run(["npm", "install", "--prefix", FOLDER, "--no-audit", "--no-fund", f"croner@{VERSION}"])
    entry = _package(package)["exports"]["."]["import"]
    entry = entry["default"] if isinstance(entry, dict) else entry
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "croner.mjs")
    theirs, ours = [], []
    for _ in range(2):
        ours.append(google_benchmark("schedule_bench", "walk/cron_(minutes|weekdays|leap)"))
        theirs.append(json.loads(run(["node", script, pathlib.Path(module, entry).as_uri()])))
    for name in theirs[0]:
        mine = median(one[f"walk/{name}"]["real_time"] for one in ours)
        other = median(one[name] for one in theirs)
        yield Line(f"croner {name[5:]}", "ns", mine, other, "20 times faster", other / mine >= 20,
                   {"times_faster": round(other / mine, 1)})


def _package(file):
    with open(file, encoding="utf-8") as text:
        return json.load(text)
