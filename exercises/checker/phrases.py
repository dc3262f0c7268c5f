"""Small words that all reports share: counts, lists of names, and how to start the checker."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def count(number: int, thing: str, things: str = "") -> str:
    """Return "1 test", "2 tests"."""
    return f"{number} {thing if number == 1 else things or f'{thing}s'}"


def listing(names: Sequence[str], most: int = 0) -> str:
    """Return "a", "a and b", "a, b and c", "a, b and 3 more"."""
    if most and len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def sentence(text: str) -> str:
    """Return the text with a full stop, where it ends without one."""
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


@dataclass(frozen=True, slots=True)
class Shell:
    """How this learner starts the checker: what a report tells to type."""

    python: str = "python"
    in_tox: bool = False

    def command(self, *words: str) -> str:
        """Return a command line that the learner can copy."""
        if self.in_tox and words[0] == "check":
            return " ".join(["tox", *(["--"] if words[1:] else []), *words[1:]])
        return " ".join([self.python, "-m", "exercises", *words])


def shell_of(environ: Mapping[str, str]) -> Shell:
    """Tell what to type. The `python` of tox is not the learner's, and Debian has none."""
    in_tox = "TOX_ENV_NAME" in environ
    outside = "py" if sys.platform == "win32" else "python3"
    is_there = not in_tox and shutil.which("python")
    return Shell("python" if is_there else outside, in_tox)
