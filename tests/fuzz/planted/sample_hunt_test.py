#!/usr/bin/env python3
"""Hunts a few planted bugs, with a bound on executions: sample_hunt_test.py BUG:TARGET...

Each is found from the checked-in seeds, by the rule or sanitizer that its patch
names; and the target without the bug takes the same input without a word."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import planted  # noqa: E402
import report  # noqa: E402

RUNS = 200000
SAMPLE = [argument.split(":") for argument in sys.argv[1:]]


def run(binary, *arguments):
    return subprocess.run([binary, "-timeout=10", *arguments], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class SampleHuntTest(unittest.TestCase):
    def test_there_is_a_sample(self):
        self.assertGreaterEqual(len(SAMPLE), 3)

    def test_each_is_found_by_what_its_patch_names(self):
        for name, target in SAMPLE:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                found = pathlib.Path(folder) / "found"
                found.mkdir()
                [patch] = ROOT.glob(f"fuzz/planted/*/{name}.patch")
                done = run(ROOT / f"fuzz/planted/{name}_{target}", f"-runs={RUNS}", "-seed=1", "-entropic=0",
                           "-print_final_stats=1", f"-artifact_prefix={found}/", ROOT / f"fuzz/corpus/{target}")
                output = done.stdout.decode(errors="replace")
                reported = report.who_reported(output)
                self.assertIsNotNone(reported, f"nothing in {report.executions(output)} executions")
                self.assertIn(reported.partition(":")[0], planted.read(patch).rules)
                [file] = found.iterdir()
                self.assertEqual(run(ROOT / f"fuzz/{target}_bin", file).returncode, 0,
                                 "the target breaks without the bug, too")
                print(f"{name}: {reported} after {report.executions(output)} executions of {target}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
