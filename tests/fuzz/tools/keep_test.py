#!/usr/bin/env python3
"""Tests fuzz/tools/keep.py with a program that stands for a libFuzzer binary: an
input with a 'b' breaks a rule, one with an 'o' another; minimizing takes bytes
off the end."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path.cwd()
TARGET = """\
#!/bin/bash
file="${@: -1}"
for arg in "$@"; do
  case "${arg}" in
    -artifact_prefix=*) prefix="${arg#*=}" ;;
    -minimize_crash=1) minimize=1 ;;
  esac
done
if [[ "${minimize:-}" ]]; then
  for size in 4 3 2 1; do head -c "${size}" "${file}" >"${prefix}minimized-${size}"; done
  exit 0
fi
if grep -q b "${file}"; then echo 'fuzz: broken rule NoForgery: ...' >&2; exit 77; fi
if grep -q o "${file}"; then echo 'fuzz: broken rule Balance: ...' >&2; exit 77; fi
"""


class KeepTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.target = self.folder / "target"
        self.target.write_text(TARGET)
        self.target.chmod(0o755)
        self.kept = self.folder / "regressions/ntlm_session"

    def keep(self, content):
        file = self.folder / "crash-1"
        file.write_text(content)
        return subprocess.run([sys.executable, "-B", "fuzz/tools/keep.py", self.target, file, self.kept],
                              capture_output=True, check=False, text=True)

    def content(self):
        return {path.name: path.read_text() for path in self.kept.glob("*")}

    def test_kept_small_and_under_its_rule(self):
        done = self.keep("aabaaaaa")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.content(), {"no_forgery": "aab"})
        self.assertIn("no_forgery: 3 bytes, NoForgery", done.stdout)

    def test_small_is_no_good_if_it_breaks_another_rule(self):
        # One and two bytes are Balance's.
        self.keep("ooboo")
        self.assertEqual(self.content(), {"no_forgery": "oob"})

    def test_another_one_gets_a_number_and_the_same_does_not(self):
        self.keep("ab")
        self.keep("aab")
        self.keep("ab")
        self.assertEqual(self.content(), {"no_forgery": "ab", "no_forgery_2": "aab"})

    def test_nothing_is_reported(self):
        done = self.keep("aaaa")
        self.assertEqual((done.returncode, self.content()), (1, {}))
        self.assertIn("nothing is reported", done.stderr)


if __name__ == "__main__":
    unittest.main()
