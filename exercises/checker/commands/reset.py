"""`reset`: begin an exercise again; what was written is kept. Or all of them, and nothing is."""

import sys

from exercises.checker import desk
from exercises.checker.call import DONE, Call, Refusal
from exercises.checker.lines import Line, Mark
from exercises.checker.phrases import listing
from exercises.checker.report import file_of


def run(call: Call) -> int:
    """Bring the stubs back, and say where the old files are."""
    if call.given.all:
        return _all(call)
    for exercise in call.chosen(call.given.exercises):
        try:
            backup = desk.reset(exercise)
        except OSError as error:
            raise Refusal(f"{exercise.name} could not be reset: {error}") from error
        told = f"{file_of(exercise)} is as it was handed out."
        if backup:
            kept = f"exercises/{exercise.name}/{backup.name}/"
            told += f" What you wrote is kept in `{kept}`: copy it back to go on with it."
        call.terminal.say([Line(told, mark=Mark.DONE, indent=0)])
    return DONE


def _all(call: Call) -> int:
    """Make every exercise as it was handed out, once somebody has said yes to what that deletes."""
    if call.given.exercises:
        raise Refusal("--all is for all exercises: name none, or leave it out.")
    lost = [path for exercise in call.exercises for path in desk.traces(exercise)]
    names = [path.relative_to(call.root).as_posix() for path in lost]
    if lost and not (call.given.yes or _agreed(names)):
        raise Refusal("nothing was changed.")
    for exercise in call.exercises:
        try:
            desk.clear(exercise)
        except OSError as error:
            raise Refusal(f"{exercise.name} could not be reset: {error}") from error
    told = "All exercises are as they were handed out, and nobody has passed."
    call.terminal.say([Line(told, mark=Mark.DONE, indent=0)])
    return DONE


def _agreed(lost: list[str]) -> bool:
    """Ask on standard error, so that a pipe gets no question; no answer is a no."""
    told = f"This deletes for good: {listing(lost, 8)}."
    print(f"{told}\nLet the learners copy what they want to keep. Delete? [y/N] ", file=sys.stderr)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
