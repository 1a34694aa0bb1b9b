"""Makes a found input small, and keeps it under the name of what it broke.

  keep.py BINARY FILE FOLDER

BINARY is the libFuzzer binary. Exits with 0 when the input is in FOLDER, with 1
when the target has nothing to say about it.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import report

# How long libFuzzer tries to make an input smaller, each time that it could.
SECONDS = 20
RUNS = 100000
TIMEOUT = 10  # Of one run; an input that takes longer is a hang.


def run(binary, *arguments):
    """What the binary writes."""
    environment = {**os.environ, "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-14"}
    done = subprocess.run([binary, f"-timeout={TIMEOUT}", *arguments], env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def reported_by(binary, file, scratch):
    """Who reports what about a file; None if nobody does."""
    status, output = run(binary, f"-artifact_prefix={scratch}/again-", file)
    return None if status == 0 else report.who_reported(output) or f"status {status}"


def smallest(binary, file, reported, scratch):
    """The smallest file that still breaks the same. libFuzzer goes on with any
    input that ends the target, so its last may be another bug's: each step on
    its way is tried, the smallest first."""
    run(binary, "-minimize_crash=1", f"-runs={RUNS}", f"-max_total_time={SECONDS}",
        f"-artifact_prefix={scratch}/step-", file)
    steps = sorted(scratch.glob("step-*"), key=lambda path: (path.stat().st_size, path.name))
    for step in steps:
        if step.stat().st_size < file.stat().st_size and reported_by(binary, step, scratch) == reported:
            return step
    return file


def keep(file, folder, name):
    """Copies a file; the path that it has then. What is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 1
    while True:
        path = folder / (name if count == 1 else f"{name}_{count}")
        if not path.exists():
            shutil.copyfile(file, path)
            return path
        if path.read_bytes() == file.read_bytes():
            return path
        count += 1


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    binary, file, folder = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        reported = reported_by(binary, file, scratch)
        if reported is None:
            print(f"keep: nothing is reported about {file}", file=sys.stderr)
            return 1
        print(f"keep: {reported}; making its {file.stat().st_size} bytes fewer", file=sys.stderr)
        small = smallest(binary, file, reported, scratch)
        path = keep(small, folder, report.file_name(reported))
    print(f"{path}: {path.stat().st_size} bytes, {reported}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
