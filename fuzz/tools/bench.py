"""How fast the fuzz targets run, and a replay of all seeds; fuzz/run --bench calls it.

  bench.py ROOT [TARGET...]

Without TARGETs: all but the permissive ones, which differ from their strict twins
in nothing that takes time; and the replay. Seconds are those of one core's CPU.
"""

import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import checkout
import report
import targets

ROUNDS = 3
SECONDS = 4  # Of each round, by the clock.
# As bazel/fuzz_run.sh has them: writing down where memory was allocated is half of a replay.
ASAN_OPTIONS = "quarantine_size_mb=8:malloc_context_size=2"


def run(builds, target, flags):
    """Executions, and the CPU-seconds that they took."""
    with tempfile.TemporaryDirectory(dir=builds.home) as folder:
        output, seconds, found = builds.fuzz(
            target, builds.build(f"//fuzz:{target}_bin"), pathlib.Path(folder), flags)
    if found:
        raise checkout.CannotRun(f"{target}: {report.who_reported(output)}; fuzz/run {target} finds it, too")
    return report.executions(output), seconds


def rates(builds, target):
    """Executions a second of CPU, of each round; each has another seed. Without
    libFuzzer's start, which runs each seed once: of some targets that is seconds."""
    found_rates = []
    for seed in range(1, ROUNDS + 1):
        first, start = run(builds, target, [f"-seed={seed}", "-runs=0"])
        executions, seconds = run(
            builds, target, [f"-seed={seed}", f"-max_total_time={SECONDS + math.ceil(start)}"])
        found_rates.append((executions - first) / (seconds - start))
    return found_rates


def replay_seconds(builds, names):
    """CPU-seconds that a replay of all seeds and regressions takes, as the tests
    do it: without libFuzzer, whose tables each process would fill first."""
    builds.build(*(f"//fuzz:{name}" for name in names))
    environment = {**os.environ, "ASAN_OPTIONS": ASAN_OPTIONS}
    before = os.times()
    for target in names:
        folders = [folder for folder in (f"fuzz/corpus/{target}", f"fuzz/regressions/{target}")
                   if (builds.root / folder).is_dir()]
        done = subprocess.run(
            [builds.build(f"//fuzz:{target}"), *folders], cwd=builds.root, env=environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise checkout.CannotRun(f"{target} breaks on its own seeds: {report.who_reported(done.stderr)}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1])
    known = sorted(targets.read(root))
    asked = sys.argv[2:]
    for name in asked:
        if name not in known:
            print(f"bench: there is no fuzz target {name}; fuzz/run --list shows them", file=sys.stderr)
            return 2
    names = asked or [name for name in known if not name.endswith("_permissive")]
    figures = []
    with tempfile.TemporaryDirectory() as home:
        builds = checkout.Checkout(root, pathlib.Path(home))
        try:
            print(f"bench: building {len(names)} targets", file=sys.stderr)
            builds.build(*(f"//fuzz:{name}_bin" for name in (names if asked else known)))
            print(f"{'target':30}{'executions a second':>20}  of {ROUNDS} rounds")
            for name in names:
                each = rates(builds, name)
                middle = statistics.median(each)
                print(f"{name:30}{middle:>20,.0f}  {min(each):,.0f} to {max(each):,.0f}", flush=True)
                figures.append(f"figure {name}.execs_per_second {middle:.0f}")
            if not asked:
                replay = replay_seconds(builds, known)
                print(f"replay of all seeds and regressions: {replay:.1f} s")
                figures.append(f"figure corpus.replay_seconds {replay:.2f}")
        except checkout.CannotRun as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    print()
    print("\n".join(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
