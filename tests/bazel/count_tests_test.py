#!/usr/bin/env python3
"""Tests bazel/count_tests.py, whose last line is what tests/run ends with."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PASSED = '<testcase name="Works" status="run" result="completed" classname="Suite"/>'
FAILED = '<testcase name="Breaks" status="run"><failure message="no"/></testcase>'
DIED = '<testcase name="all" status="run"><error message="exited with error code 6"/></testcase>'
SKIPPED = '<testcase name="Later" status="run" classname="Suite"><skipped message=""/></testcase>'
DISABLED = '<testcase name="DISABLED_Never" status="notrun" result="suppressed"/>'


class CountTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.runs = []

    def result(self, name, status, *cases, log="it said this"):
        """The event of one test with these cases; no report if there is none."""
        files = {"test.log": log}
        if cases:
            files["test.xml"] = f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"
        outputs = []
        for file, content in files.items():
            path = self.folder / f"a b {name}.{file}"
            path.write_text(content)
            outputs.append({"name": file, "uri": path.as_uri()})
        return {
            "id": {"testResult": {"label": f"//:{name}"}},
            "testResult": {"status": status, "testActionOutput": outputs},
        }

    def run_of(self, status, *events):
        """Adds a run of Bazel that ended with `status`."""
        path = self.folder / f"{len(self.runs)}.json"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        path.with_suffix(".status").write_text(f"{status}\n")
        self.runs.append(path)

    def count(self):
        return subprocess.run(
            [sys.executable, "-B", "bazel/count_tests.py", *self.runs],
            capture_output=True, check=False, text=True)

    def expect(self, line, status):
        done = self.count()
        self.assertEqual((done.stdout, done.returncode), (line + "\n", status), done.stderr)
        return done.stderr

    def test_all_passed(self):
        self.run_of(0, self.result("a", "PASSED", PASSED, PASSED))
        self.run_of(0, self.result("b", "PASSED", PASSED))
        self.expect("3 passed, 0 failed", 0)

    def test_failed_case_shows_its_log(self):
        self.run_of(3, self.result("a", "FAILED", PASSED, FAILED), self.result("b", "PASSED", PASSED))
        said = self.expect("2 passed, 1 failed", 1)
        self.assertIn("//:a: FAILED", said)
        self.assertIn("it said this", said)

    def test_died_without_cases(self):
        self.run_of(3, self.result("a", "FAILED", DIED), self.result("b", "FAILED"))
        self.expect("0 passed, 2 failed", 1)

    def test_failed_though_every_case_passed(self):
        # As when a leak is found after the last test.
        self.run_of(3, self.result("a", "FAILED", PASSED))
        self.expect("1 passed, 1 failed", 1)

    def test_timeout_counts_though_an_old_report_lies_there(self):
        self.run_of(3, self.result("a", "TIMEOUT", PASSED, PASSED))
        self.expect("0 passed, 1 failed", 1)

    def test_not_built(self):
        self.run_of(1, {"id": {"targetCompleted": {"label": "//:a"}}, "completed": {}},
                    {"id": {"targetCompleted": {"label": "//:b"}}, "aborted": {"reason": "ANALYSIS_FAILURE"}},
                    {"id": {"targetCompleted": {"label": "//:c"}}, "completed": {"success": True}},
                    self.result("c", "PASSED", PASSED))
        self.expect("1 passed, 2 failed", 1)

    def test_bazel_failed_by_itself(self):
        self.run_of(0, self.result("a", "PASSED", PASSED))
        self.run_of(4)
        self.assertIn("status 4", self.expect("1 passed, 1 failed", 1))

    def test_nothing_ran(self):
        self.run_of(0)
        self.expect("0 passed, 0 failed", 1)

    def test_skipped_and_disabled_are_no_passes(self):
        self.run_of(0, self.result("a", "PASSED", PASSED, SKIPPED, DISABLED))
        self.assertIn("skipped Suite.Later", self.expect("1 passed, 0 failed", 0))


if __name__ == "__main__":
    unittest.main()
