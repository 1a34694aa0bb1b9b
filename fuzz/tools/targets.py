"""The fuzz targets, as fuzz/BUILD declares them, for what is not Bazel.

  targets.py ROOT            a line for each: its name, and its dictionary if it has one
  targets.py ROOT --make     the same for make, and of which files below fuzz/ it is made

A BUILD file is Python of the simplest kind, so it is run, with functions that do
nothing but keep what the targets and their parts are given.
"""

import builtins
import dataclasses
import pathlib
import sys


@dataclasses.dataclass(frozen=True)
class Target:
    dictionary: str  # A path from the root, or None.
    sources: tuple  # Paths from the root, of fuzz/ alone.


class _Rules(dict):
    """Bazel's functions: each name stands for one that declares nothing."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return lambda *_, **__: {}


def read(root):
    """name -> Target."""
    dictionaries = {}
    parts = {}  # Name of a library or target -> its own sources, and what it depends on.

    def cc_fuzz_test(name, srcs=None, deps=(), dictionary=None, **_):
        dictionaries[name] = f"fuzz/{dictionary}" if dictionary else None
        parts[name] = (srcs or [f"{name}_fuzz.cc"], deps)

    def sspilab_cc_library(name, srcs=(), deps=(), **_):
        parts[name] = (srcs, deps)

    path = pathlib.Path(root) / "fuzz/BUILD"
    rules = _Rules(cc_fuzz_test=cc_fuzz_test, sspilab_cc_library=sspilab_cc_library, glob=lambda *_, **__: [])
    exec(compile(path.read_text(), path, "exec"), rules)

    def sources(name):
        seen, found = {name}, []
        waiting = [name]
        while waiting:
            own, deps = parts[waiting.pop()]
            found += [f"fuzz/{source}" for source in own if source.endswith(".cc")]
            for dep in deps:
                part = dep[1:] if dep.startswith(":") else None
                if part and part not in seen:
                    seen.add(part)
                    waiting.append(part)
        return tuple(sorted(found))

    return {name: Target(dictionary, sources(name)) for name, dictionary in sorted(dictionaries.items())}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--make"]):
        print(__doc__, file=sys.stderr)
        return 2
    for name, target in read(sys.argv[1]).items():
        if sys.argv[2:]:
            print(f"targets += {name}")
            print(f"dictionary_{name} := {target.dictionary or ''}")
            print(f"sources_{name} := {' '.join(target.sources)}")
        else:
            print(name, target.dictionary or "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
