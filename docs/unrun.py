"""The commands that pages show and CI does not run, and why not.

What stands in a `run` block is run when the site is built (see quoting.py), and what stands in one
of `sh` by commands.py: a command that nobody runs is soon one that does not work.
"""

import re
from fnmatch import fnmatchcase

_DEPLOYED = "root's, on the machine that the chat is deployed on"

WHY = {
    r".venv\Scripts\*": "Windows alone",
    "npm *": "needs Node.js, which nothing else here does",
    "pip download *": "fetches 110 MB for other systems, of which nothing could be tried here",
    "py *": "Windows alone",
    "pytest -k integration": "CI has just run the whole tier",
    "python -m benchmarks fanout *": "takes an hour: `tox -e bench`",
    "python -m benchmarks shuffle-all *": "takes hours",
    "apt install nginx": _DEPLOYED,
    "cp -a /var/lib/private/chat/*": _DEPLOYED,
    "install -m *": _DEPLOYED,
    "journalctl *": _DEPLOYED,
    "nginx -t *": _DEPLOYED,
    "python3 -m venv /opt/chat *": _DEPLOYED,
    "redis-cli *": _DEPLOYED,
    "sqlite3 *": _DEPLOYED,
    "systemctl *": _DEPLOYED,
}

_PLAIN = re.compile(r"(?ms)^ *```(?:sh|bash|console|shell)\b[^\n]*\n(?P<text>.*?)^ *```$")


def plain(markdown):
    """Return the lines of a page that are commands and stand in no block that the build runs."""
    blocks = [block["text"] for block in _PLAIN.finditer(markdown)]
    return [line.strip() for line in "".join(blocks).splitlines() if line.strip()]


def to_run(markdown):
    """Return those of them for which there is no reason not to run them."""
    return [line for line in plain(markdown) if not any(fnmatchcase(line, text) for text in WHY)]
