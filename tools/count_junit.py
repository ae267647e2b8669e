#!/usr/bin/env python3
"""Prints "<passed> <failed>" of a JUnit report. What a test skipped, or what is disabled, counts as neither; a case
that could not be run at all counts as failed."""
import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    """"passed", "failed" or "skipped"."""
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    if case.get("status") == "disabled":
        return "skipped"
    if case.get("status") == "notrun":  # CTest's word both for a skip and for a program that is missing
        skipped = case.find("skipped")
        by_choice = skipped is not None and skipped.get("message", "").startswith("SKIP_")
        return "skipped" if by_choice else "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def count(file):
    outcomes = [outcome(case) for case in ElementTree.parse(file).iter("testcase")]
    return outcomes.count("passed"), outcomes.count("failed")


if __name__ == "__main__":
    try:
        print(*count(sys.argv[1]))
    except (OSError, ElementTree.ParseError) as problem:
        sys.exit(f"count_junit: {sys.argv[1]}: {problem}")
