#!/usr/bin/env python3
"""Hunts a few planted bugs, with a bound on executions: sample_hunt_test.py BUG:TARGET...

Each is found from the checked-in seeds, by the rule or sanitizer that its patch
names; and the target without the bug takes the same input without a word."""

import os
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


def run(command, home):
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, "XDG_CACHE_HOME": home})


class SampleHuntTest(unittest.TestCase):
    def test_there_is_a_sample(self):
        self.assertGreaterEqual(len(SAMPLE), 4)

    def test_each_is_found_by_what_its_patch_names(self):
        for name, target in SAMPLE:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                [patch] = ROOT.glob(f"fuzz/planted/*/{name}.patch")
                # As fuzz/run runs it: what it sets must not hide what it finds.
                done = run(["bazel/fuzz_run.sh", target, f"fuzz/planted/{name}_{target}", f"fuzz/corpus/{target}", "",
                            f"-runs={RUNS}", "-seed=1", "-timeout=10", "-print_final_stats=1"], folder)
                output = done.stdout.decode(errors="replace")
                reported = report.who_reported(output)
                self.assertIsNotNone(reported, f"nothing in {report.executions(output)} executions")
                self.assertIn(reported.partition(":")[0], planted.read(patch).rules)
                [file] = (pathlib.Path(folder) / f"sspilab/fuzz/{target}/found").iterdir()
                self.assertEqual(run([ROOT / f"fuzz/{target}_bin", file], folder).returncode, 0,
                                 "the target breaks without the bug, too")
                print(f"{name}: {reported} after {report.executions(output)} executions of {target}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
