#!/usr/bin/env python3
"""Tests the corpora of a few targets as libFuzzer sees them: corpus_test.py TARGET..."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import minimize  # noqa: E402

TARGETS = sys.argv[1:]


def seeds(target):
    return {path.name: path.read_bytes() for path in (ROOT / f"fuzz/corpus/{target}").iterdir()}


def edges(target, seed):
    """How many a replay takes, in an order that the seed chooses."""
    done = subprocess.run([f"fuzz/{target}_bin", "-runs=0", "-shuffle=1", "-prefer_small=0", f"-seed={seed}",
                           f"fuzz/corpus/{target}"], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return int(re.search(rb"INITED cov: (\d+)", done.stdout)[1])


class CorpusTest(unittest.TestCase):
    def test_another_merge_changes_nothing(self):
        for target in TARGETS:
            with self.subTest(target):
                checked_in = seeds(target)
                for first_order in (0, 1):
                    kept = minimize.minimize(ROOT / f"fuzz/{target}_bin", checked_in, first_order)
                    self.assertEqual(sorted(kept), sorted(checked_in), "fuzz/record")

    def test_edges_do_not_depend_on_the_order(self):
        for target in TARGETS:
            with self.subTest(target):
                counts = [edges(target, seed) for seed in (1, 2, 3)]
                self.assertEqual(len(set(counts)), 1, counts)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
