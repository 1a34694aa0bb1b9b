#!/usr/bin/env python3
"""Tests fuzz/tools/hunt.py with targets that are made up: what counts as found,
what is resumed, and what the table says."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "fuzz/tools"))

import checkout  # noqa: E402
import hunt  # noqa: E402
import planted  # noqa: E402

RULE = "\nfuzz: broken rule NoForgery: A strict acceptor...\nstat::number_of_executed_units: {}\n"
NOTHING = "#1000\tDONE\nstat::number_of_executed_units: {}\n"


def bug(name="ntlm_a", targets="ntlm_session, ntlm_acceptor"):
    return planted.Bug(name, "ntlm", pathlib.Path(name), "core/ntlm/a.cc", {"Targets": targets})


class FakeCheckout:
    """Each run of a target is one of `runs`: whether it finds something, executions, seconds."""

    def __init__(self, home, runs, survives=True):
        self.home = home
        self.runs = list(runs)
        self.made = []
        self._survives = survives

    def build(self, *labels):
        return labels[0]

    def fuzz(self, target, binary, folder, flags):
        self.made.append((target, binary, flags))
        found, executions, seconds = self.runs.pop(0)
        crash = folder / "crash-1"
        if found:
            crash.write_bytes(b"input")
        return (RULE if found else NOTHING).format(executions), seconds, crash if found else None

    def survives(self, target, file):
        return self._survives


class HuntTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)

    def options(self, *arguments):
        return hunt.parse([str(ROOT), str(self.home), *arguments])[1]


class TrialTest(HuntTestCase):
    def hunt(self, runs, *arguments, survives=True):
        self.builds = FakeCheckout(self.home, runs, survives)
        return hunt.hunt(self.builds, bug(), 3, self.options(*arguments), "d1")

    def test_sums_its_targets_until_one_reports(self):
        trial = self.hunt([(False, 1000, 59.5), (True, 30, 0.25)])
        self.assertTrue(trial.found)
        self.assertEqual((trial.executions, trial.seconds, trial.target, trial.oracle),
                         (1030, 59.75, "ntlm_acceptor", "NoForgery"))
        self.assertEqual(self.builds.made[0][1:], (
            "//fuzz/planted:ntlm_a_ntlm_session", ["-seed=3", "-max_total_time=60"]))

    def test_takes_turns_until_the_budget_is_spent(self):
        trial = self.hunt([(False, 10, 60)] * 2 + [(False, 20, 90)] * 9, "--seconds", "290")
        self.assertFalse(trial.found)
        self.assertEqual((trial.executions, trial.seconds), (60, 300))
        self.assertEqual([target for target, _, _ in self.builds.made],
                         ["ntlm_session", "ntlm_acceptor"] * 2)
        # The last has what is left.
        self.assertEqual([flags[1] for _, _, flags in self.builds.made],
                         [f"-max_total_time={seconds}" for seconds in (60, 60, 120, 80)])

    def test_what_breaks_without_the_bug_is_not_found(self):
        trial = self.hunt([(True, 5, 1)], survives=False)
        self.assertTrue(trial.spoiled)
        self.assertFalse(trial.found)
        self.assertEqual(hunt.spoiled_path(self.home, "ntlm_a", 3).read_bytes(), b"input")

    def test_switches_reach_the_target(self):
        self.hunt([(True, 5, 1)], "--without", "oracles,mutators")
        self.assertIn("--without=mutators,oracles", self.builds.made[0][2])

    def test_silence_is_an_error(self):
        self.builds = FakeCheckout(self.home, [(True, 5, 1)])
        self.builds.fuzz = lambda *_: ("no report", 1.0, pathlib.Path("crash-1"))
        with self.assertRaisesRegex(checkout.CannotRun, "nobody said why"):
            hunt.hunt(self.builds, bug(), 1, self.options(), "d1")


class ResumeTest(HuntTestCase):
    def hunt(self, runs, digest="d1", *arguments):
        state = hunt.State(self.home / "state.jsonl")
        builds = FakeCheckout(self.home, runs)
        with contextlib.redirect_stderr(io.StringIO()):
            hunt.hunt_all(builds, [bug()], self.options("--trials", "2", "--jobs", "1", *arguments), state,
                          {"ntlm_a": digest})
        return len(builds.made)

    def test_known_trials_are_not_repeated(self):
        self.assertEqual(self.hunt([(True, 1, 1)] * 2), 2)
        self.assertEqual(self.hunt([]), 0)

    def test_other_sources_or_budgets_are(self):
        self.hunt([(True, 1, 1)] * 2)
        self.assertEqual(self.hunt([(True, 1, 1)] * 2, "d2"), 2)
        self.assertEqual(self.hunt([(True, 1, 1)] * 2, "d2", "--seconds", "5"), 2)

    def test_a_line_cut_off_is_hunted_again(self):
        self.hunt([(True, 1, 1)] * 2)
        path = self.home / "state.jsonl"
        path.write_text(path.read_text()[:-20])
        self.assertEqual(self.hunt([(True, 1, 1)]), 1)

    def test_forgets_only_these_bugs(self):
        state = hunt.State(self.home / "state.jsonl")
        for name in ("ntlm_a", "ntlm_b"):
            state.add(hunt.Trial(name, 1, "d1", "600 s", 1, 1.0))
        state.forget({"ntlm_a"})
        self.assertEqual(list(hunt.State(self.home / "state.jsonl").trials), [("ntlm_b", 1)])


class TableTest(unittest.TestCase):
    def trials(self, name, *ends):
        return [hunt.Trial(name, i, "d1", "600 s", executions, seconds, target, target and "NoForgery")
                for i, (executions, seconds, target) in enumerate(ends, 1)]

    def test_table_and_figures(self):
        by_bug = {
            "ntlm_a": self.trials("ntlm_a", (10, 0.1, "x"), (3000, 2, "x"), (20, 0.2, "y")),
            "ntlm_b": self.trials("ntlm_b", (500, 90, "x"), (500, 90, "x")),
            "ntlm_c": self.trials("ntlm_c", (70, 1, "x"), (9000, 600, None)),
        }
        self.assertEqual(list(hunt.tell(by_bug)), [
            "bug     found   executions        CPU-seconds          target  reported by",
            "ntlm_a  3 of 3  20 (10 to 3,000)  0.2 (0.1 to 2.0)     x, y    NoForgery",
            "ntlm_b  2 of 2  500 (500 to 500)  90.0 (90.0 to 90.0)  x       NoForgery",
            "ntlm_c  1 of 2  70                1.0                  x       NoForgery",
            "",
            "2 of 3 found in each trial, 1 of them within 60 CPU-seconds (median of a bug's trials): 33.3%",
            "figure hunt.found 2",
            "figure hunt.planted 3",
            "figure hunt.median_executions 260",
        ])

    def test_compares_the_bugs_that_both_had(self):
        full = {"ntlm_a": self.trials("ntlm_a", (10, 1, "x")), "ntlm_b": self.trials("ntlm_b", (1, 1, "x"))}
        less = {"ntlm_a": self.trials("ntlm_a", (9000, 600, None))}
        self.assertEqual(list(hunt.compare({(): full, ("oracles",): less})), [
            "",
            "without  found   executions, median over bugs",
            "nothing  1 of 1  10",
            "oracles  0 of 1  -",
        ])
        self.assertEqual(list(hunt.compare({(): full})), [])


if __name__ == "__main__":
    unittest.main()
