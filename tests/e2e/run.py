#!/usr/bin/env python3
"""Runs the end-to-end tests and writes a JUnit report.

    ATTUNE_BINARY=build/dev/src/app/attune python3 tests/e2e/run.py [--junit FILE] [-k TEXT]
"""
import argparse
import os
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))


class Report(unittest.TextTestResult):
    """Keeps each case with its outcome and duration."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.suite = ElementTree.Element("testsuite", name="e2e")
        self.started = time.monotonic()
        self.case = None

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        self.case = self._add(test)

    def stopTest(self, test):
        self.case.set("time", f"{time.monotonic() - self.started:.3f}")
        super().stopTest(test)

    def _add(self, test):
        name = test.id() if hasattr(test, "id") else str(test)
        return ElementTree.SubElement(self.suite, "testcase", name=name, classname="e2e")

    def _mark(self, test, outcome, text):
        # A class that could not be set up has no case of its own.
        case = self.case if isinstance(test, unittest.TestCase) else self._add(test)
        ElementTree.SubElement(case, outcome).text = text

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._mark(test, "failure", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._mark(test, "error", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._mark(test, "failure", f"{subtest.id()}: {err[1]}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._mark(test, "skipped", reason)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._mark(test, "failure", "expected to fail, but passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--junit", help="where to write the report")
    parser.add_argument("-k", dest="only", help="only the tests whose name contains this text")
    options = parser.parse_args()

    sys.path.insert(0, HERE)
    loader = unittest.TestLoader()
    if options.only:
        loader.testNamePatterns = [f"*{options.only}*"]
    suite = loader.discover(HERE, top_level_dir=HERE)
    result = unittest.TextTestRunner(resultclass=Report, verbosity=2).run(suite)
    if options.junit:
        ElementTree.ElementTree(result.suite).write(options.junit, encoding="utf-8", xml_declaration=True)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
