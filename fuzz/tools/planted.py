"""The planted bugs, as the headers of fuzz/planted/PART/ID.patch tell them.

  planted.py table ROOT     bazel/planted.bzl's table of them, fuzz/planted/bugs.bzl
  planted.py list ROOT      one line for each

ROOT is a checkout. Exits with 2, and says which file and line, if a header is
not as fuzz/README.md says.
"""

import dataclasses
import pathlib
import re
import sys

FIELDS = ("Bug", "Origin", "Targets", "Rule", "Needs")
# What reports a bug besides the rules of fuzz/rules.cc; tools/report.py names
# them so. An assertion is the C library's or Abseil's.
REPORTERS = ("AddressSanitizer", "UndefinedBehaviorSanitizer", "LeakSanitizer", "assertion", "hang")
MAX_TARGETS = 3

TABLE_HEAD = '''"""What fuzz/planted/BUILD builds. Written by fuzz/hunt --table, from the patches."""

BUGS = {
'''


class BadPatch(Exception):
    """A patch that is not as it must be; str() says where and why."""


@dataclasses.dataclass(frozen=True)
class Bug:
    name: str
    part: str
    path: pathlib.Path
    source: str  # The file of core/ that it changes.
    fields: dict

    @property
    def targets(self):
        return [name.strip() for name in self.fields["Targets"].split(",")]

    @property
    def rules(self):
        return [name.strip() for name in self.fields["Rule"].split(",")]


def read_fields(path, lines):
    """The header's fields, each on one line or indented below it."""
    fields = {}
    name = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            name = None
            continue
        start = re.match(r"([A-Z][a-z]+): +(\S.*)", line)
        if start:
            name = start[1]
            if name not in FIELDS:
                raise BadPatch(f"{path}:{number}: {name} is not a field; there are {', '.join(FIELDS)}")
            if name in fields:
                raise BadPatch(f"{path}:{number}: a second {name}")
            fields[name] = start[2].strip()
        elif name and line.startswith(" "):
            fields[name] += " " + line.strip()
        else:
            raise BadPatch(f"{path}:{number}: this line belongs to no field")
    for name in FIELDS:
        if name not in fields:
            raise BadPatch(f"{path}:1: the header has no {name}")
    if tuple(fields) != FIELDS:
        raise BadPatch(f"{path}:1: the fields are {', '.join(FIELDS)}, in this order")
    return fields


def read_source(path, number, lines):
    """The one file that the diff below the header changes; `number` is its first line's."""
    sources = []
    for number, line in enumerate(lines, number):
        for mark, side in (("--- ", "a/"), ("+++ ", "b/")):
            if line.startswith(mark):
                name = line[len(mark):].split("\t")[0].strip()
                if not re.fullmatch(side + r"core/[a-z0-9_/]+\.cc", name):
                    raise BadPatch(f"{path}:{number}: {name} is not {side}core/....cc")
                sources.append(name[len(side):])
    if len(sources) != 2 or sources[0] != sources[1]:
        raise BadPatch(f"{path}: changes {len(set(sources))} files, and shall change one")
    return sources[0]


def read(path):
    """The Bug of one patch. Raises BadPatch."""
    lines = path.read_text().splitlines()
    diff = next((i for i, line in enumerate(lines) if line.startswith(("--- ", "diff "))), None)
    if diff is None:
        raise BadPatch(f"{path}: has no diff")
    return Bug(
        name=path.stem,
        part=path.parent.name,
        path=path,
        source=read_source(path, diff + 1, lines[diff:]),
        fields=read_fields(path, lines[:diff]),
    )


def rule_names(oracles):
    """The rules of rules.cc, from its table."""
    return re.findall(r'\{Rule::k\w+, "(\w+)"', oracles.read_text())


def check(bug, targets, rules):
    """Raises BadPatch if a field names what is not there."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", bug.name):
        raise BadPatch(f"{bug.path}: its name is not snake_case, with the package in front")
    if not 1 <= len(bug.targets) <= MAX_TARGETS or len(set(bug.targets)) != len(bug.targets):
        raise BadPatch(f"{bug.path}: Targets has one to {MAX_TARGETS}, each once")
    for target in bug.targets:
        if target not in targets:
            raise BadPatch(f"{bug.path}: there is no fuzz target {target}")
    for rule in bug.rules:
        if rule not in rules and rule not in REPORTERS:
            raise BadPatch(f"{bug.path}: {rule} is neither a rule of fuzz/rules.cc nor one of {', '.join(REPORTERS)}")


def read_all(root):
    """Every Bug of a checkout, by name, each checked. Raises BadPatch."""
    targets = {path.name[: -len("_fuzz.cc")] for path in root.glob("fuzz/*_fuzz.cc")}
    rules = rule_names(root / "fuzz/rules.cc")
    bugs = {}
    for path in sorted(root.glob("fuzz/planted/*/*.patch"), key=lambda path: path.stem):
        bug = read(path)
        check(bug, targets, rules)
        if bug.name in bugs:
            raise BadPatch(f"{path}: {bugs[bug.name].path} has the same name")
        bugs[bug.name] = bug
    return bugs


def table(bugs):
    """The text of fuzz/planted/bugs.bzl."""
    rows = []
    for bug in bugs.values():
        targets = "".join(f'            "{target}",\n' for target in bug.targets)
        rows.append(
            f'    "{bug.name}": (\n        "{bug.part}/{bug.path.name}",\n        "{bug.source}",\n'
            f"        [\n{targets}        ],\n    ),\n")
    return TABLE_HEAD + "".join(rows) + "}\n"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("table", "list"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        bugs = read_all(pathlib.Path(sys.argv[2]))
    except BadPatch as error:
        print(f"hunt: {error}", file=sys.stderr)
        return 2
    if sys.argv[1] == "table":
        print(table(bugs), end="")
    else:
        for bug in bugs.values():
            print(f"{bug.name:40} {bug.fields['Bug']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
