"""`reset`: begin an exercise again; what was written is kept."""

from exercises.checker import desk
from exercises.checker.call import DONE, Call, Refusal
from exercises.checker.lines import Line, Mark
from exercises.checker.report import file_of


def run(call: Call) -> int:
    """Bring the stubs back, and say where the old files are."""
    for exercise in call.chosen(call.given.exercises):
        try:
            backup = desk.reset(exercise)
        except OSError as error:
            raise Refusal(f"{exercise.name} could not be reset: {error}") from error
        told = f"{file_of(exercise)} is as it was handed out."
        if backup:
            told += f" What you wrote is kept in `exercises/{exercise.name}/{backup.name}/`."
        call.terminal.say([Line(told, mark=Mark.DONE, indent=0)])
    return DONE
