"""`diff` and `solution`: our tests, beside yours or alone."""

import difflib
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from exercises.checker import desk
from exercises.checker.call import DONE, NOT_YET, Call, Refusal, named
from exercises.checker.lines import BLANK, Line, Mark, Style, printable

NARROWEST = 120  # columns that two files beside each other need
STYLES = {"+": Style.GOOD, "-": Style.BAD, "@": Style.CODE}


def run(call: Call) -> int:
    """Print them, to whoever has passed."""
    exercise = named(call.given.exercise, call.exercises)[0]
    if not (desk.recall(exercise).passed or call.given.reveal):
        call.terminal.say(_not_yet(call, exercise.name))
        return NOT_YET
    if gone := [path for path in exercise.solution if not path.is_file()]:
        where = gone[0].relative_to(call.root).as_posix()
        raise Refusal(f"our tests are not in this tree: somebody has taken {where} away.")
    ours = _text(exercise.solution)
    if call.given.command == "solution":
        call.terminal.say(_code(ours))
        return DONE
    yours = _text(desk.submission(exercise))
    width = call.terminal.look.width
    call.terminal.say(beside(yours, ours, width) if width >= NARROWEST else unified(yours, ours))
    return DONE


def beside(yours: Sequence[str], ours: Sequence[str], width: int) -> Iterator[Line]:
    """Yield two columns; lines that both have stand beside each other."""
    half = (width - 3) // 2
    yield Line(f"{'yours':<{half}} | ours", Style.BOLD, indent=0, whole=True)
    matcher = difflib.SequenceMatcher(None, yours, ours, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        left = [part for line in yours[a:b] for part in _folded(line, half)]
        right = [part for line in ours[c:d] for part in _folded(line, half)]
        style = Style.DIM if kind == "equal" else Style.PLAIN
        for number in range(max(len(left), len(right))):
            one = left[number] if number < len(left) else ""
            other = right[number] if number < len(right) else ""
            yield Line(f"{one:<{half}} | {other}".rstrip(), style, indent=0, whole=True)


def unified(yours: Sequence[str], ours: Sequence[str]) -> Iterator[Line]:
    """Yield what to take from yours and to add to come to ours."""
    for line in difflib.unified_diff(yours, ours, "yours", "ours", lineterm=""):
        yield Line(line, STYLES.get(line[:1], Style.PLAIN), indent=0, whole=True)


def _folded(line: str, width: int) -> list[str]:
    return textwrap.wrap(printable(line), width, drop_whitespace=False) or [""]


def _not_yet(call: Call, name: str) -> Iterator[Line]:
    command = call.given.command
    yield Line("Our tests are for after yours: you have not passed yet.", indent=0)
    yield BLANK
    hint, reveal = call.shell.command("hint", name), call.shell.command(command, name, "--reveal")
    yield Line(f"A hint: `{hint}`. Or, if you must: `{reveal}`", mark=Mark.NEXT, indent=0)


def _text(paths: Sequence[Path]) -> list[str]:
    """Return the lines of files, each under its name where there are more than one."""
    lines: list[str] = []
    for path in paths:
        lines += [f"# --- {path.name} ---", ""] if len(paths) > 1 else []
        lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines


def _code(lines: Sequence[str]) -> Iterator[Line]:
    return (Line(line, indent=0, whole=True) for line in lines)
