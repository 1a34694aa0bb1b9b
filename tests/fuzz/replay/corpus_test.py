#!/usr/bin/env python3
"""Tests the corpora of a few targets as libFuzzer sees them: corpus_test.py TARGET..."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import minimize  # noqa: E402

TARGETS = sys.argv[1:]


def seeds(target):
    return {path.name: path.read_bytes() for path in (ROOT / f"fuzz/corpus/{target}").iterdir()}


class CorpusTest(unittest.TestCase):
    def test_another_merge_changes_nothing(self):
        for target in TARGETS:
            with self.subTest(target):
                checked_in = seeds(target)
                for first_order in (0, 1):
                    kept = minimize.minimize(ROOT / f"fuzz/{target}_bin", checked_in, first_order)
                    self.assertEqual(sorted(kept), sorted(checked_in), "fuzz/record")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
