"""Where the words go: what a terminal can show, and progress that leaves no trace."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from exercises.checker.lines import Line, Look, Style, printable, render


def look_of(stream: TextIO, environ: Mapping[str, str]) -> Look:
    """Tell what a stream can show, by no-color.org, force-color.org, its encoding and width."""
    return Look(
        width=shutil.get_terminal_size().columns,
        colours=_has_colours(stream, environ),
        unicode=_can_show("✓✗·→", stream.encoding or "ascii"),
    )


def _has_colours(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    if not stream.isatty() or environ.get("TERM") == "dumb":
        return False
    if sys.platform == "win32":
        os.system("")  # lets the console of Windows 10 understand SGR
    return True


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class Terminal:
    """Where the words go. Progress stands on one line that the next words replace."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # what it cannot show is spelled out
        self.look = look_of(stream, environ)
        self.is_live = stream.isatty() and environ.get("TERM") != "dumb"
        self.stream = stream
        self._has_progress = False

    def say(self, lines: Iterable[Line]) -> None:
        """Print lines."""
        self.end_progress()
        for text in render(lines, self.look):
            self.stream.write(f"{text}\n")
        self.stream.flush()

    def progress(self, text: str) -> None:
        """Show what is being done now, on a terminal alone."""
        if not self.is_live:
            return
        short = printable(text)[: self.look.width - 1]
        self.stream.write(f"\r\x1b[K{self.look.paint(short, Style.DIM)}")
        self.stream.flush()
        self._has_progress = True

    def end_progress(self) -> None:
        """Wipe the line of progress away."""
        if self._has_progress:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._has_progress = False

    def clear(self) -> None:
        """Begin on an empty screen, on a terminal alone."""
        if self.is_live:
            self.stream.write("\x1b[2J\x1b[H")
