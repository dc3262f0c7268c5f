"""Lines with a meaning in, text of one width out. Pure, and nothing in here knows of exercises.

These lines do what the reports need; a library for terminals would be one more thing to install
before a learner can ask for a hint.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

WIDEST = 88  # longer lines of prose are hard to read
CODE = re.compile(r"`([^`]+)`")
UNBROKEN = "\0"  # stands for a space where a line may not end


class Style(Enum):
    """What a piece of text is to the reader, as a parameter of SGR (ECMA-48)."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    BAD = "31"
    GOOD = "32"
    WARN = "33"
    CODE = "36"


class Mark(Enum):
    """What stands before a line: its sign, the same without Unicode, and its style."""

    DONE = ("✓", "ok", Style.GOOD)
    FAILED = ("✗", "no", Style.BAD)
    OPEN = ("·", "..", Style.DIM)
    WARNING = ("!", "!", Style.WARN)
    NEXT = ("→", "->", Style.BOLD)
    ITEM = ("-", "-", Style.DIM)


@dataclass(frozen=True, slots=True)
class Look:
    """What a terminal can show."""

    width: int = 80
    colours: bool = False
    unicode: bool = True

    def paint(self, text: str, style: Style) -> str:
        """Return the text in a style, where there are colours."""
        if not self.colours or style is Style.PLAIN or not text:
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"

    def sign(self, mark: Mark) -> str:
        """Return the sign of a mark."""
        sign, ascii_sign, style = mark.value
        return self.paint(sign if self.unicode else ascii_sign, style)


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. `code` between backticks is painted; an aside stands to the right of it."""

    text: str = ""
    style: Style = Style.PLAIN
    mark: Mark | None = None
    indent: int = 2
    aside: str = ""
    aside_style: Style = Style.DIM
    column: int = 0  # where the aside begins, 0 for the right margin
    hang: int = 0  # how much further in the second line begins
    most: int = 0  # so many lines at most, 0 for all
    whole: bool = False  # as it stands, on one line: a command to copy, a line of code
    signs: tuple[tuple[Mark, str], ...] = ()  # many short things, each with its mark


BLANK = Line()


def render(lines: Iterable[Line], look: Look) -> Iterator[str]:
    """Yield what to print, line by line, without line ends."""
    for line in lines:
        yield from _rendered(line, look)


def printable(text: str) -> str:
    """Return the text with its control characters spelled out: it may come from anywhere."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text.expandtabs(4)
    )


def _rendered(line: Line, look: Look) -> Iterator[str]:
    margin = " " * line.indent
    sign = f"{_plain_sign(line.mark, look)} " if line.mark else ""
    if line.signs:
        yield from _row(line, look)
        return
    if line.whole:
        yield margin + look.paint(printable(line.text), line.style)
        return
    width = max(min(look.width, WIDEST), 24)
    plain = _wrapped(line, margin + sign, width)
    text = [_painted(part[len(margin + sign) :], line.style, look) for part in plain]
    before = margin + (f"{look.sign(line.mark)} " if line.mark else "")
    text = [before + text[0], *(" " * len(margin + sign) + part for part in text[1:])]
    text = [part.rstrip(" ") for part in text]
    if line.aside and len(plain) == 1 and _fits(line, plain[0], width):
        gap = " " * (_column(line, width) - len(plain[0]))
        yield text[0] + gap + look.paint(printable(line.aside), line.aside_style)
        return
    yield from text
    if line.aside:
        yield from _rendered(Line(line.aside, line.aside_style, indent=line.indent + 4), look)


def _fits(line: Line, text: str, width: int) -> bool:
    """Return whether the aside fits to the right of the text."""
    column = _column(line, width)
    return len(text) + 2 <= column and column + len(printable(line.aside)) <= width


def _column(line: Line, width: int) -> int:
    return line.column or width - len(printable(line.aside))


def _row(line: Line, look: Look) -> Iterator[str]:
    """Yield many short things on as few lines as they fit on."""
    row, length = "", 0
    for mark, text in line.signs:
        more = len(_plain_sign(mark, look)) + len(text) + 3
        if length and line.indent + length + more - 2 > look.width:
            yield " " * line.indent + row.rstrip(" ")
            row, length = "", 0
        style = Style.DIM if mark is Mark.OPEN else Style.PLAIN
        row += f"{look.sign(mark)} {look.paint(text, style)}  "
        length += more
    yield " " * line.indent + row.rstrip(" ")


def _plain_sign(mark: Mark, look: Look) -> str:
    return mark.value[0] if look.unicode else mark.value[1]


def _wrapped(line: Line, before: str, width: int) -> list[str]:
    room = width - len(before)
    text = CODE.sub(lambda match: _together(match[0], room), printable(line.text))
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=before,
        subsequent_indent=" " * (len(before) + line.hang),
        max_lines=line.most or None,
        placeholder=" ...",
        break_on_hyphens=False,
        break_long_words="`" not in text,  # a terminal folds what is too long, and copies it whole
    )
    return [one.replace(UNBROKEN, " ") for one in lines] or [before]


def _together(code: str, room: int) -> str:
    return code.replace(" ", UNBROKEN) if len(code) <= room else code


def _painted(text: str, style: Style, look: Look) -> str:
    if not look.colours:
        return text
    pieces = CODE.split(text)  # every second one stood between backticks
    return "".join(
        look.paint(piece, Style.CODE if number % 2 else style)
        for number, piece in enumerate(pieces)
    )
