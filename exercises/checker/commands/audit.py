"""`audit`: whether the exercises themselves are sound; for instructors, and for CI."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from exercises.checker import desk, plant
from exercises.checker.call import DONE, NOT_YET, Call
from exercises.checker.commands.check import checker
from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Exercise, Stage
from exercises.checker.phrases import count
from exercises.checker.rehearsal import rehearse
from exercises.checker.soundness import complaints

if TYPE_CHECKING:
    from exercises.checker.check import Checker

Tell = Callable[[str], None]


def run(call: Call) -> int:
    """Print what is not sound; the status is 0 where nothing is."""
    program = plant.read(call.root / "chat")
    if _say(call, "the data fit the tree", complaints(call.root, call.exercises, program)):
        return NOT_YET  # what does not fit cannot be run
    chosen = call.chosen(call.given.exercises)
    tell = call.terminal.progress
    found = 0
    with checker(call) as checks:
        for exercise in chosen:
            begins = f"{exercise.name}: the stub begins with a test that counts"
            found += _say(call, begins, stub(checks, exercise, tell))
            times = call.given.times
            ends = f"{exercise.name}: the solution catches every bug, {times} times of {times}"
            found += _say(call, ends, solution(checks, exercise, times, tell))
    by_edits = {one.edits: one for exercise in chosen for one in exercise.refactorings}
    refactorings = list(by_edits.values())  # exercises share some
    broken = asyncio.run(rehearse(call.root, program, refactorings, tell))
    found += _say(call, f"tests/ passes {count(len(refactorings), 'refactoring')}", broken)
    call.terminal.say(_end(found))
    return NOT_YET if found else DONE


def stub(checks: "Checker", exercise: Exercise, tell: Tell) -> Iterator[str]:
    """Yield what is wrong with a stub: it is to be in order, to catch something, and not all."""
    tell(f"{exercise.name}: the stub")
    verdict = checks.check(exercise, desk.submission(exercise))
    if verdict.problem is not None:
        yield f"the stub cannot be judged: {verdict.problem}"
    elif verdict.is_done:
        yield "the stub is solved already."
    elif verdict.stopped_at is not Stage.BUGS_CAUGHT:
        yield f"the worked test of the stub is not {verdict.stopped_at}."
    elif not verdict.kills:
        yield "the worked test of the stub catches no bug."


def solution(checks: "Checker", exercise: Exercise, times: int, tell: Tell) -> Iterator[str]:
    """Yield where a solution is not done, or misses a bug, be it a bonus."""
    for number in range(1, times + 1):
        tell(f"{exercise.name}: the solution, {number} of {times}")
        verdict = checks.check(exercise, exercise.solution)
        where = f"the solution, check {number} of {times}"
        if verdict.problem is not None:
            yield f"{where}, cannot be judged: {verdict.problem}"
        for aside in verdict.set_aside:
            yield f"{where}: {aside.test}: {aside.why} {aside.message}"
        for bug in verdict.alive:
            yield f"{where}: {bug} lives on."
        if verdict.problem or not verdict.is_done or verdict.alive:
            return


def _say(call: Call, told: str, found: Iterable[str]) -> int:
    """Print one thing that was looked at; return how many complaints there are."""
    found = list(found)
    lines = [Line(told, mark=Mark.FAILED if found else Mark.DONE, indent=0)]
    for complaint in found:
        first, *rest = complaint.splitlines()
        lines += [Line(first, Style.BAD, mark=Mark.ITEM, indent=4)]
        lines += [Line(line, Style.DIM, indent=6, whole=True) for line in rest]
    call.terminal.say(lines)
    return len(found)


def _end(found: int) -> Iterator[Line]:
    yield BLANK
    told = f"{count(found, 'complaint')}." if found else "The exercises are sound."
    yield Line(told, Style.BOLD, mark=Mark.NEXT, indent=0)
