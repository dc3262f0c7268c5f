"""`reset`: begin exercises again, and keep what was written. With --all, for the next class."""

import sys
from collections.abc import Sequence
from pathlib import Path

from exercises.checker import desk
from exercises.checker.call import DONE, Call, Refusal
from exercises.checker.lines import Line, Mark
from exercises.checker.model import Exercise
from exercises.checker.phrases import listing
from exercises.checker.report import file_of


def run(call: Call) -> int:
    """Bring the stubs back, and say where the old files are."""
    if call.given.all:
        return _all(call)
    chosen = call.chosen(call.given.exercises)
    if not (call.given.exercises or call.given.yes):
        _ask_about(chosen, call)
    for exercise in chosen:
        try:
            backup = desk.reset(exercise)
        except OSError as error:
            raise Refusal(f"{exercise.name} could not be reset: {error}") from error
        told = f"{file_of(exercise)} is as it was handed out."
        if backup:
            kept = _folder(backup, call)
            told += f" What you wrote is kept in `{kept}`: copy it back to go on with it."
        call.terminal.say([Line(told, mark=Mark.DONE, indent=0)])
    return DONE


def _ask_about(exercises: Sequence[Exercise], call: Call) -> None:
    """Refuse to begin all exercises again, unless somebody at a terminal says yes."""
    names = listing([one.name for one in exercises])
    if not sys.stdin.isatty():
        one = call.shell.command("reset", exercises[0].name)
        raise Refusal(f"which one? There is {names}. Name it, such as: {one}")
    told = f"This begins {names} again, and forgets which hints you were shown."
    if begun := [one for one in exercises if not desk.is_untouched(one)]:
        backups = [_folder(desk.next_backup(one), call) for one in begun]
        told += f" What you wrote is kept in {listing(backups)}."
    if not _agreed(f"{told}\nBegin again?"):
        raise Refusal("nothing was changed.")


def _all(call: Call) -> int:
    """Make every exercise as it was handed out, once somebody has said yes to what that deletes."""
    if call.given.exercises:
        raise Refusal("--all is for all exercises: name none, or leave it out.")
    lost = [path for exercise in call.exercises for path in desk.traces(exercise)]
    names = [path.relative_to(call.root).as_posix() for path in lost]
    if lost and not (call.given.yes or _agreed(_deleted(names))):
        raise Refusal("nothing was changed.")
    for exercise in call.exercises:
        try:
            desk.clear(exercise)
        except OSError as error:
            raise Refusal(f"{exercise.name} could not be reset: {error}") from error
    told = "All exercises are as they were handed out, and nobody has passed."
    call.terminal.say([Line(told, mark=Mark.DONE, indent=0)])
    return DONE


def _deleted(names: Sequence[str]) -> str:
    told = f"This deletes for good: {listing(names, 8)}."
    return f"{told}\nLet the learners copy what they want to keep. Delete?"


def _folder(path: Path, call: Call) -> str:
    return f"{path.relative_to(call.root).as_posix()}/"


def _agreed(question: str) -> bool:
    """Ask on standard error, so that a pipe gets no question; no answer is a no."""
    print(f"{question} [y/N] ", file=sys.stderr)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
