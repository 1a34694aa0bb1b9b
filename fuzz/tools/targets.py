"""The fuzz targets, as fuzz/BUILD declares them, for what is not Bazel.

  targets.py ROOT                    a line for each: its name, and its dictionary if it has one
  targets.py ROOT --make ABSEIL      the same for make, and of which files of ROOT and ABSEIL it is made

A BUILD file is Python of the simplest kind, so it is run, with functions that do
nothing but keep what the targets and their parts are given.
"""

import builtins
import dataclasses
import pathlib
import sys

# How labels call the root of Abseil's sources.
ABSEIL = "@com_google_absl"


@dataclasses.dataclass(frozen=True)
class Target:
    dictionary: str  # A path from the root, or None.


class _Nothing:
    """What a name stands for that does not matter: a function, a list or a string."""

    def __call__(self, *_, **__):
        return self

    def __add__(self, other):
        return other

    __radd__ = __add__

    def items(self):
        return []


class _Rules(dict):
    """Bazel's functions: each name stands for one that declares nothing."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return _Nothing()


class _Graph:
    """Libraries, read as they are asked for; a label is repository, package, name."""

    def __init__(self, roots):
        self._roots = roots  # Repository -> its folder. What is of others is no source of ours.
        self._packages = {}  # (repository, package) -> name -> its own .cc files, and what it depends on.
        self.targets = {}  # Those of packages that were read.

    def _package(self, repository, package):
        if (repository, package) not in self._packages:
            parts = self._packages[repository, package] = {}

            def library(name, srcs=(), deps=(), **_):
                own = [source for source in srcs if source.endswith(".cc")]
                parts[name] = ([f"{package}/{source}" for source in own], deps)

            def fuzz_test(name, srcs=None, deps=(), dictionary=None, **_):
                self.targets[name] = Target(f"{package}/{dictionary}" if dictionary else None)
                library(name, srcs or [f"{name}_fuzz.cc"], deps)

            rules = _Rules(cc_fuzz_test=fuzz_test, cc_library=library, sspilab_cc_library=library,
                           glob=lambda *_, **__: [])
            folder = self._roots[repository] / package
            path = next(path for path in (folder / "BUILD", folder / "BUILD.bazel") if path.exists())
            exec(compile(path.read_text(), path, "exec"), rules)
        return self._packages[repository, package]

    @staticmethod
    def _label(text, repository, package):
        if text.startswith("@"):
            repository, text = text.split("//")
            text = f"//{text}"
        if text.startswith("//"):
            package, _, name = text[2:].partition(":")
            return repository, package, name or package.rpartition("/")[2]
        return repository, package, text.lstrip(":")

    def read(self, package):
        self._package("", package)

    def sources(self, package, name):
        """Repository -> the sources of a target and of all that it depends on, sorted."""
        found = {repository: set() for repository in self._roots}
        waiting = [("", package, name)]
        seen = set(waiting)
        while waiting:
            repository, package, name = waiting.pop()
            own, deps = self._package(repository, package)[name]
            found[repository].update(own)
            for dep in deps:
                label = self._label(dep, repository, package)
                if label not in seen and label[0] in self._roots:
                    seen.add(label)
                    waiting.append(label)
        return {repository: sorted(sources) for repository, sources in found.items()}


def read(root):
    """name -> Target."""
    graph = _Graph({"": pathlib.Path(root)})
    graph.read("fuzz")
    return dict(sorted(graph.targets.items()))


def write_make(root, abseil):
    """Prints, for each target X, dictionary_X, sources_X and abseil_sources_X."""
    graph = _Graph({"": pathlib.Path(root), ABSEIL: pathlib.Path(abseil)})
    graph.read("fuzz")
    for name, target in sorted(graph.targets.items()):
        sources = graph.sources("fuzz", name)
        print(f"targets += {name}")
        print(f"dictionary_{name} := {target.dictionary or ''}")
        print(f"sources_{name} := {' '.join(sources[''])}")
        print(f"abseil_sources_{name} := {' '.join(sources[ABSEIL])}")


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 3 and arguments[1] == "--make":
        write_make(arguments[0], arguments[2])
    elif len(arguments) == 1:
        for name, target in read(arguments[0]).items():
            print(name, target.dictionary or "")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
