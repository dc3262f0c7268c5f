"""What a worker may not do, enforced by the operating system as far as it can.

Everywhere on POSIX: limits on memory, time, files and descriptors. On Linux besides: no file is
written outside the worker's own folder, no process outside its own is signalled (Landlock, which
needs no privileges), nothing outlives the host. What is missing on a system is left out silently:
the rules of rules.py still see most of it. This is no sandbox against an expert.
"""

import ctypes
import mmap
import os
import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from exercises.checker.jobs import Limits

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

# landlock(7): the numbers of the system calls are the same on all architectures.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_CHANGES = sum(1 << bit for bit in (1, *range(4, 13)))  # write, remove and make whatever
_REFER = 1 << 13
_SIGNALS = 1 << 1  # scope: no signal leaves the domain
_O_PATH = 0o10000000


def limit(limits: Limits) -> None:
    """Limit what this process and its children may take."""
    try:
        import resource  # noqa: PLC0415  # POSIX alone has it
    except ImportError:
        return
    for name, wanted in {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.whole),
        "RLIMIT_DATA": limits.memory,
        "RLIMIT_AS": 4 * limits.memory,  # threads reserve much more than they use
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.descriptors,
    }.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            with suppress(OSError, ValueError):  # macOS refuses some of them
                resource.setrlimit(kind, (most, most))


def adopt_orphans() -> None:
    """Let children of ended children become this process's own (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with(parent: int) -> None:
    """Let this process be killed when its parent ends (Linux), also if it just has."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


@cache
def can_lock_in() -> int:
    """Return which version of Landlock there is, 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, _VERSION))


def lock_in(*folders: Path) -> None:
    """Let this process and its children write below some folders alone, where that can be had."""
    version = can_lock_in()
    if version == 0:
        return
    handled = _CHANGES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    scoped = _SIGNALS if version >= 6 else 0
    attributes = struct.pack("QQQ", handled, 0, scoped)[: 24 if version >= 6 else 8]
    ruleset = _syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    for folder in folders:
        _allow(ruleset, folder, handled)
    _allow(ruleset, Path(os.devnull), handled & (_WRITE_FILE | _TRUNCATE))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: Path, access: int) -> None:
    opened = os.open(path, _O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", access, opened)
    _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(opened)


# --- Processes ---

_FORKS = 60  # by one worker and all its children, while they are Python's


class TooManyForks(RuntimeError):
    """A fork bomb, or near enough."""


def count_fork() -> None:
    """Count a fork of this process; raises TooManyForks, and ends who is a fork itself."""
    number = int.from_bytes(_forks[:4], "little") + 1
    _forks[:4] = number.to_bytes(4, "little")
    if number > _FORKS:
        if os.getpid() != _counter:
            os._exit(1)
        raise TooManyForks(f"more than {_FORKS} forks")


def begin_counting() -> None:
    """Count the forks of this process and its children from here on."""
    global _forks, _counter  # noqa: PLW0603  # one for each worker
    _forks = mmap.mmap(-1, mmap.PAGESIZE)  # shared with all children
    _counter = os.getpid()


_forks = mmap.mmap(-1, mmap.PAGESIZE)
_counter = os.getpid()


def children_of(pid: int) -> list[int]:
    """Return the children of a process, those of all its threads (Linux; elsewhere none)."""
    return list(_children_of(pid))


def _children_of(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  # a child is made for each test
            with suppress(OSError), Path(f"/proc/{pid}/task/{thread}/children").open() as file:
                yield from map(int, file.read().split())


def name_of(pid: int) -> str:
    """Return the command line of a process, as well as it can be told."""
    line = _command_line(pid)
    return "a fork of itself" if line == _command_line(os.getpid()) else line or f"process {pid}"


def _command_line(pid: int) -> str:
    with suppress(OSError):
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        return line.decode(errors="replace").strip()
    return ""


def is_alive(pid: int) -> bool:
    """Tell whether a child still runs: a zombie does not."""
    with suppress(OSError, IndexError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in {"Z", "X"}
    return False


def _prctl(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        _libc.prctl(option, value, 0, 0, 0)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *wide)
    return result


_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
