"""Takes out of a folder of seeds what shows libFuzzer nothing that another does not.

  minimize.py BINARY FOLDER            removes files
  minimize.py BINARY FOLDER --check    removes none; exits with 1 and names them if there are any

BINARY is the libFuzzer binary. A seed is kept for an edge or a transition that no
smaller one takes. Of seeds as long as each other the first to be run is kept, so
that merges follow in other orders until several in a row keep everything.
"""

import pathlib
import random
import subprocess
import sys
import tempfile

# So many merges, each in its own order, change nothing in the end.
MERGES = 3


class CannotMerge(Exception):
    """The binary does not merge, or breaks on a seed."""


def merge(binary, seeds, order):
    """The names of the seeds that -merge=1 keeps. seeds: name -> bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        # libFuzzer takes them as they come, so each has a folder of its own; by
        # short names, because it hands all of them on in one argument.
        folders = []
        for name in order:
            folders.append(f"{len(folders)}")
            (scratch / folders[-1]).mkdir()
            (scratch / folders[-1] / "seed").write_bytes(seeds[name])
        kept = scratch / "kept"
        kept.mkdir()
        done = subprocess.run([binary, "-merge=1", "-timeout=10", "-artifact_prefix=./", kept.name, *folders],
                              check=False, cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        output = done.stdout.decode(errors="replace")
        if done.returncode != 0 or "MERGE-OUTER: successful in 1 attempt(s)" not in output:
            raise CannotMerge(f"{binary} breaks on a seed:\n{output[-3000:]}")
        contents = {path.read_bytes() for path in kept.iterdir()}
    names = set()
    for name in order:
        if seeds[name] in contents:
            contents.remove(seeds[name])
            names.add(name)
    return names


def minimize(binary, seeds, first_order=0):
    """What is left of seeds when merges no longer change anything."""
    orders = random.Random(first_order)
    unchanged = 0
    while unchanged < MERGES:
        order = sorted(seeds)
        orders.shuffle(order)
        names = merge(binary, seeds, order)
        unchanged = unchanged + 1 if len(names) == len(seeds) else 0
        seeds = {name: seeds[name] for name in sorted(names)}
    return seeds


def main():
    arguments = sys.argv[1:]
    check = arguments[2:] == ["--check"]
    if len(arguments) != (3 if check else 2):
        print(__doc__, file=sys.stderr)
        return 2
    binary, folder = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1])
    seeds = {path.name: path.read_bytes() for path in folder.iterdir()}
    try:
        kept = minimize(binary, seeds)
    except CannotMerge as error:
        print(f"minimize: {error}", file=sys.stderr)
        return 2
    superfluous = sorted(set(seeds) - set(kept))
    if check:
        for name in superfluous:
            print(f"{folder / name} shows nothing that others do not")
        return 1 if superfluous else 0
    for name in superfluous:
        (folder / name).unlink()
    print(f"{folder.name}: {len(kept)} of {len(seeds)} seeds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
