"""The command line of the checker: reads it, hands over to one module a command, and bounds errors.

Modules of commands are imported when they are asked for: `list`, `hint`, `reset` and `doctor` work
where nothing is installed yet.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from exercises.checker.call import NOT_JUDGED, Call, Refusal, name_of
from exercises.checker.load import exercises
from exercises.checker.phrases import shell_of
from exercises.checker.plant import PlantError
from exercises.checker.pool import HostError
from exercises.checker.terminal import Terminal

ROOT = Path(__file__).parents[2]
STOPPED, CUT_SHORT = 130, 141  # what a shell expects after Ctrl-C, and of `| head`

ABOUT = """\
Check the tests that you write: they have to pass on the chat, and to fail on each
bug that was planted in a copy of it.
"""
LOOP = """\
The loop:  edit exercises/unit/test_*.py, run `python -m exercises check unit`, and
when you are stuck, `python -m exercises hint unit`. With `watch unit` it checks
whenever you save.

An EXERCISE is a tier (unit, mocked, integration), a folder or a file in it.
Exit status: 0 done, 1 not yet, 2 could not be judged.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return the exit status."""
    given = parser().parse_args(arguments)
    terminal = Terminal(sys.stdout, os.environ)
    try:
        _end_as_after_ctrl_c()
        found, broken = exercises(ROOT)
        call = Call(ROOT, found, terminal, shell_of(os.environ), given)
        is_told = bool(_asked(given) & {one.name for one in broken})  # what there is to say
        status = _run(call) if (found or not broken) and not is_told else NOT_JUDGED
        for error in broken:
            print(f"exercises: {error}", file=sys.stderr)
        sys.stdout.flush()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        terminal.end_progress()
        print("exercises: stopped.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_SHORT
    return NOT_JUDGED if broken else status


def _asked(given: argparse.Namespace) -> set[str]:
    """Return the names of the exercises that were asked about."""
    words = [getattr(given, "exercise", None), getattr(given, "about", None)]
    return {name_of(word) for word in [*words, *getattr(given, "exercises", [])] if word}


def _run(call: Call) -> int:
    """Carry out what was asked for, or say why that cannot be."""
    try:
        command = importlib.import_module(f"exercises.checker.commands.{call.given.module}")
        status: int = command.run(call)
    except (Refusal, PlantError, HostError) as error:
        call.terminal.end_progress()
        print(f"exercises: {error}", file=sys.stderr)
        return NOT_JUDGED
    return status


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    whole = argparse.ArgumentParser(
        prog="python -m exercises",
        description=ABOUT,
        epilog=LOOP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.set_defaults(module="overview", json=False)
    commands = whole.add_subparsers(metavar="COMMAND", title="commands")

    check = _command(commands, "check", "run your tests against the chat and the planted bugs")
    _exercises(check)
    _json(check)
    check.add_argument("-v", "--verbose", action="store_true", help="say everything that is known")

    watch = _command(commands, "watch", "check again whenever you save")
    _exercises(watch)

    overview = _command(commands, "list", "show the exercises and how far you are", "overview")
    _json(overview)

    hint = _command(commands, "hint", "help with one bug, a little more at each call")
    hint.add_argument(
        "about", nargs="?", metavar="BUG|EXERCISE", help="default: the first one open"
    )
    hint.add_argument("step", nargs="?", type=int, metavar="STEP", help="a bug of this step")
    hint.add_argument("--all", action="store_true", help="all hints at once")

    for name, told in (
        ("diff", "show your tests beside ours, once you have passed"),
        ("solution", "show our tests, once you have passed"),
    ):
        compare = _command(commands, name, told, "compare")
        compare.set_defaults(command=name)
        compare.add_argument("exercise", metavar="EXERCISE")
        compare.add_argument("--reveal", action="store_true", help="now, passed or not")

    reset = _command(commands, "reset", "begin again; what you wrote is kept in a backup")
    _exercises(reset)
    reset.add_argument(
        "--all",
        action="store_true",
        help="for the next class: delete what was written, the backups and who has passed",
    )
    reset.add_argument(
        "--yes", action="store_true", help="do not ask: neither before --all, nor without a name"
    )

    again = _command(commands, "again", "run your tests as a check did when one was not steady")
    again.add_argument("exercise", metavar="EXERCISE")
    again.add_argument("order", metavar="ORDER", type=int, help="as the report has them")
    again.add_argument("hashes", metavar="PYTHONHASHSEED", type=int)

    matrix = _command(commands, "matrix", "show which of your tests catches which bug")
    _exercises(matrix)
    _json(matrix)
    matrix.add_argument("--cases", action="store_true", help="each case of a test by itself")

    _command(commands, "doctor", "check this machine before the day")
    audit = _command(commands, "audit", "check the exercises themselves (for instructors)")
    _exercises(audit)
    audit.add_argument(
        "--times", type=int, default=20, help="how often each solution is checked (default: 20)"
    )
    return whole


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    told: str,
    module: str = "",
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=told, description=f"{told.capitalize()}.")
    command.set_defaults(module=module or name)
    return command


def _exercises(command: argparse.ArgumentParser) -> None:
    command.add_argument("exercises", nargs="*", metavar="EXERCISE", help="default: all of them")


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="as JSON")


def _end_as_after_ctrl_c() -> None:
    """Let whatever ends this process end its runs too; a shell's `&` turns Ctrl-C off."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: signal.raise_signal(signal.SIGINT))
