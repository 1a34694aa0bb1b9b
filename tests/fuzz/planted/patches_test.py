#!/usr/bin/env python3
"""Tests every patch of fuzz/planted: its header is right, it applies and changes
something, and the table that Bazel builds them from is theirs. Tests besides that
a wrong header is told."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import planted  # noqa: E402

HEADER = """\
Bug: the MIC is not checked
  when it is there.
Origin: missing MIC check
Targets: ntlm_session, ntlm_acceptor
Rule: NoForgery
Needs: a changed AUTHENTICATE_MESSAGE

"""
DIFF = """\
--- a/core/ntlm/acceptor.cc
+++ b/core/ntlm/acceptor.cc
@@ -1 +1 @@
-a
+b
"""
TARGETS = {"ntlm_session", "ntlm_acceptor"}
RULES = ["NoForgery", "Balance"]


class EveryPatchTest(unittest.TestCase):
    def test_headers_and_table(self):
        bugs = planted.read_all(ROOT)
        self.assertEqual(planted.table(bugs), (ROOT / "fuzz/planted/bugs.bzl").read_text(),
                         "fuzz/hunt --table writes it anew")

    def test_each_applies(self):
        for bug in planted.read_all(ROOT).values():
            with self.subTest(bug.name), tempfile.TemporaryDirectory() as folder:
                original = ROOT / bug.source
                self.assertTrue(original.is_file(), f"{bug.source} is not there")
                # A copy: in Bazel's tree the sources are links, which patch refuses.
                copy = shutil.copyfile(original, pathlib.Path(folder) / "copy.cc")
                done = subprocess.run(["patch", "--dry-run", "--fuzz=0", copy, bug.path],
                                      capture_output=True, check=False, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_rules_are_known(self):
        # Else no rule in a header could be wrong.
        self.assertIn("NoForgery", planted.rule_names(ROOT / "fuzz/rules.cc"))


class HeaderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "ntlm/ntlm_mic_not_checked.patch"
        self.path.parent.mkdir()

    def read(self, text=HEADER + DIFF):
        self.path.write_text(text)
        bug = planted.read(self.path)
        planted.check(bug, TARGETS, RULES)
        return bug

    def expect(self, message, text):
        with self.assertRaisesRegex(planted.BadPatch, message):
            self.read(text)

    def test_right(self):
        bug = self.read()
        self.assertEqual((bug.name, bug.part, bug.source),
                         ("ntlm_mic_not_checked", "ntlm", "core/ntlm/acceptor.cc"))
        self.assertEqual(bug.fields["Bug"], "the MIC is not checked when it is there.")
        self.assertEqual(bug.targets, ["ntlm_session", "ntlm_acceptor"])
        self.assertEqual(bug.rules, ["NoForgery"])

    def test_fields(self):
        self.expect("no Origin", HEADER.replace("Origin: missing MIC check\n", "") + DIFF)
        self.expect(":3: Oracle is not a field", HEADER.replace("Origin", "Oracle") + DIFF)
        self.expect(":4: a second Origin", HEADER.replace("Targets", "Origin: again\nTargets") + DIFF)
        self.expect(":1: this line belongs to no field", "What is this\n" + HEADER + DIFF)
        self.expect("in this order", HEADER.replace("Bug", "Rule_").replace("Rule:", "Bug:").replace("Rule_", "Rule") + DIFF)

    def test_names(self):
        self.expect("no fuzz target ntlm_sessions", HEADER.replace("ntlm_session", "ntlm_sessions") + DIFF)
        self.expect("each once", HEADER.replace("ntlm_acceptor", "ntlm_session") + DIFF)
        self.expect("NoForgeries is neither", HEADER.replace("NoForgery", "NoForgeries") + DIFF)
        self.path = self.path.with_name("Mic.patch")
        self.expect("not snake_case", HEADER + DIFF)

    def test_diff(self):
        self.expect("has no diff", HEADER)
        self.expect("changes 0 files", HEADER + "diff --git a/x b/x\n")
        self.expect("is not a/core", HEADER + DIFF.replace("core/", "fuzz/"))
        self.expect("is not a/core", HEADER + DIFF.replace("acceptor.cc", "acceptor.h"))
        self.expect("changes 1 files", HEADER + DIFF + DIFF)
        self.expect("changes 2 files", HEADER + DIFF + DIFF.replace("acceptor", "initiator"))


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    unittest.main()
