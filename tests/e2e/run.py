#!/usr/bin/env python3
"""Runs the end-to-end tests and writes a JUnit report.

    ATTUNE_BINARY=build/dev/src/app/attune python3 tests/e2e/run.py [--junit FILE] [-k TEXT] [-j N]

The files run side by side, since their tests mostly wait; those of one file one after another.
"""
import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys
import tempfile
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


def run_file(name, options):
    """Runs the tests of one file in this process; whether all passed."""
    loader = unittest.TestLoader()
    if options.only:
        loader.testNamePatterns = [f"*{options.only}*"]
    result = unittest.TextTestRunner(resultclass=Report, verbosity=2).run(loader.loadTestsFromName(name))
    if options.junit:
        ElementTree.ElementTree(result.suite).write(options.junit, encoding="utf-8", xml_declaration=True)
    return result.wasSuccessful()


def run_apart(name, options, folder):
    """Runs the tests of one file in a process of their own; its name, its output, its report, whether all passed."""
    report = os.path.join(folder, name + ".xml")
    command = [sys.executable, os.path.abspath(__file__), "--file", name, "--junit", report]
    if options.only:
        command += ["-k", options.only]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    suite = ElementTree.parse(report).getroot() if os.path.exists(report) else None
    return name, done.stdout, suite, done.returncode == 0


def run_all(options):
    """Runs every file; whether all passed."""
    names = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "test_*.py")))
    # The longest first, so that none is left to run alone at the end.
    names.sort(key=lambda name: name not in ("test_crashes", "test_docs"))
    whole = ElementTree.Element("testsuite", name="e2e")
    started, passed = time.monotonic(), True
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for running in concurrent.futures.as_completed([pool.submit(run_apart, n, options, folder) for n in names]):
            name, output, suite, good = running.result()
            print(f"== {name}\n{output}", flush=True)
            passed = passed and good and suite is not None
            whole.extend(suite if suite is not None else [])
    print(f"{len(whole)} end-to-end tests in {time.monotonic() - started:.0f} s: {'OK' if passed else 'FAILED'}")
    if options.junit:
        ElementTree.ElementTree(whole).write(options.junit, encoding="utf-8", xml_declaration=True)
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--junit", help="where to write the report")
    parser.add_argument("-k", dest="only", help="only the tests whose name contains this text")
    parser.add_argument("-j", "--jobs", type=int, default=4, help="how many files at once (default: 4)")
    parser.add_argument("--file", help="only this file's tests, in this process (test_docs)")
    options = parser.parse_args()
    sys.path.insert(0, HERE)
    return 0 if (run_file(options.file, options) if options.file else run_all(options)) else 1


if __name__ == "__main__":
    sys.exit(main())
