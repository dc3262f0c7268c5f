"""What the checker needs of a machine, and what `doctor` says where that is missing.

It needs the standard library alone: it is what one runs where nothing works yet.
"""

import ctypes
import importlib.util
import os
import platform
import shutil
import socket
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exercises.checker.phrases import count, listing

EXTRA = "exercises"  # of pyproject.toml: what a check needs
ROOM = 200 * 2**20  # bytes
MEMORY = Path("/dev/shm")  # Linux keeps it in memory; each check has a folder in it
PLENTY = 2**30  # bytes: less is left to others, such as the 64 MiB that a container has
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy")
LANDLOCK_CREATE_RULESET, LANDLOCK_CREATE_RULESET_VERSION = 444, 1  # landlock_create_ruleset(2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    is_fine: bool
    what: str
    todo: str = ""  # what to do about it
    is_needed: bool = True  # otherwise one can do without


def examine(root: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield everything that was looked at on this machine."""
    yield Finding(True, f"Python {platform.python_version()} on {platform.system()}")
    yield packages(root)
    yield plain_pytest()
    yield _loopback(socket.AF_INET, "127.0.0.1", is_needed=True)
    yield _loopback(socket.AF_INET6, "::1", is_needed=False)
    yield proxies(environ)
    yield _writable(root / "exercises")
    yield _temporary()
    yield _tkinter()
    yield Finding(
        hasattr(os, "fork"),
        "fork" if hasattr(os, "fork") else "no fork",
        "Each check takes some seconds longer, and says the same.",
        is_needed=False,
    )
    yield _landlock()


def missing(root: Path) -> list[str]:
    """Return the packages that a check needs and that are not installed, or are too old."""
    return [need for need in _needs(root) if not _is_met(need)]


def packages(root: Path) -> Finding:
    """Look for the packages that a check needs."""
    needs, lacking = _needs(root), missing(root)
    if lacking:
        return Finding(False, f"not installed, or too old: {listing(lacking)}", INSTALL)
    return Finding(True, f"{count(len(needs), 'package')}: {listing(needs)}")


def plain_pytest() -> Finding:
    """Look for what `pytest` by itself needs besides: the tree asks it for coverage."""
    if importlib.util.find_spec("pytest_cov"):
        return Finding(True, "plain `pytest` works too")
    return Finding(
        False,
        "plain `pytest` does not work: it is asked for coverage, and more",
        "`python -m exercises` and `tox` do without. For all: `pip install -e '.[test]'`.",
        is_needed=False,
    )


INSTALL = f"`pip install -e '.[{EXTRA}]'` installs it; or run `tox`, which does so by itself."


def _needs(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project.get("optional-dependencies", {}).get(EXTRA, [])
    return [*project.get("dependencies", []), *extra]


def _is_met(need: str) -> bool:
    name, _, oldest = need.partition(">=")
    try:
        return _numbers(version(name)) >= _numbers(oldest)
    except PackageNotFoundError:
        return False


def _numbers(text: str) -> list[int]:
    """Return the release of a version: what follows its numbers never makes it older here."""
    return [int(part) for part in text.split(".") if part.isdecimal()]


def _loopback(family: socket.AddressFamily, host: str, *, is_needed: bool) -> Finding:
    try:
        with (
            socket.create_server((host, 0), family=family) as listener,
            socket.create_connection(listener.getsockname()[:2], timeout=5),
        ):
            return Finding(True, f"sockets on {host}")
    except OSError as error:
        todo = "Let your firewall allow connections of this machine to itself."
        if not is_needed:
            todo = "Nothing in the exercises needs it."
        return Finding(False, f"no sockets on {host} ({error})", todo, is_needed)


def proxies(environ: Mapping[str, str]) -> Finding:
    """Look for proxies; their addresses are not said, for they may hold passwords."""
    found = [name for name in environ if name.lower() in PROXIES and environ[name]]
    if not found:
        return Finding(True, "no proxy")
    return Finding(
        False,
        f"a proxy is set in {listing(found)}",
        "The checker and the tests never use it. `pip` may need it: leave it as it is.",
        is_needed=False,
    )


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding(True, f"files can be written in {folder.name}/")
    except OSError as error:
        todo = "Copy the whole tree to a folder of your own."
        return Finding(False, f"no file can be written in {folder.name}/ ({error})", todo)


def in_memory(folder: Path = MEMORY, room: int = PLENTY) -> Path | None:
    """Return a folder for what nobody needs for long, if there is one that costs no disk."""
    if os.environ.get("TMPDIR") or not os.access(folder, os.W_OK | os.X_OK):
        return None
    return folder if shutil.disk_usage(folder).free >= room else None


def _temporary() -> Finding:
    try:
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(False, f"no temporary folder ({error})", "Set TMPDIR to one that is there.")
    told = f"{free // 2**20} MiB free for temporary files in {folder}"
    return Finding(free >= ROOM, told, "Make room, or set TMPDIR to where there is some.")


def _tkinter() -> Finding:
    if importlib.util.find_spec("_tkinter"):
        return Finding(True, "tkinter, for the window of the chat")
    todo = "No exercise needs the window. On Debian and Ubuntu: `sudo apt install python3-tk`."
    return Finding(False, "no tkinter", todo, is_needed=False)


def _landlock() -> Finding:
    todo = "Then a test could write where you can: check only files that you trust."
    if sys.platform != "linux":
        return Finding(False, "no Landlock: this is not Linux", todo, is_needed=False)
    call = ctypes.CDLL(None, use_errno=True).syscall
    abi = call(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION)
    if abi < 1:
        return Finding(False, "no Landlock in this kernel", todo, is_needed=False)
    return Finding(True, f"Landlock {abi}, which keeps tests in their own folder")
