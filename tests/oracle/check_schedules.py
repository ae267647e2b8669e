#!/usr/bin/env python3
"""Compares `attune schedule next` with other ways to the same times, on random schedules. Run by hand:

    python3 tests/oracle/check_schedules.py build/dev/src/app/attune [--cases N] [--seed S]

cron: every minute of some days around a clock change, by the rules of docs/timers.md and Python's zoneinfo.
rrule: python3-dateutil. Left out is BYSETPOS of weekly rules, whose first week dateutil counts from dtstart and not, as
RFC 5545 has it, from the week's first day.
"""
import argparse
import calendar
import json
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
MINUTE = timedelta(minutes=1)
# A zone, and days around which its clock changes (or the date line moves).
PLACES = [("Australia/Lord_Howe", "2026-10-03"), ("Australia/Lord_Howe", "2026-04-04"),
          ("America/Sao_Paulo", "2018-11-04"), ("America/Sao_Paulo", "2018-02-18"),
          ("Africa/Casablanca", "2025-02-23"), ("Africa/Casablanca", "2025-04-06"), ("Europe/Dublin", "2026-03-29"),
          ("Europe/Dublin", "2026-10-25"), ("Pacific/Apia", "2011-12-30"), ("Pacific/Apia", "2021-04-04"),
          ("Asia/Kathmandu", "2026-03-01"), ("Pacific/Chatham", "2026-09-27"), ("Pacific/Chatham", "2026-04-05"),
          ("America/St_Johns", "2011-03-13"), ("America/St_Johns", "2010-11-07"), ("Antarctica/Troll", "2026-03-29"),
          ("Antarctica/Troll", "2026-10-25"), ("Europe/Berlin", "2026-03-29"), ("America/New_York", "2026-11-01"),
          ("America/Caracas", "2016-05-01"), ("Asia/Pyongyang", "2018-05-05"), ("UTC", "2026-02-28"),
          ("Atlantic/Azores", "2026-03-29"), ("America/Havana", "2026-03-08"), ("Asia/Gaza", "2023-04-29")]


class Field:
    """One cron field: its text and the values it means."""

    def __init__(self, dice, low, high, star=0.35):
        kind = dice.random()
        values = set()
        if kind < star:
            self.text, values = "*", set(range(low, high + 1))
        elif kind < star + 0.1:
            step = dice.randint(2, 7)
            self.text, values = f"*/{step}", set(range(low, high + 1, step))
        else:
            items = []
            for _ in range(dice.randint(1, 3)):
                first = dice.randint(low, high)
                last = dice.randint(first, high)
                step = dice.randint(1, 5)
                form = dice.randint(0, 3)
                if form == 0:
                    items.append(f"{first}-{last}/{step}")
                    values |= set(range(first, last + 1, step))
                elif form == 1:
                    items.append(f"{first}-{last}")
                    values |= set(range(first, last + 1))
                else:
                    items.append(str(first))
                    values.add(first)
            self.text = ",".join(items)
        self.values = values


def nearest_weekday(year, month, day):
    length = calendar.monthrange(year, month)[1]
    weekday = datetime(year, month, day).weekday()
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < length else day - 2
    return day


def day_field(dice):
    """Text, whether it restricts, and a predicate on a date."""
    kind = dice.randint(0, 9)
    if kind < 5:
        return "*", False, lambda d: True
    length = lambda d: calendar.monthrange(d.year, d.month)[1]
    if kind == 5:
        return "L", True, lambda d: d.day == length(d)
    if kind == 6:
        return "LW", True, lambda d: d.day == nearest_weekday(d.year, d.month, length(d))
    if kind == 7:
        n = dice.randint(1, 28)
        return f"{n}W", True, lambda d: d.day == nearest_weekday(d.year, d.month, n)
    first = dice.randint(1, 31)
    last = dice.randint(first, 31)
    return f"{first}-{last}", True, lambda d: first <= d.day <= last


def weekday_field(dice):
    kind = dice.randint(0, 9)
    sunday = lambda d: (d.weekday() + 1) % 7
    if kind < 5:
        return "*", False, lambda d: True
    n = dice.randint(0, 6)
    if kind == 5:
        nth = dice.randint(1, 5)
        return f"{n}#{nth}", True, lambda d: sunday(d) == n and (d.day - 1) // 7 + 1 == nth
    if kind == 6:
        return f"{n}L", True, lambda d: sunday(d) == n and d.day + 7 > calendar.monthrange(d.year, d.month)[1]
    last = dice.randint(n, 7)
    return f"{n}-{last}", True, lambda d: n <= sunday(d) <= last or (last == 7 and sunday(d) == 0)


def random_cron(dice):
    minute, hour, month = Field(dice, 0, 59, 0.1), Field(dice, 0, 23), Field(dice, 1, 12, 0.8)
    if dice.random() < 0.5:
        hour.text, hour.values = "1,2,3,0,23", {0, 1, 2, 3, 23}
    day, day_limits, on_day = day_field(dice)
    weekday, weekday_limits, on_weekday = weekday_field(dice)
    both = not (day_limits and weekday_limits)
    if not both and dice.random() < 0.3:
        both, weekday = True, "+" + weekday
    matches = lambda d: (d.minute in minute.values and d.hour in hour.values and d.month in month.values and
                         ((on_day(d) and on_weekday(d)) if both else (on_day(d) or on_weekday(d))))
    fixed = minute.text[0] != "*" and hour.text[0] != "*"
    return f"{minute.text} {hour.text} {day} {month.text} {weekday}", matches, fixed


def instants(local, zone, fixed, gap, overlap):
    """The instants that one matching local minute means."""
    copies = []
    for fold in (0, 1):
        at = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == local and at not in copies:
            copies.append(at)
    if not fixed or len(copies) == 1:
        return copies
    if copies:
        return {"first": copies[:1], "last": copies[1:], "both": copies}[overlap]
    before = local.replace(tzinfo=zone, fold=0).utcoffset()
    length = local.replace(tzinfo=zone, fold=1).utcoffset() - before
    length = abs(length)
    if length > timedelta(hours=3) or gap == "skip":
        return []
    shifted = (local - before).replace(tzinfo=UTC)
    if gap == "shift":
        return [shifted]
    # The change itself: the first instant with the new offset.
    after = shifted
    while (after - MINUTE).astimezone(zone).utcoffset() != before:
        after -= MINUTE
    return [after]


def cron_case(dice):
    name, day = dice.choice(PLACES)
    zone = ZoneInfo(name)
    expression, matches, fixed = random_cron(dice)
    gap, overlap = dice.choice(["run_after", "skip", "shift"]), dice.choice(["first", "last", "both"])
    start = datetime.fromisoformat(day) - timedelta(days=3)
    found = set()
    local = start
    while local < start + timedelta(days=7):
        if matches(local):
            found.update(instants(local, zone, fixed, gap, overlap))
        local += MINUTE
    after = (datetime.fromisoformat(day) - timedelta(hours=dice.randint(12, 36))).replace(tzinfo=UTC)
    # A day from the edges, every local time around an instant was looked at.
    until = (start + timedelta(days=5)).replace(tzinfo=UTC)
    expected = [at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in sorted(found) if after < at <= until]
    return {"expression": expression, "timezone": name, "after": after.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "dst_gap": gap, "dst_overlap": overlap, "end_at": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "count": 10000}, expected


DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def random_rule(dice):
    freq = dice.choice(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"])
    some = lambda low, high, most=3: ",".join(str(n) for n in sorted(dice.sample(range(low, high + 1),
                                                                                dice.randint(1, most))))
    parts = [f"FREQ={freq}"]
    if dice.random() < 0.5:
        parts.append(f"INTERVAL={dice.randint(1, 5 if freq != 'MINUTELY' else 90)}")
    if dice.random() < 0.3:
        parts.append(f"BYMONTH={some(1, 12, 4)}")
    days = False
    if dice.random() < 0.4:
        numbered = freq in ("YEARLY", "MONTHLY") and dice.random() < 0.5
        parts.append("BYDAY=" + ",".join((str(dice.choice([1, 2, -1, 4])) if numbered else "") + day
                                         for day in dice.sample(DAYS, dice.randint(1, 4))))
        days = True
    if not days and freq != "WEEKLY" and dice.random() < 0.3:
        parts.append(f"BYMONTHDAY={dice.choice(['-1', '31', some(1, 28), '1,15,-2'])}")
        days = True
    if freq in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY") and dice.random() < 0.3:
        parts.append(f"BYHOUR={some(0, 23)}")
    if freq in ("YEARLY", "MONTHLY") and days and dice.random() < 0.4:
        parts.append(f"BYSETPOS={dice.choice(['1', '-1', '2', '1,-1', '3'])}")
    if freq == "WEEKLY" and dice.random() < 0.4:
        parts.append(f"WKST={dice.choice(DAYS)}")
    if dice.random() < 0.3:
        parts.append(f"COUNT={dice.randint(1, 40)}")
    return ";".join(parts)


def rrule_case(dice):
    from dateutil.rrule import rrulestr
    rule = random_rule(dice)
    start = datetime(dice.randint(2019, 2024), dice.randint(1, 12), dice.randint(1, 28), dice.randint(0, 23),
                     dice.randint(0, 59))
    after = start + timedelta(minutes=dice.randint(-1000, 400000))
    try:
        series = rrulestr(rule, dtstart=start)
    except ValueError:
        return None
    expected = []
    for at in series.xafter(after, count=6, inc=False):
        if at.year > 2060:
            break
        expected.append(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return {"rule": rule, "dtstart": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "timezone": "UTC",
            "after": after.strftime("%Y-%m-%dT%H:%M:%SZ"), "end_at": "2060-12-31T23:59:59Z", "count": 6}, expected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--cases", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=["cron", "rrule"])
    args = parser.parse_args()
    dice = random.Random(args.seed)
    makers = [make for make, kind in ((cron_case, "cron"), (rrule_case, "rrule")) if args.kind in (None, kind)]
    cases = [case for make in makers for case in (make(dice) for _ in range(args.cases)) if case is not None]
    lines = "".join(json.dumps(line) + "\n" for line, _ in cases)
    done = subprocess.run([args.binary, "schedule", "next", "--input", "-"], input=lines, text=True,
                          capture_output=True, check=True)
    wrong = 0
    for (line, expected), answer in zip(cases, done.stdout.splitlines(), strict=True):
        got = json.loads(answer)
        if got.get("next") != expected:
            wrong += 1
            if wrong <= 10:
                listed = got.get("next", [])
                first = next((n for n, pair in enumerate(zip(listed, expected)) if pair[0] != pair[1]),
                             min(len(listed), len(expected)))
                print(f"{json.dumps(line)}\n  from time {first}: expected {expected[first:first + 4]}, "
                      f"got {got.get('error') or listed[first:first + 4]}")
    print(f"{len(cases)} schedules, {sum(len(e) for _, e in cases)} times, {wrong} schedules differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
