#!/usr/bin/env python3
"""Tests fuzz/tools/coverage.py, which counts lines, and seed_zip.py."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path.cwd()


class CoverageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("core/a.cc", "core/ntlm/b.cc", "core/ntlm/c.cc"):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def run_tool(self, *files):
        summary = self.root / "summary.json"
        summary.write_text(json.dumps({"data": [{"files": [
            {"filename": str(name), "summary": {"lines": {"count": count, "covered": covered}}}
            for name, count, covered in files]}]}))
        return subprocess.run([sys.executable, "-B", "fuzz/tools/coverage.py", self.root, summary],
                              capture_output=True, check=False, text=True)

    def test_counts_core_alone_and_names_what_was_not_measured(self):
        done = self.run_tool((self.root / "core/a.cc", 100, 90), ("core/ntlm/b.cc", 300, 150),
                             ("/usr/include/x.h", 1000, 0))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("core/ntlm                          300   50.0%\n", done.stdout)
        self.assertIn("core/ntlm/c.cc: in no target, and not counted\n", done.stdout)
        self.assertTrue(done.stdout.endswith("figure core.line_coverage 60.00\n"), done.stdout)
        left = done.stdout.index("where most are left")
        self.assertLess(done.stdout.index("core/ntlm/b.cc", left), done.stdout.index("core/a.cc", left))

    def test_nothing_measured_is_a_failure(self):
        self.assertEqual(self.run_tool(("/usr/include/x.h", 1000, 0)).returncode, 1)


class SeedZipTest(unittest.TestCase):
    def zip(self, *folders):
        path = self.folder / "seeds.zip"
        done = subprocess.run([sys.executable, "-B", "fuzz/tools/seed_zip.py", path, *folders],
                              capture_output=True, check=False, text=True)
        return done.returncode, path

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for kind in ("corpus", "regressions"):
            (self.folder / kind / "x").mkdir(parents=True)
            (self.folder / kind / "x/same_name").write_text(kind)

    def test_keeps_both_of_one_name_and_is_the_same_each_time(self):
        folders = (self.folder / "corpus/x", self.folder / "regressions/x", self.folder / "missing")
        status, path = self.zip(*folders)
        first = path.read_bytes()
        self.assertEqual(status, 0)
        with zipfile.ZipFile(path) as archive:
            self.assertEqual({name: archive.read(name) for name in archive.namelist()}, {
                "corpus_x_same_name": b"corpus", "regressions_x_same_name": b"regressions"})
        self.zip(*folders)
        self.assertEqual(path.read_bytes(), first)

    def test_no_seed_is_a_failure(self):
        self.assertEqual(self.zip(self.folder / "missing")[0], 1)


if __name__ == "__main__":
    unittest.main()
