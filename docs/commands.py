"""The commands in the `sh` blocks of the pages, run as they stand: `tox -e commands`.

Each page has a fresh clone for itself, and its commands happen there from top to bottom, with the
environment active that docs/instructors/before.md makes in a room without network. What serves
until it is stopped has to say where, to answer there, and to end cleanly after Ctrl-C.

Needs Git and the network, and the runs that the build of the site has left behind: without them,
each build here takes minutes. unrun.py has the commands that are not run, and why not. What stands
in a `run` block is run by that build (see quoting.py), and two commands of README.md by .ci/run.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Timer
from time import monotonic

from docs.unrun import to_run

ROOT = Path(__file__).parents[1]
LONGEST = 300  # seconds, for one command
ENVIRONMENT = "instructors/before.md"
FIRST = (ENVIRONMENT, "reference/exercises.md")  # the other has one of its own, of tox

SERVES = ("mkdocs serve", "python -m chat*", "python -m http.server *")
ONE_AT_A_TIME = (*SERVES, "pip install *")  # a port, a folder of packages
# How one ends that does not succeed, and what it says: nobody has done the exercises here.
FAILS = {"tox*": (1, "it means not done yet")}
# What there has to be before a command, and to be found after it.
SCENES = {
    "git checkout exercises docs/wrong": (
        "echo changed | tee -a exercises/*/test_*.py docs/wrong/*/*.py",
        "git diff --exit-code",
    ),
    "git checkout docs/wrong": ("echo changed | tee -a docs/wrong/*/*.py", "git diff --exit-code"),
    "git clone . *": (":", "diff ../next-class/README.md README.md"),
    "mkdir -p ../alone/chat *": (":", "test -s ../alone/chat/commands.py"),
    "rm -f chat.db *": ("touch chat.db chat.db-wal chat.db-shm", "! ls chat.db*"),
}

_NOT_OF_A_READER = ("CI", "COV", "GIT_", "HYPOTHESIS_", "PYTEST", "PYTHON", "TOX_", "VIRTUAL_ENV")
_ACTIVE = "[ ! -e .venv ] || source .venv/bin/activate"
_ADDRESS = re.compile(r"http://[\w.-]+:\d+")
_alone = Lock()


class CommandError(Exception):
    """A command does not do what its page says, in words for whoever changed either."""


def main():
    """Run all of them; return the exit status."""
    docs = ROOT / "docs"
    pages = {
        page.relative_to(docs).as_posix(): to_run(page.read_text("utf-8"))
        for page in sorted(docs.rglob("*.md"))
    }
    try:
        run_all({page: lines for page, lines in pages.items() if lines}, ROOT)
    except CommandError as error:
        print(error)
        return 1
    return 0


def run_all(pages, root):
    """Run the commands of all pages, two pages at a time; raise CommandError if one fails."""
    # Where Ctrl-C is ignored, as behind a shell's &, what is started here would not hear it either.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        _commit(root, scratch / "tree")
        for is_first in True, False:
            names = [page for page in pages if (page in FIRST) == is_first]
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda page: _run_page(page, pages[page], root, scratch), names))


def _commit(root, tree):
    """Make a repository of what stands in the tree now and is not ignored."""
    git = f"git --git-dir='{tree}/.git' --work-tree=. -c user.name=CI -c user.email=ci@example.org"
    for command in f"git init -q '{tree}'", f"{git} add -A", f"{git} commit -q --no-verify -m All":
        _ends(command, root)


def _run_page(page, lines, root, scratch):
    tree = scratch / page / "clone"
    _ends(f"git clone -q '{scratch}/tree' '{tree}'", scratch)
    if page not in FIRST:
        (tree / ".venv").symlink_to(scratch / ENVIRONMENT / "clone" / ".venv")
    if (runs := root / "build" / "quoted").is_dir():  # what the build of the site has run already
        shutil.copytree(runs, tree / "build" / "quoted")
    for line in lines:
        started = monotonic()
        try:
            with _alone if _is(line, ONE_AT_A_TIME) else nullcontext():
                check(line, tree)
        except CommandError as error:
            raise CommandError(f"✗ {page}: {line}\n{error}") from error
        print(f"✓ {page}: {line} ({monotonic() - started:.0f} s)", flush=True)


def check(line, tree):
    """Run one command as it stands; raise CommandError when it does not do what it is there for."""
    before, after = _known(line, SCENES, (":", ":"))
    _ends(before, tree)
    if _is(line, SERVES):
        _serves(line, tree)
    else:
        _ends(line, tree, *_known(line, FAILS, (0, "")))
    _ends(after, tree)


def _known(line, table, otherwise):
    return next((table[text] for text in table if fnmatchcase(line, text)), otherwise)


def _is(line, patterns):
    return any(fnmatchcase(line, text) for text in patterns)


def _ends(line, tree, status=0, words=""):
    with _running(line, tree) as process:
        said, _ = process.communicate()
    if process.returncode != status or words not in " ".join(said.split()):
        wanted = f"{status}, saying {words!r}" if words else f"{status}"
        ended = f"{line!r} ended with {process.returncode}, not {wanted}"
        raise CommandError(f"{ended} (and is killed after {LONGEST} seconds):\n{said}")


def _serves(line, tree):
    """Wait until it says where it is, ask it, and press Ctrl-C."""
    with _running(line, tree) as process:
        said = ""
        while not (address := _ADDRESS.search(said)):
            if not (more := process.stdout.readline()):
                raise CommandError(f"{line!r} ended before it said where it serves:\n{said}")
            said += more
        try:
            _ask(address[0])
        except OSError as error:
            raise CommandError(f"{line!r} does not answer at {address[0]}: {error}") from error
        os.killpg(process.pid, signal.SIGINT)
        said += process.communicate()[0]
    if process.returncode:
        raise CommandError(f"{line!r} ended with {process.returncode} after Ctrl-C:\n{said}")


def _ask(address):
    past_proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with past_proxies.open(address, timeout=60) as answer:
        answer.read()


@contextmanager
def _running(line, tree):
    """Start it with what a reader's terminal has, and leave nothing of it behind."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_OF_A_READER)
    }
    process = subprocess.Popen(
        ["bash", "-c", f"{_ACTIVE}\n{line}"],
        cwd=tree,
        env=kept | {"PYTHONUNBUFFERED": "1"},  # in a pipe, what is said would come at the end
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    limit = Timer(LONGEST, os.killpg, [process.pid, signal.SIGKILL])
    limit.start()
    try:
        yield process
    finally:
        limit.cancel()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
