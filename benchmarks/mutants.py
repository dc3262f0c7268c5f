"""Two judges of the same test suites: mutmut's mutants, and the checker of the exercise.

The exercise is `unit`, the program chat/commands.py. Its functions are pure, and a test of one
finds the same whichever other tests there are: what a part of a suite finds is known without
running it.
"""

import asyncio
import os
import random
import shutil
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import correlation

from benchmarks.options import Options
from benchmarks.results import Result, Table, spread
from exercises.checker.check import Checker
from exercises.checker.load import load
from exercises.checker.model import Exercise, Verdict

ROOT = Path(__file__).parents[1]
HOME = ROOT / "exercises"
LIMIT = 600.0  # seconds for mutmut and one suite
MODEL = "the model answer"
SUITES = {
    MODEL: HOME / "solutions/unit/test_commands.py",
    "the stub": HOME / "unit/stub.txt",
    "runs every line": ROOT / "docs/wrong/unit/test_runs_every_line.py",
    "compares every word": ROOT / "docs/wrong/unit/test_compares_every_word.py",
}
PARTS = {"two thirds of it": 2 / 3, "half of it": 1 / 2}

Found = Mapping[str, Collection[str]]  # by mutant, or by bug: the test functions that fail on it


@dataclass
class Suite:
    """What both say of a suite. It has no mutants where mutmut refused it."""

    tests: Collection[str]  # its functions
    mutants: Found
    required: Found
    bugs: Found  # the required ones and the others
    verdict: str

    def part(self, tests: Collection[str]) -> "Suite":
        """Return what they would say of some of its tests, if all of them count."""
        mutants, required, bugs = (
            {name: set(failed) & set(tests) for name, failed in found.items()}
            for found in (self.mutants, self.required, self.bugs)
        )
        verdict = "done" if all(required.values()) else "stops at bugs caught"
        return Suite(tests, mutants, required, bugs, verdict)


async def measure(options: Options) -> Result:
    """Let both judge whole suites, then parts of the model answer."""
    result = Result("mutants")
    if not find_spec("mutmut"):
        result.notes.append("without mutmut: pip install mutmut (not on Windows)")
        return result
    exercise = load(HOME / "unit", HOME)
    given = sorted(options.suites.glob("test_*.py")) if options.suites else []
    suites = dict[str, Suite]()
    with Checker() as checker:
        for name, file in (SUITES | {path.stem: path for path in given}).items():
            print(f"    {name}", file=sys.stderr, flush=True)
            suites[name] = await _judged(file, options.folder / name, checker, exercise)
    model = suites[MODEL]
    suites["just enough to be done"] = _least(model, lambda part: part.verdict == "done")
    suites["just enough for mutmut"] = _least(
        model, lambda part: _share(part.mutants) == _share(model.mutants)
    )
    drawn = _draw(model, options)
    result.tables = [
        _table(suites),
        _table_of_parts(drawn, _share(model.mutants)),
        await _table_of_left(options.folder / MODEL, model.mutants),
    ]
    agreement = _agreement([part for parts in drawn.values() for part in parts])
    result.notes.append(f"rank correlation of mutants and bugs over all parts: {agreement:.2f}")
    result.data = {name: _data(suite) for name, suite in suites.items()}
    return result


# --- The two judges ---


async def _judged(file: Path, folder: Path, checker: Checker, exercise: Exercise) -> Suite:
    """Put what is needed into a folder, and let both judge the file there."""
    for name in ("chat", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    suite = folder / "exercises/unit/test_suite.py"
    suite.parent.mkdir(parents=True)
    shutil.copy(file, suite)
    verdict = checker.check(exercise, [suite])
    bugs = _caught(verdict, checker, suite)
    shutil.copy(ROOT / "benchmarks/failures.py", suite.with_name("conftest.py"))
    return Suite(
        tests={_function(test) for test in verdict.tests},
        mutants=await _killed(folder),
        required={bug.id: bugs[bug.id] for bug in exercise.bugs if bug.is_required},
        bugs=bugs,
        verdict=_words(verdict),
    )


def _caught(verdict: Verdict, checker: Checker, suite: Path) -> Found:
    """Return which tests catch each bug, of those that the checker does not set aside."""
    runs = checker.matrix(verdict.exercise, [suite])
    counted = set(verdict.tests) - {one.test for one in verdict.set_aside}
    return {
        bug.id: {
            _function(test.test)
            for run in runs.get(bug.id, ())
            for test in run.tests
            if test.failure and test.test in counted
        }
        for bug in verdict.exercise.bugs
    }


def _words(verdict: Verdict) -> str:
    if verdict.stopped_at is None:
        return verdict.problem or "done"
    return f"stops at {verdict.stopped_at.name.lower().replace('_', ' ')}"


async def _killed(folder: Path) -> Found:
    """Return which tests kill each mutant: none of any, where mutmut refuses the suite."""
    if await _mutmut(folder, "run") is None:
        return {}
    ends = dict(
        line.strip().split(": ") for line in (await _mutmut(folder, "results", "--all", "1")) or ()
    )
    notes = folder / "mutants/exercises/unit/failures.txt"
    failed = defaultdict[str, set[str]](set)
    for line in notes.read_text("utf-8").splitlines() if notes.exists() else ():
        mutant, test = line.split("\t")
        failed[mutant].add(_function(test))
    # What mutmut counts as a kill is none where no test failed, unless one hung.
    return {
        mutant: failed[mutant] or ({"*"} if end == "timeout" else set())
        for mutant, end in sorted(ends.items())
    }


async def _mutmut(folder: Path, *arguments: str) -> list[str] | None:
    """Return what mutmut prints, or None where it fails."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # so that its forks can be ended with it
    )
    try:
        async with asyncio.timeout(LIMIT):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return output.decode().splitlines() if process.returncode == 0 else None


def _function(test: str) -> str:
    """Return the function of a test: "test_a.py::test_b[case]" is a case of test_b."""
    return test.partition("[")[0].rpartition("::")[2]


# --- Parts of a suite ---


def _least(suite: Suite, is_enough: Callable[[Suite], bool]) -> Suite:
    """Leave out one test after the other, as long as the rest is enough."""
    for test in sorted(suite.tests):
        if is_enough(less := suite.part(set(suite.tests) - {test})):
            suite = less
    return suite


def _draw(model: Suite, options: Options) -> dict[str, list[Suite]]:
    """Return parts of the model answer that a seed has drawn, by how large they are."""
    rng, tests = random.Random(options.seed), sorted(model.tests)
    return {
        name: [
            model.part(rng.sample(tests, round(share * len(tests))))
            for _ in range(options.rounds or 200)
        ]
        for name, share in PARTS.items()
    }


def _agreement(suites: Sequence[Suite]) -> float:
    """Return the rank correlation (Spearman's): 1 where both put the suites into one order."""
    return correlation(
        _ranks([_share(suite.mutants) for suite in suites]),
        _ranks([_share(suite.bugs) for suite in suites]),
    )


def _ranks(values: Sequence[float]) -> list[float]:
    # statistics.correlation(method="ranked") does this from Python 3.12 on.
    return [sum(less < value for less in values) + values.count(value) / 2 for value in values]


# --- What is printed ---


def _table(suites: Mapping[str, Suite]) -> Table:
    columns = ("suite", "tests", "mutants %", "required %", "all bugs %", "verdict")
    rows = [
        (
            name,
            f"{len(suite.tests)}",
            f"{_share(suite.mutants):.0f}" if suite.mutants else "refused",
            f"{_share(suite.required):.0f}",
            f"{_share(suite.bugs):.0f}",
            suite.verdict,
        )
        for name, suite in suites.items()
    ]
    model = suites[MODEL]
    title = f"{len(model.mutants)} mutants; {len(model.bugs)} bugs, {len(model.required)} required"
    return Table(title, columns, list(rows))


def _table_of_parts(drawn: Mapping[str, list[Suite]], most: float) -> Table:
    columns = ("of the model answer", "mutants %", "all bugs %", "all killed", "done", "both")
    table = Table(f"parts of it, {len(next(iter(drawn.values())))} of each size", columns)
    for name, parts in drawn.items():
        killing = [_share(part.mutants) == most for part in parts]
        done = [part.verdict == "done" for part in parts]
        table.rows.append(
            (
                name,
                spread([_share(part.mutants) for part in parts], 0),
                spread([_share(part.bugs) for part in parts], 0),
                f"{sum(killing)}",
                f"{sum(done)}",
                f"{sum(a and b for a, b in zip(killing, done, strict=True))}",
            )
        )
    return table


async def _table_of_left(folder: Path, mutants: Found) -> Table:
    table = Table("mutants that the model answer leaves alive", ("the line that is changed",))
    for mutant in (mutant for mutant, tests in mutants.items() if not tests):
        shown = await _mutmut(folder, "show", mutant) or []
        changed = [line[1:].strip() for line in shown if line.startswith("+")]
        table.rows += [(line,) for line in changed[1:]]
    return table


def _data(suite: Suite) -> dict[str, list[str]]:
    alive = {
        kind: [name for name, tests in found.items() if not tests]
        for kind, found in (("mutants alive", suite.mutants), ("bugs alive", suite.bugs))
    }
    return {"tests": sorted(suite.tests), **alive}


def _share(found: Found) -> float:
    """Return how much of it is found, in percent."""
    return 100 * sum(map(bool, found.values())) / len(found) if found else 0.0
