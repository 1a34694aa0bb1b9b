#!/usr/bin/env python3
"""A program that links //core:sspi exports none of its functions.

Other implementations of the SSPI in the same process define functions of the
same names. What the dynamic linker can see of ours, it would put in the place
of theirs.
"""

import re
import subprocess
import sys
import unittest

HEADER, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)


def symbols(*options):
    """The names that nm finds defined in PROGRAM."""
    lines = subprocess.run(
        ["nm", "--defined-only", *options, PROGRAM],
        check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1] for line in lines if line}


def declared():
    """The functions that the header declares."""
    with open(HEADER, encoding="utf-8") as file:
        text = file.read()
    return set(re.findall(r"SSPILAB_API\s+\w+\s+SEC_ENTRY\s+(\w+)\(", text))


class ExportedSymbols(unittest.TestCase):

    def test_none_is_visible(self):
        functions = declared()
        # All are in there: the test looks at the right program.
        self.assertIn("InitSecurityInterfaceW", functions)
        self.assertEqual(functions - symbols(), set())
        self.assertEqual(functions & symbols("--dynamic"), set())
        # And it is linked so that the visible ones would be seen.
        self.assertIn("main", symbols("--dynamic"))


if __name__ == "__main__":
    unittest.main()
