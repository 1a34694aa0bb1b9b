#!/usr/bin/env python3
"""Tests fuzz/oss-fuzz/build.sh as OSS-Fuzz would: a build with its environment into
an empty folder, and of each target what infra's bad_build_check wants. Where
afl-clang-fast++ is installed, a target of the same build.sh runs under AFL++.

  oss_fuzz_test.py          a target of each kind
  oss_fuzz_test.py --all    all of them: longer, and a gigabyte

It builds from the checkout that its own file is in, without Bazel, and keeps the
objects in .cache/oss-fuzz: the first time takes minutes."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import targets  # noqa: E402

# bad_build_check's: as many edges, and calls of a sanitizer's functions.
MIN_EDGES = 100
MIN_ASAN_CALLS = 1000
MAX_UBSAN_CALLS = 200
RUNS = 4
# A parser, and both ends of an exchange through the C interface. The others are
# made of the same parts.
SAMPLE = ("der", "ntlm_session")
AFL_TARGET = "der"
AFL_SECONDS = 5
# What the runner's image has; all else must be in the binary.
SYSTEM_LIBRARIES = ("linux-vdso", "ld-linux", "libc", "libm", "libdl", "libpthread", "librt", "libresolv",
                    "libgcc_s", "libstdc++", "libc++", "libc++abi")
ALL = "--all" in sys.argv[1:]
COMMON = "-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
ASAN = "-fsanitize=address -fsanitize-address-use-after-scope"


def abseil():
    home = pathlib.Path(os.environ.get("HOME") or pathlib.Path("~").expanduser())
    for path in (ROOT / ".cache/source/abseil", home / ".cache/sspilab/source/abseil"):
        if path.is_dir():
            return path
    raise unittest.SkipTest("Abseil's sources are not unpacked: bazel/setup build")


def build(out, **variables):
    """Runs build.sh with this environment and nothing else."""
    environment = {
        "ABSEIL": str(abseil()),
        "HOME": "/nonexistent",
        "OUT": str(out),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "WORK": str(ROOT / ".cache/oss-fuzz"),
        **variables,
    }
    done = subprocess.run(["bash", "fuzz/oss-fuzz/build.sh"], cwd=ROOT, env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"build.sh ended with status {done.returncode}:\n{done.stdout[-8000:]}")


def calls(binary, prefix):
    """How many instructions call functions whose name begins so."""
    listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", binary], check=True, capture_output=True)
    return len(re.findall(rb"\bcallq?\s+[0-9a-f]+ <" + prefix, listing.stdout))


class LibFuzzerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        first = pathlib.Path(folder.name) / "out"
        first.mkdir()
        every = targets.read(ROOT)
        cls.targets = every if ALL else {name: every[name] for name in SAMPLE}
        build(first, CC="clang-14", CXX="clang++-14", SANITIZER="address", TARGETS=" ".join(cls.targets),
              CFLAGS=f"{COMMON} {ASAN} -fsanitize=fuzzer-no-link",
              CXXFLAGS=f"{COMMON} {ASAN} -fsanitize=fuzzer-no-link", LIB_FUZZING_ENGINE="-fsanitize=fuzzer")
        # Elsewhere than it was built: a path in it would now lead nowhere.
        cls.out = first.rename(first.with_name("not-out"))

    def run_target(self, name, *arguments):
        """The output of a target in an empty folder, without an environment."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([self.out / name, *arguments], cwd=folder, env={}, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, f"{name} {arguments}: {output[-3000:]}")
        return output

    def every_target(self):
        return [(f"{target}_fuzz", declared) for target, declared in self.targets.items()]

    def test_every_target_is_there_and_nothing_else(self):
        expected = set()
        for target, declared in self.targets.items():
            expected |= {f"{target}_fuzz{end}" for end in ("", ".options", "_seed_corpus.zip")}
            if declared.dictionary:
                expected.add(f"{target}_fuzz.dict")
        self.assertEqual({path.name for path in self.out.iterdir()}, expected)

    def test_starts_and_has_edges(self):
        for name, _ in self.every_target():
            with self.subTest(name):
                output = self.run_target(name, "-seed=1337", f"-runs={RUNS}")
                self.assertIn(f"Done {RUNS} runs", output)
                self.assertNotIn("no interesting inputs were found", output)
                edges = re.search(r"INFO: Loaded \d+ module.*\(.*(?:counters|guards)\): *(\d+)", output)
                self.assertIsNotNone(edges, output)
                self.assertGreaterEqual(int(edges[1]), MIN_EDGES)

    def test_takes_its_seeds_and_its_dictionary(self):
        for name, declared in self.every_target():
            with self.subTest(name):
                with tempfile.TemporaryDirectory() as seeds:
                    with zipfile.ZipFile(self.out / f"{name}_seed_corpus.zip") as archive:
                        archive.extractall(seeds)
                    dictionary = [f"-dict={self.out / name}.dict"] if declared.dictionary else []
                    output = self.run_target(name, "-runs=0", "-rss_limit_mb=2560", "-timeout=25", *dictionary, seeds)
                self.assertIn(f"INFO: seed corpus: files: {len(archive.namelist())}", output)

    def test_options_name_what_is_there(self):
        for name, declared in self.every_target():
            with self.subTest(name):
                options = (self.out / f"{name}.options").read_text()
                self.assertEqual("dict =" in options, declared.dictionary is not None)
                for file in re.findall(r"dict = (.*)", options):
                    self.assertTrue((self.out / file).is_file())

    def test_is_of_its_sanitizer_and_no_other(self):
        for name, _ in self.every_target():
            with self.subTest(name):
                self.assertGreaterEqual(calls(self.out / name, b"__asan"), MIN_ASAN_CALLS)
                self.assertLessEqual(calls(self.out / name, b"__ubsan"), MAX_UBSAN_CALLS)
                self.assertEqual(calls(self.out / name, b"__msan"), 0)

    def test_needs_no_library_of_this_machine(self):
        for name, _ in self.every_target():
            listing = subprocess.run(["ldd", self.out / name], check=True, capture_output=True, text=True).stdout
            for line in listing.splitlines():
                library = pathlib.Path(line.split()[0]).name
                with self.subTest(name, library=library):
                    self.assertIn(re.split(r"\.so|-x86-64", library)[0], SYSTEM_LIBRARIES)


class EnvironmentTest(unittest.TestCase):
    def test_says_what_is_not_set(self):
        done = subprocess.run(["bash", "fuzz/oss-fuzz/build.sh"], cwd=ROOT, check=False, capture_output=True,
                              text=True, env={"PATH": os.environ["PATH"], "CC": "clang-14"})
        self.assertEqual((done.returncode, done.stderr), (2, "build.sh: CXX is not set\n"))


@unittest.skipUnless(shutil.which("afl-clang-fast++"), "AFL++ is not installed")
class AflTest(unittest.TestCase):
    def test_a_target_runs_under_afl(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            out = folder / "out"
            out.mkdir()
            # Without a sanitizer, which takes half the time to build.
            build(out, CC="afl-clang-fast", CXX="afl-clang-fast++", SANITIZER="none", TARGETS=AFL_TARGET,
                  CFLAGS=COMMON, CXXFLAGS=COMMON, LIB_FUZZING_ENGINE="-fsanitize=fuzzer", AFL_QUIET="1")
            with zipfile.ZipFile(out / f"{AFL_TARGET}_fuzz_seed_corpus.zip") as archive:
                archive.extractall(folder / "seeds")
            environment = {
                "PATH": "/usr/local/bin:/usr/bin:/bin", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                "AFL_NO_AFFINITY": "1", "AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1"}
            done = subprocess.run(
                ["afl-fuzz", "-V", str(AFL_SECONDS), "-s", "1", "-m", "none", "-t", "5000", "-i", folder / "seeds",
                 "-o", folder / "found", "-x", out / f"{AFL_TARGET}_fuzz.dict", "--", out / f"{AFL_TARGET}_fuzz"],
                env=environment, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:])
            stats = dict(re.findall(r"^(\w+) *: (.*)$", (folder / "found/default/fuzzer_stats").read_text(), re.M))
            self.assertGreater(int(stats["execs_done"]), 10 * len(archive.namelist()))
            self.assertGreaterEqual(int(stats["total_edges"]), MIN_EDGES)
            # Paths that no seed takes.
            self.assertGreater(int(stats["corpus_found"]), 0)
            self.assertEqual(int(stats["saved_crashes"]), 0)


if __name__ == "__main__":
    unittest.main(argv=[argument for argument in sys.argv if argument != "--all"])
