"""How long a chapter takes, reckoned from the page as it was filled.

Two hundred words a minute, answers that are folded included, and three and a half seconds for each
line of code or output that is not blank. That is an estimate and no measurement; it is the same for
each chapter, and it grows when the chapter does. The minutes of an exercise are its own:
docs/instructors/index.md says where they come from.
"""

import re
from math import ceil

WORDS_A_MINUTE = 200
SECONDS_A_LINE = 3.5
LONGEST = 60  # minutes, reading and exercise together

_FRONT = re.compile(r"(?s)\A---\n.*?\n---\n")
_BLOCK = re.compile(r"(?ms)^ *(?P<fence>```+)[^`\n]*\n(?P<code>.*?)^ *(?P=fence)$")
SAID = re.compile(r"Reading takes (\d+) minutes, the exercise (\d+)\.")


def minutes_of(page):
    """Return how many minutes a filled page takes to read, begun ones included."""
    page = _FRONT.sub("", page)
    code = "\n".join(block["code"] for block in _BLOCK.finditer(page))
    lines = sum(bool(line.strip()) for line in code.splitlines())
    words = len(re.findall(r"\w[\w'.-]*", _BLOCK.sub("", page)))
    return ceil(words / WORDS_A_MINUTE + lines * SECONDS_A_LINE / 60)


def complaint_of(page):
    """Return what is wrong with the minutes that a chapter tells at its top, or None."""
    said = SAID.search(page)
    if not said:
        return "it does not say how long it takes"
    reading, exercise = map(int, said.groups())
    if minutes_of(page) > reading:
        return f"reading it takes {minutes_of(page)} minutes, and it says {reading}"
    if reading + exercise > LONGEST:
        return f"it takes {reading + exercise} minutes in all, more than {LONGEST}"
    return None
