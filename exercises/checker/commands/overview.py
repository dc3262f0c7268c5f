"""`list`: the exercises, and how far you are."""

import json
from collections.abc import Iterator

from exercises.checker import desk
from exercises.checker.call import DONE, Call
from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Exercise
from exercises.checker.phrases import count
from exercises.checker.report import file_of

STATES = {"waiting": Mark.OPEN, "begun": Mark.WARNING, "done": Mark.DONE}


def run(call: Call) -> int:
    """Print them."""
    if call.given.json:
        known = [_data(exercise) for exercise in call.exercises]
        print(json.dumps({"format": 1, "exercises": known}, indent=2))
        return DONE
    call.terminal.say(_lines(call))
    return DONE


def state(exercise: Exercise) -> str:
    """Return "waiting", "begun" or "done", as far as is known without a check."""
    if desk.is_done(exercise):
        return "done"
    return "waiting" if desk.is_untouched(exercise) else "begun"


def _lines(call: Call) -> Iterator[Line]:
    column = max(len(f"{one.name}: {one.title}") for one in call.exercises) + 6
    for exercise in call.exercises:
        yield Line(
            f"{exercise.name}: {exercise.title}",
            Style.BOLD,
            mark=STATES[state(exercise)],
            indent=0,
            aside=_far(exercise),
            column=column,
        )
        yield Line(exercise.about)
        yield Line(file_of(exercise), Style.DIM)
    yield BLANK
    first = next(call.not_done(), None)
    told = "Every exercise is done."
    if first is not None:
        told = f"Next: `{call.shell.command('check', first.name)}`"
    yield Line(told, Style.BOLD, mark=Mark.NEXT, indent=0)
    yield Line(f"All commands: `{call.shell.command('--help')}`", Style.DIM)


def _far(exercise: Exercise) -> str:
    """Return in a few words how far it is."""
    record = desk.recall(exercise)
    known = state(exercise)
    left = sum(bug.is_required and bug.id in record.alive for bug in exercise.bugs)
    if known == "done":
        return "done"
    if known == "waiting":
        return f"about {exercise.minutes} minutes" + (", passed before" if record.passed else "")
    if not record.seen:
        return "begun, not checked yet"
    if record.seen != desk.digest(exercise):
        return "changed since it was checked" + (", passed before" if record.passed else "")
    told = f"{count(left, 'bug')} left when last checked" if left else "not done when last checked"
    return told + (", passed before" if record.passed else "")


def _data(exercise: Exercise) -> dict[str, object]:
    return {
        "name": exercise.name,
        "tier": exercise.tier,
        "title": exercise.title,
        "about": exercise.about,
        "minutes": exercise.minutes,
        "file": f"exercises/{exercise.name}/{exercise.stub}",
        "state": state(exercise),
        "passed": desk.recall(exercise).passed,
    }
