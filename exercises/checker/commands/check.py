"""`check`: run the tests of the exercises, and say what they would miss."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exercises.checker import desk, machine
from exercises.checker.advice import closing
from exercises.checker.call import DONE, NOT_JUDGED, NOT_YET, Call, Refusal
from exercises.checker.lines import BLANK, Line, Style
from exercises.checker.model import Exercise, Progress, Stage, Verdict
from exercises.checker.phrases import listing, sentence
from exercises.checker.plant import PlantError
from exercises.checker.report import report, waiting
from exercises.checker.structured import FORMAT, as_data

if TYPE_CHECKING:
    from exercises.checker.check import Checker

DOING = {"bug": "planted bugs", "refactoring": "refactorings", "steady": "other orders"}


def run(call: Call) -> int:
    """Check, report, and end with the one next thing to do."""
    exercises = call.chosen(call.given.exercises)
    verdicts = []
    with checker(call) as checks:
        if not (call.given.json or call.given.exercises) and all(map(desk.is_untouched, exercises)):
            call.terminal.say(_welcome())
        for exercise in exercises:
            verdicts.append(judged(call, checks, exercise))
            if not call.given.json:
                call.terminal.say(told(call, verdicts[-1], is_alone=len(exercises) == 1))
    if call.given.json:
        known = [as_data(verdict) for verdict in verdicts]
        print(json.dumps({"format": FORMAT, "exercises": known}, indent=2))
    else:
        call.terminal.say(end(call, verdicts))
    return status(verdicts)


def judged(call: Call, checks: "Checker", exercise: Exercise) -> Verdict:
    """Check one exercise, and remember what came of it."""
    if not (call.terminal.is_live or call.given.json):
        print(f"Checking {exercise.name} ...", file=sys.stderr, flush=True)

    call.terminal.progress(f"{exercise.name}: on the chat as it is")
    seen = desk.digest(exercise)
    try:
        verdict = checks.check(
            exercise, desk.submission(exercise), progress=progress(call, exercise)
        )
    except OSError as error:
        verdict = Verdict(exercise, problem=f"a file cannot be read: {error}")
    except PlantError as error:
        verdict = Verdict(
            exercise, problem=f"{sentence(str(error))} Is `chat/` as it was handed out?"
        )
    call.terminal.end_progress()
    desk.note(verdict, seen)
    return verdict


def progress(call: Call, exercise: Exercise) -> Callable[[Progress], None]:
    """Return what shows on a terminal how many of the runs are done."""
    done: dict[str, str] = {}

    def show(now: Progress) -> None:
        done[now.what] = f"{now.done}/{now.of}"
        known = [f"{words} {done[what]}" for what, words in DOING.items() if what in done]
        if known:
            call.terminal.progress(f"{exercise.name}: {', '.join(known)}")

    return show


def status(verdicts: Sequence[Verdict]) -> int:
    """Return the exit status that stands for all verdicts."""
    if any(verdict.problem is not None for verdict in verdicts):
        return NOT_JUDGED
    return DONE if all(verdict.is_done for verdict in verdicts) else NOT_YET


def end(call: Call, verdicts: Sequence[Verdict]) -> Iterator[Line]:
    """Yield the next thing to do, in these exercises or in the others."""
    checked = {verdict.exercise.name for verdict in verdicts}
    others = (one for one in call.not_done() if one.name not in checked)
    yield from closing(verdicts, call.shell, others)


def checker(call: Call) -> "Checker":
    """Return what runs and judges, yet to be entered; it can be once the packages are there."""
    require(call.root)
    from exercises.checker.check import Checker  # noqa: PLC0415  # it needs the packages

    return Checker(call.root)


def require(root: Path) -> None:
    """Refuse where a package is lacking that tests need."""
    if lacking := machine.missing(root):
        raise Refusal(f"not installed here, or too old: {listing(lacking)}. {machine.INSTALL}")


def told(call: Call, verdict: Verdict, *, is_alone: bool) -> Iterator[Line]:
    """Yield a whole report, or less of an exercise that waits among others."""
    in_order = verdict.stopped_at is Stage.BUGS_CAUGHT
    if in_order and desk.is_untouched(verdict.exercise) and not (is_alone or call.given.verbose):
        yield from waiting(verdict.exercise)
    else:
        yield from report(verdict, call.shell, verbose=call.given.verbose)
    yield BLANK


def _welcome() -> Iterator[Line]:
    yield Line("Nothing is wrong: the exercises are waiting for you.", Style.BOLD, indent=0)
    yield BLANK
