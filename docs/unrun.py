"""The commands that pages show and the build does not run, and why not.

Any other command stands in a `run` block (see quoting.py), or the build fails: a command that
nobody runs is soon one that does not work.
"""

import re
from fnmatch import fnmatchcase

WHY = {
    ".venv/bin/pip *": "needs the wheelhouse, which needs a network",
    ".venv/bin/python -m exercises doctor": "of that environment; before.md runs another's",
    r".venv\Scripts\*": "Windows alone",
    "git *": "the copy that a run has is no clone",
    "mkdir -p ../alone/chat *": "copies one file, out of the tree",
    "mkdocs build --strict": "is what builds this",
    "mkdocs serve": "serves until stopped; CI builds the same",
    "mutmut *": "comes from the network; `python -m benchmarks mutants` runs it",
    "npm *": "needs a network",
    "pip *": "needs a network; CI installs the same extras with tox",
    "py *": "Windows alone",
    "pytest -k integration": "CI has just run the whole tier",
    "python -m benchmarks fanout *": "takes an hour: `tox -e bench`",
    "python -m benchmarks shuffle-all *": "takes hours",
    "python -m chat*": "serves until stopped; tests/integration/test_command_line.py starts it",
    "python -m http.server *": "serves until stopped; docs/test_site.py serves the same folder",
    "python3 -m venv .venv": "CI makes that environment by the commands of README.md",
    "rm -f chat.db *": "deletes what a chat has left, and there was none",
    "source .venv/bin/activate": "is for the shell that it is typed into",
    "tox*": "makes an environment, from the network, and runs `python -m exercises check` in it",
}

_PLAIN = re.compile(r"(?ms)^ *```(?:sh|bash|console|shell)\b[^\n]*\n(?P<text>.*?)^ *```$")


def plain(markdown):
    """Return the lines of a page that are commands and stand in no block that runs them."""
    blocks = [block["text"] for block in _PLAIN.finditer(markdown)]
    return [line.strip() for line in "".join(blocks).splitlines() if line.strip()]


def unexplained(markdown):
    """Return those of them for which there is no reason."""
    return [line for line in plain(markdown) if not any(fnmatchcase(line, text) for text in WHY)]
