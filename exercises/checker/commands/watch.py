"""`watch`: check again whenever a file is saved. It looks at their times: the files are few."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from exercises.checker import desk
from exercises.checker.call import Call
from exercises.checker.commands.check import checker, end, judged
from exercises.checker.lines import BLANK, Line, Style
from exercises.checker.model import Exercise
from exercises.checker.report import report

if TYPE_CHECKING:
    from exercises.checker.check import Checker

PAUSE = 0.25  # seconds between two looks

Stamp = tuple[tuple[str, int, int], ...]


def run(call: Call) -> NoReturn:
    """Check what was named, or the first exercise that is open; then whatever changes."""
    names = call.given.exercises
    exercises = call.chosen(names)
    seen = {one.name: stamp(one) for one in exercises}
    changed = exercises if names else [call.first_open()]
    with checker(call) as checks:
        while True:
            if changed:
                seen |= {one.name: stamp(one) for one in changed}
                _check(call, checks, changed)
            time.sleep(PAUSE)
            changed = [one for one in exercises if _was_saved(one, seen[one.name])]


def stamp(exercise: Exercise) -> Stamp:
    """Return what changes when one of the learner's files is saved."""
    return tuple(
        (path.name, known.st_mtime_ns, known.st_size)
        for path in desk.submission(exercise)
        if (known := _stat(path))
    )


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:  # an editor puts a new file in its place just now
        return None


def _was_saved(exercise: Exercise, seen: Stamp) -> bool:
    """Return whether there is something new, and all of it was written."""
    now = stamp(exercise)
    if now == seen:
        return False
    time.sleep(PAUSE)
    return stamp(exercise) == now


def _check(call: Call, checks: "Checker", exercises: Iterable[Exercise]) -> None:
    call.terminal.clear()
    verdicts = []
    for exercise in exercises:
        verdicts.append(judged(call, checks, exercise))
        call.terminal.say([*report(verdicts[-1], call.shell), BLANK])
    call.terminal.say(end(call, verdicts))
    told = "Save a file to check again; Ctrl-C ends."
    call.terminal.say([BLANK, Line(told, Style.DIM, indent=0)])
