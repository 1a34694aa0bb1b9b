"""The fuzz targets and their dictionaries, as fuzz/BUILD declares them.

  targets.py ROOT     a line for each: its name, and its dictionary if it has one

For what is not Bazel and needs them. A BUILD file is Python of the simplest kind,
so it is run, with functions that do nothing but keep what cc_fuzz_test is given.
"""

import builtins
import pathlib
import sys


class _Rules(dict):
    """Bazel's functions: each name stands for one that declares nothing."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return lambda *_, **__: {}


def read(root):
    """name of a target -> path of its dictionary from the root, or None."""
    targets = {}

    def cc_fuzz_test(name, dictionary=None, **_):
        targets[name] = f"fuzz/{dictionary}" if dictionary else None

    path = pathlib.Path(root) / "fuzz/BUILD"
    exec(compile(path.read_text(), path, "exec"), _Rules(cc_fuzz_test=cc_fuzz_test, glob=lambda *_, **__: []))
    return targets


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    for name, dictionary in sorted(read(sys.argv[1]).items()):
        print(name, dictionary or "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
