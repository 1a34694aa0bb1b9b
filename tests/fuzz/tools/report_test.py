#!/usr/bin/env python3
"""Tests fuzz/tools/report.py and targets.py on what targets and BUILD files say."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import report  # noqa: E402
import targets  # noqa: E402

DEADLY = "==7== ERROR: libFuzzer: deadly signal\n"
# What is written, who reported, and the name of a regression.
REPORTS = (
    ("\nfuzz: broken rule NoForgery: A strict...\n" + DEADLY, "NoForgery", "no_forgery"),
    ("==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6\n",
     "AddressSanitizer: heap-buffer-overflow", "heap_buffer_overflow"),
    ("==7==ERROR: AddressSanitizer: attempting double-free on 0x6\n",
     "AddressSanitizer: double-free", "double_free"),
    ("==7==ERROR: AddressSanitizer: SEGV on unknown address\n", "AddressSanitizer: SEGV", "segv"),
    ("\n==7==ERROR: LeakSanitizer: detected memory leaks\n", "LeakSanitizer: leak", "leak"),
    ("core/a.cc:1:2: runtime error: signed integer overflow: 1 + 2 cannot\n" + DEADLY,
     "UndefinedBehaviorSanitizer: signed integer overflow", "signed_integer_overflow"),
    ("core/a.cc:1:2: runtime error: index 9 out of bounds for type 'int[8]'\n",
     "UndefinedBehaviorSanitizer: index 9 out of bounds for type", "index_out_of_bounds_for"),
    ("absl/types/span.h:338: T &absl::Span<T>::operator[](size_t) const: Assertion `i < size()' failed.\n" + DEADLY,
     "assertion", "assertion"),
    ("terminate called after throwing an instance of 'std::out_of_range'\n" + DEADLY, "assertion", "assertion"),
    ("ALARM: working on the last Unit\n==7== ERROR: libFuzzer: timeout after 10 seconds\n", "hang", "hang"),
    ("==7== ERROR: libFuzzer: out-of-memory (used: 3Mb)\n", "out of memory", "out_of_memory"),
    (DEADLY, "deadly signal", "deadly_signal"),
    ("#2\tINITED cov: 5\nDone 100 runs in 0 second(s)\n", None, None),
)


class ReportTest(unittest.TestCase):
    def test_who_reported_and_the_name(self):
        for output, reported, name in REPORTS:
            with self.subTest(output):
                self.assertEqual(report.who_reported(output), reported)
                if reported:
                    self.assertEqual(report.file_name(reported), name)

    def test_executions(self):
        self.assertEqual(report.executions("#2\tINITED\n#512\tpulse\n"), 512)
        self.assertEqual(report.executions("#512\tpulse\nstat::number_of_executed_units: 700\n"), 700)
        self.assertEqual(report.executions(""), 0)


class TargetsTest(unittest.TestCase):
    def test_build_file(self):
        known = targets.read(ROOT)
        self.assertEqual(known["ntlm_session"].dictionary, "fuzz/dictionaries/ntlm.dict")
        self.assertIsNone(known["schannel_framing"].dictionary)
        self.assertEqual(sorted(known),
                         sorted(path.name[:-len("_fuzz.cc")] for path in (ROOT / "fuzz").glob("*_fuzz.cc")))


if __name__ == "__main__":
    unittest.main()
