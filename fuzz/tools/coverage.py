"""How much of core/ ran, from what `llvm-cov export -summary-only` writes.

  coverage.py ROOT SUMMARY.json
"""

import collections
import json
import pathlib
import sys

# How many of the files with most lines left are shown.
SHOWN = 10


def percent(covered, count):
    return f"{100 * covered / count:.1f}%" if count else "-"


def read(root, summary):
    """path from the root -> lines that there are, lines that ran; core's files alone."""
    lines = {}
    for file in json.loads(summary.read_text())["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        path = path.relative_to(root) if path.is_absolute() and path.is_relative_to(root) else path
        if path.parts[0] == "core":
            lines[str(path)] = (file["summary"]["lines"]["count"], file["summary"]["lines"]["covered"])
    return lines


def tell(root, lines):
    """The lines of the report."""
    folders = collections.defaultdict(lambda: [0, 0])
    for path, (count, covered) in lines.items():
        folders[str(pathlib.Path(path).parent)][0] += count
        folders[str(pathlib.Path(path).parent)][1] += covered
    yield f"{'folder':30}{'lines':>8}{'ran':>8}"
    for folder, (count, covered) in sorted(folders.items()):
        yield f"{folder:30}{count:>8}{percent(covered, count):>8}"
    yield ""
    yield f"{'where most are left':45}{'left':>8}{'ran':>8}"
    left = sorted(lines.items(), key=lambda item: (item[1][1] - item[1][0], item[0]))
    for path, (count, covered) in left[:SHOWN]:
        yield f"{path:45}{count - covered:>8}{percent(covered, count):>8}"
    sources = {str(path.relative_to(root)) for path in (root / "core").rglob("*.cc")}
    for path in sorted(sources - set(lines)):
        yield f"{path}: in no target, and not counted"
    yield ""
    count = sum(count for count, _ in lines.values())
    covered = sum(covered for _, covered in lines.values())
    yield f"figure core.line_coverage {100 * covered / count:.2f}"


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1])
    lines = read(root, pathlib.Path(sys.argv[2]))
    if not lines:
        print("coverage: nothing of core was measured", file=sys.stderr)
        return 1
    print("\n".join(tell(root, lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
