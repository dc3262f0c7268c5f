"""`matrix`: which test catches which bug, and which catches nothing that another does not."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.checker import desk
from exercises.checker.call import DONE, Call
from exercises.checker.commands.check import checker, progress
from exercises.checker.failing import AT_ONCE, LATER
from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Evidence, Exercise, Run, Stage
from exercises.checker.stages import plain_runs, set_aside
from exercises.checker.structured import FORMAT

if TYPE_CHECKING:
    from exercises.checker.check import Checker

CORRECT = "correct"  # the name of the variant without a bug

WHY = {
    Stage.COLLECTED: "cannot be collected",
    Stage.CORRECT: "fails on the chat as it is",
    Stage.STEADY: "is not steady",
    Stage.IN_ITS_TIER: "does what its tier does not allow",
    Stage.REFACTOR_PROOF: "fails when a colleague rewrites the chat",
}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Tests and the bugs that they catch, by id."""

    exercise: Exercise
    caught: Mapping[str, frozenset[str]]  # by test
    left_out: Mapping[str, str]  # the tests that do not count, or cases of them, and why

    @property
    def idle(self) -> list[str]:
        """The tests that catch something, but nothing that no other test catches."""
        return [test for test, bugs in self.caught.items() if bugs and not self._alone(test)]

    @property
    def toothless(self) -> list[str]:
        """The tests that catch nothing at all."""
        return [test for test, bugs in self.caught.items() if not bugs]

    @property
    def all_caught(self) -> frozenset[str]:
        """The bugs that some test catches."""
        return frozenset().union(*self.caught.values())

    def _alone(self, test: str) -> frozenset[str]:
        others = [bugs for other, bugs in self.caught.items() if other != test]
        return self.caught[test].difference(*others)


def matrix_of(
    exercise: Exercise, runs: Mapping[str, Sequence[Run]], *, by_case: bool = False
) -> Matrix:
    """Make a matrix of runs that went on after a failure, for the tests that count in a check.

    The cases of a parametrised test are one test, unless they are asked for.
    """
    left_out = _left_out(exercise, runs)
    tests = [test for run in plain_runs(runs[CORRECT]) for test in run.tests]
    sound = [test.test for test in tests if test.test not in left_out and "" not in left_out]
    failed = {
        bug.id: {test.test for run in runs[bug.id] for test in run.tests if test.failure}
        for bug in exercise.bugs
        if bug.id in runs
    }
    caught: dict[str, set[str]] = {}
    for test in sound:
        name = test if by_case else test.partition("[")[0]
        bugs = {bug for bug, tests in failed.items() if test in tests}
        caught[name] = caught.get(name, set()) | bugs
    why = {test if by_case else test.partition("[")[0]: why for test, why in left_out.items()}
    return Matrix(exercise, {test: frozenset(bugs) for test, bugs in caught.items()}, why)


def _left_out(exercise: Exercise, runs: Mapping[str, Sequence[Run]]) -> dict[str, str]:
    """Return the tests that a check sets aside, and those that are skipped; no name means all."""
    known = {name: tuple(some) for name, some in runs.items()}
    evidence = Evidence(
        correct=known[CORRECT],
        refactored=known,
        failing={when: known[when] for when in (AT_ONCE, LATER) if when in known},
    )
    skipped = [test for run in plain_runs(known[CORRECT]) for test in run.tests if test.skipped]
    why = {test.test: "is skipped" for test in skipped}
    return why | {one.test: WHY[one.stage] for one in set_aside(exercise, evidence)}


def run(call: Call) -> int:
    """Print one matrix for each exercise."""
    with checker(call) as checks:
        matrices = [_made(call, checks, one) for one in call.chosen(call.given.exercises)]
    if call.given.json:
        known = [_data(matrix) for matrix in matrices]
        print(json.dumps({"format": FORMAT, "exercises": known}, indent=2))
        return DONE
    for matrix in matrices:
        call.terminal.say([*lines(matrix, call.terminal.look.width), BLANK])
    return DONE


def _made(call: Call, checks: "Checker", exercise: Exercise) -> Matrix:
    """Run all tests on everything, and say first how long that takes."""
    if not call.given.json:
        told = "all tests on all bugs, which takes longer than a check: up to a minute"
        print(f"{exercise.name}: {told} ...", file=sys.stderr, flush=True)
    submission = desk.submission(exercise)
    runs = checks.matrix(exercise, submission, progress=progress(call, exercise))
    call.terminal.end_progress()
    return matrix_of(exercise, runs, by_case=call.given.cases)


def lines(matrix: Matrix, width: int) -> Iterator[Line]:
    """Yield the tests as rows and the bugs as columns, under the steps that they belong to."""
    exercise = matrix.exercise
    yield Line(f"{exercise.name}: which test catches which bug", Style.BOLD, indent=0)
    yield BLANK
    names = {test: test.partition("::")[2] for test in matrix.caught}
    columns = _columns(exercise)
    room = max(12, min(max(map(len, names.values()), default=0), width - len(columns) - 6))
    yield _row("step", room, _heads(exercise), Style.DIM)
    required = {bug.id for bug in exercise.bugs if bug.is_required}
    yield _row("kind", room, _marks(columns, required, "R", "b"), Style.DIM)
    for test, caught in matrix.caught.items():
        yield _row(names[test], room, _marks(columns, caught, "x", "."))
    alive = {bug.id for bug in exercise.bugs} - matrix.all_caught
    if alive:
        yield _row("lives on", room, _marks(columns, alive, "!", " "), Style.BAD)
    yield BLANK
    steps = "; ".join(f"{number} {step.title}" for number, step in enumerate(exercise.steps, 1))
    yield Line("A column is a bug, x where a test catches it: R is required, b a bonus.", Style.DIM)
    yield Line(f"The steps: {steps}.", Style.DIM)
    yield from _named("These catch no bug:", (names[test] for test in matrix.toothless))
    others = (f"{names[test]}: {_others(matrix, test, names)}" for test in matrix.idle)
    yield from _named("These catch nothing that no other catches:", others)
    if matrix.toothless or matrix.idle:
        yield Line("Such a test may still say something to its reader.", Style.DIM)
    whys = (
        f"{test.partition('::')[2] or test or 'all'}{', a case' * (test in names)}: it {why}"
        for test, why in matrix.left_out.items()
    )
    yield from _named("These do not count, and are not shown (`check` says more):", whys)


def _named(told: str, tests: Iterable[str]) -> Iterator[Line]:
    lines = [Line(test, mark=Mark.ITEM, indent=4) for test in tests]
    if lines:
        yield from (BLANK, Line(told), *lines)


def _others(matrix: Matrix, test: str, names: Mapping[str, str]) -> str:
    """Return who catches all that an idle test catches."""
    for other, bugs in matrix.caught.items():
        if other != test and bugs >= matrix.caught[test]:
            return f"so does {names[other]}"
    return "so do others together"


def _columns(exercise: Exercise) -> list[str | None]:
    """Return the ids of the bugs in the order of the steps, with None between two steps."""
    columns: list[str | None] = []
    for step in range(1, len(exercise.steps) + 1):
        bugs = [bug for bug in exercise.bugs if bug.step == step]
        columns += [bug.id for bug in sorted(bugs, key=lambda bug: not bug.is_required)]
        columns.append(None)
    return columns[:-1]


def _heads(exercise: Exercise) -> str:
    return " ".join(
        str(step).ljust(sum(bug.step == step for bug in exercise.bugs))
        for step in range(1, len(exercise.steps) + 1)
    )


def _marks(
    columns: Sequence[str | None], those: frozenset[str] | set[str], yes: str, no: str
) -> str:
    return "".join(" " if bug is None else yes if bug in those else no for bug in columns)


def _row(name: str, room: int, marks: str, style: Style = Style.PLAIN) -> Line:
    short = name if len(name) <= room else f"{name[: room - 3]}..."
    return Line(f"{short:<{room}}  {marks}".rstrip(), style, whole=True)


def _data(matrix: Matrix) -> dict[str, object]:
    return {
        "exercise": matrix.exercise.name,
        "bugs": [bug.id for bug in matrix.exercise.bugs],
        "tests": {test: sorted(bugs) for test, bugs in matrix.caught.items()},
        "left_out": dict(matrix.left_out),
        "catch_nothing": matrix.toothless,
        "catch_nothing_alone": matrix.idle,
    }
