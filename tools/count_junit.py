#!/usr/bin/env python3
"""Prints "<passed> <failed>" of a JUnit report. Skipped and disabled cases count as neither."""
import sys
import xml.etree.ElementTree as ElementTree


def count(file):
    passed = failed = 0
    for case in ElementTree.parse(file).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed += 1
        elif case.find("skipped") is None and case.get("status") not in ("disabled", "notrun"):
            passed += 1
    return passed, failed


if __name__ == "__main__":
    try:
        print(*count(sys.argv[1]))
    except (OSError, ElementTree.ParseError) as problem:
        sys.exit(f"count_junit: {sys.argv[1]}: {problem}")
