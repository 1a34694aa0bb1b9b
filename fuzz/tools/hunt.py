"""Hunts planted bugs, and tells how long each takes to be found; fuzz/hunt calls it.

A trial fuzzes the bug's targets, one after the other and again, each from the
checked-in seeds and with what it has found so far, until one of them reports
something or the budget is spent. Executions and CPU-seconds are those of all of
them. What is found must be the bug's: the target without it takes the same input
without a word.

Every trial that ends is a line of a file of JSON Lines, so that --resume goes on
from there; a line is of use as long as nothing that is built or read has changed.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import itertools
import json
import math
import os
import pathlib
import shutil
import statistics
import sys

import checkout
import planted
import report

# How long one target is fuzzed before the next one's turn, the first time and
# later, in seconds of the clock.
FIRST_TURN = 60
LATER_TURN = 120
# How many bugs are built at once: Bazel takes long to begin, and says nothing
# until it has ended.
BATCH = 16
# What is wanted of a bug, in CPU-seconds.
WANTED = 60
SWITCHES = ("mutators", "state", "oracles")


@dataclasses.dataclass(frozen=True)
class Trial:
    """How one trial ended. Without a target: it found nothing."""

    bug: str
    trial: int
    digest: str
    budget: str
    executions: int
    seconds: float
    target: str = None
    oracle: str = None
    # What the target reports without the bug, too: a bug of its own.
    spoiled: bool = False

    @property
    def found(self):
        return self.target is not None and not self.spoiled


def turns(names):
    """Whose turn it is, without end, and for how many seconds."""
    first = [(target, FIRST_TURN) for target in names]
    later = [(target, LATER_TURN) for target in names]
    return itertools.chain(first, itertools.cycle(later))


def spoiled_path(home, name, trial):
    """Where an input is kept that breaks a target without the bug, too."""
    return home / f"spoiled.{name}.{trial}"


def hunt(builds, bug, trial, options, digest):
    """One trial of one bug."""
    folder = builds.home / f"{bug.name}.{trial}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result = Trial(bug.name, trial, digest, options.budget, 0, 0.0)
    switches = [f"--without={','.join(options.without)}"] if options.without else []
    try:
        for target, length in turns(bug.targets):
            binary = builds.build(f"//fuzz/planted:{bug.name}_{target}")
            left = math.ceil(options.seconds - result.seconds)
            output, seconds, found = builds.fuzz(
                target, binary, folder, [f"-seed={trial}", f"-max_total_time={min(length, left)}", *switches])
            result = dataclasses.replace(
                result, executions=result.executions + report.executions(output),
                seconds=round(result.seconds + seconds, 2))
            if found:
                oracle = report.who_reported(output)
                if oracle is None:
                    raise checkout.CannotRun(f"{binary} ended, and nobody said why:\n{output[-3000:]}")
                spoiled = not builds.survives(target, found)
                if spoiled:
                    shutil.copy(found, spoiled_path(builds.home, bug.name, trial))
                return dataclasses.replace(result, target=target, oracle=oracle, spoiled=spoiled)
            if result.seconds >= options.seconds:
                return result
        raise AssertionError("turns do not end")
    finally:
        shutil.rmtree(folder)


def build_first(builds, bugs):
    """Builds what the first turns of the bugs' trials need."""
    for start in range(0, len(bugs), BATCH):
        print(f"hunt: building {start} of {len(bugs)} bugs", file=sys.stderr)
        batch = bugs[start:start + BATCH]
        builds.build(*(f"//fuzz/planted:{bug.name}_{bug.targets[0]}" for bug in batch),
                     *sorted({f"//fuzz:{bug.targets[0]}_bin" for bug in batch}))


def digest_of(root):
    """Of all that a trial's result depends on, but the patch."""
    digest = hashlib.sha256()
    files = [path for folder in ("core", "fuzz", "sim/input") for path in (root / folder).rglob("*")
             if path.is_file() and "planted" not in path.parts
             and (path.suffix in (".cc", ".h", ".dict") or "corpus" in path.parts)]
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest


def digests_of(root, bugs):
    """name of a bug -> what a trial's line says of the sources that it had."""
    common = digest_of(root)
    digests = {}
    for bug in bugs:
        digest = common.copy()
        digest.update(bug.path.read_bytes())
        digests[bug.name] = digest.hexdigest()[:16]
    return digests


class State:
    """The trials that ended, by bug and number, and the file that has them."""

    def __init__(self, path):
        self.path = path
        self.trials = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in path.read_text().splitlines() if path.exists() else []:
            try:
                trial = Trial(**json.loads(line))
            except (ValueError, TypeError):
                continue  # Cut off when a hunt was stopped, or of an older form.
            self.trials[trial.bug, trial.trial] = trial

    def add(self, trial):
        self.trials[trial.bug, trial.trial] = trial
        with self.path.open("a") as file:
            file.write(self._line(trial))

    def forget(self, bugs):
        """All trials of these bugs."""
        self.trials = {key: trial for key, trial in self.trials.items() if trial.bug not in bugs}
        self.path.write_text("".join(map(self._line, self.trials.values())))

    @staticmethod
    def _line(trial):
        return json.dumps(dataclasses.asdict(trial)) + "\n"


def number(value):
    return f"{value:,.0f}"


def seconds(value):
    return f"{value:,.1f}"


def spread(values, form):
    """Median and range."""
    if not values:
        return "-"
    middle = form(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({form(min(values))} to {form(max(values))})"


def most_often(values):
    """Each value, the most frequent first."""
    return ", ".join(sorted(set(values), key=lambda value: (-values.count(value), value))) or "-"


def table(rows):
    """Lines of columns."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def is_found(trials):
    """A bug is found if each of its trials finds it."""
    return bool(trials) and all(trial.found for trial in trials)


def median_executions(by_bug):
    """Over the bugs that were found, of their medians; None where none was."""
    medians = [statistics.median(trial.executions for trial in trials)
               for trials in by_bug.values() if is_found(trials)]
    return statistics.median(medians) if medians else None


def tell(by_bug):
    """The lines of the table and the figures. by_bug: name -> its trials."""
    rows = [("bug", "found", "executions", "CPU-seconds", "target", "reported by")]
    for name, trials in by_bug.items():
        found = [trial for trial in trials if trial.found]
        spoiled = sum(trial.spoiled for trial in trials)
        rows.append((
            name, f"{len(found)} of {len(trials)}" + (f", {spoiled} not its own" if spoiled else ""),
            spread([trial.executions for trial in found], number),
            spread([trial.seconds for trial in found], seconds),
            most_often([trial.target for trial in found]),
            most_often([trial.oracle for trial in found])))
    everywhere = [trials for trials in by_bug.values() if is_found(trials)]
    early = sum(statistics.median(trial.seconds for trial in trials) <= WANTED for trials in everywhere)
    middle = median_executions(by_bug)
    yield from table(rows)
    yield ""
    yield (f"{len(everywhere)} of {len(by_bug)} found in each trial, {early} of them within {WANTED} CPU-seconds "
           f"(median of a bug's trials): {100 * early / len(by_bug):.1f}%")
    yield f"figure hunt.found {len(everywhere)}"
    yield f"figure hunt.planted {len(by_bug)}"
    if middle is not None:
        yield f"figure hunt.median_executions {middle:.0f}"


def compare(variants):
    """Lines that set hunts beside each other, on the bugs that all of them had.
    variants: what was switched off -> by_bug, with () for nothing."""
    common = set.intersection(*(set(by_bug) for by_bug in variants.values()))
    if len(variants) < 2 or not common:
        return
    rows = [("without", "found", "executions, median over bugs")]
    for without, by_bug in variants.items():
        both = {name: trials for name, trials in by_bug.items() if name in common}
        middle = median_executions(both)
        rows.append((",".join(without) or "nothing",
                     f"{sum(map(is_found, both.values()))} of {len(common)}",
                     "-" if middle is None else number(middle)))
    yield ""
    yield from table(rows)


def state_path(home, without):
    return home / ("-".join(["hunt", *(f"no-{name}" for name in without)]) + ".jsonl")


def recorded(home, digests):
    """The variants that were hunted so far, of these sources."""
    variants = {}
    for size in range(len(SWITCHES) + 1):
        for without in itertools.combinations(SWITCHES, size):
            path = state_path(home, without)
            if not path.exists():
                continue
            by_bug = {}
            for trial in State(path).trials.values():
                if digests.get(trial.bug) == trial.digest:
                    by_bug.setdefault(trial.bug, []).append(trial)
            if by_bug:
                variants[without] = by_bug
    return variants


def parse(arguments):
    parser = argparse.ArgumentParser(prog="fuzz/hunt", usage="fuzz/hunt [OPTION...]; try fuzz/hunt --help", add_help=False)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("home", type=pathlib.Path)
    parser.add_argument("--bug", action="append", default=[])
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--without", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args(arguments)
    asked = options.without.split(",") if options.without else []
    for name in asked:
        if name not in SWITCHES:
            parser.error(f"--without {name}: there are {', '.join(SWITCHES)}")
    options.without = tuple(name for name in SWITCHES if name in asked)
    for name in ("trials", "seconds", "jobs"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be 1 or more")
    options.budget = f"{options.seconds} s"
    return parser, options


def hunt_all(builds, bugs, options, state, digests):
    """Makes the trials that the state lacks, `jobs` at a time, and says how each ended."""
    wanted = [(bug, trial) for bug in bugs for trial in range(1, options.trials + 1)]
    missing = []
    for bug, trial in wanted:
        known = state.trials.get((bug.name, trial))
        if known is None or (known.digest, known.budget) != (digests[bug.name], options.budget):
            missing.append((bug, trial))
    done = len(wanted) - len(missing)
    if done:
        print(f"hunt: {done} of {len(wanted)} trials are known", file=sys.stderr)
    names = {bug.name for bug, _ in missing}
    build_first(builds, [bug for bug in bugs if bug.name in names])
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = [pool.submit(hunt, builds, bug, trial, options, digests[bug.name])
                   for bug, trial in missing]
        try:
            for future in concurrent.futures.as_completed(running):
                trial = future.result()
                state.add(trial)
                done += 1
                how = (f"{trial.oracle} in {trial.target}, which it breaks without the bug, too: "
                       f"{spoiled_path(builds.home, trial.bug, trial.trial)}" if trial.spoiled
                       else f"{trial.oracle} in {trial.target}" if trial.found else "not found")
                print(f"hunt: {done} of {len(wanted)}: {trial.bug}, trial {trial.trial}: {how}, "
                      f"{number(trial.executions)} executions, {seconds(trial.seconds)} s", file=sys.stderr)
        except BaseException:
            for future in running:
                future.cancel()
            raise


def main():
    parser, options = parse(sys.argv[1:])
    try:
        known = planted.read_all(options.root)
    except planted.BadPatch as error:
        parser.error(str(error))
    for name in options.bug:
        if name not in known:
            parser.error(f"there is no planted bug {name}; fuzz/hunt --list shows them")
    bugs = [known[name] for name in options.bug] if options.bug else list(known.values())
    if not bugs:
        parser.error("there are no planted bugs")
    digests = digests_of(options.root, bugs)
    state = State(state_path(options.home, options.without))
    if not options.resume:
        state.forget(digests)
    try:
        hunt_all(checkout.Checkout(options.root, options.home / "work"), bugs, options, state, digests)
    except checkout.CannotRun as error:
        print(f"hunt: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("hunt: stopped; --resume goes on", file=sys.stderr)
        return 130
    by_bug = {bug.name: [state.trials[bug.name, trial] for trial in range(1, options.trials + 1)] for bug in bugs}
    for line in [*tell(by_bug), *compare(recorded(options.home, digests))]:
        print(line)
    return 0 if all(map(is_found, by_bug.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
