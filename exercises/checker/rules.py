"""The rules of the tiers, seen from inside: what the test and `chat` do, and nobody else.

Installed in a worker before anything of the learner's is imported. A rule notes an offence and
lets things go on: what else happens is worth knowing too.
"""

import asyncio
import functools
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from exercises.checker import confine
from exercises.checker.importer import GET_CODE, IMPORTED
from exercises.checker.jobs import Job, Setting
from exercises.checker.leaks import Leaks
from exercises.checker.record import Frames, Record, listen, put
from exercises.checker.sleeps import Sleeps
from exercises.checker.standins import StandIns

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec")
_CODES = {"__code__", "f_code", "cr_code", "gi_code", "ag_code"}  # attributes with an audit event
_NETWORK = ("connect", "bind", "getaddrinfo", "gethostbyname", "sendto")

SOURCE = "It opens the source of `chat`: a test knows what it promises, not how it is written"
DATA = "It opens the files of the exercise, which are no part of the chat"
LOOP = "It makes an event loop, and what it tests needs none: leave out `async` and `asyncio.run`"
SOCKET = "It uses a socket"
PROCESS = "It starts another process"


class Rules:
    """The rules of one tier in one worker."""

    def __init__(
        self, job: Job, record: Record, frames: Frames, own: Path, setting: Setting
    ) -> None:
        self._record = record
        self._frames = frames
        self._writable = tuple(f"{(own / name).resolve()}{os.sep}" for name in ("work", "tmp"))
        self._sources = (
            f"{(own / 'program').resolve()}{os.sep}",
            f"{setting.root / 'chat'}{os.sep}",
        )
        self._data = f"{setting.root / 'exercises'}{os.sep}"
        self._tier = job.tier
        self._sleeps = Sleeps(job, record, frames, setting.limits.longest)
        self.leaks = Leaks(record, frames)
        # Where the program or a test is not as it should be, nobody asks what is real.
        is_asked = job.tier == "integration" and not job.changed and not job.is_failing
        self._stand_ins = StandIns(record) if is_asked else None

    def install(self) -> None:
        """Watch from now on."""
        handlers: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "sqlite3.connect": self._opened_database,
            "object.__getattr__": self._looked_into,
            "gc.get_referents": self._looked_through,
            GET_CODE: self._asked_for_code,
            "os.fork": self._forked,
        }
        if self._tier == "integration":
            handlers |= {
                "socket.bind": functools.partial(self._used_socket, self.leaks.bound),
                "socket.connect": functools.partial(self._used_socket, self.leaks.connected),
            }
            self.leaks.install()
            if self._stand_ins:
                self._stand_ins.install()
                handlers[IMPORTED] = self._stand_ins.learn
        else:
            handlers |= {f"socket.{name}": self._used_network for name in _NETWORK}
            handlers |= dict.fromkeys(_STARTS, self._started) | {"os.fork": self._forked}
        self._sleeps.install()
        if self._tier == "unit":
            handlers["socket.__new__"] = self._made_socket
            self._forbid_loops()
        listen(handlers)

    def begin(self) -> None:
        """A test begins."""
        self._record.begin(used_socket=self.leaks.any_open())
        if self._stand_ins:
            self._stand_ins.begin()

    def look_at_the_program(self) -> None:
        """A test has been called, or all files are imported: is `chat` as it was?"""
        if self._stand_ins:
            self._stand_ins.look()

    def look(self) -> None:
        """A test has ended: note what it has left."""
        if self._tier == "integration":
            self.leaks.look()

    def _opened(self, path: object, mode: object, flags: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        place = os.path.realpath(os.fsdecode(path))
        if place.endswith(".py") and place.startswith(self._sources):
            if self._frames.actor() == "test":
                self._record.offend(SOURCE)
        elif place.startswith(self._data):
            if self._frames.actor() == "test":
                self._record.offend(DATA)
        elif _is_write(mode, flags):
            self._wrote(place)

    def _opened_database(self, path: object) -> None:
        name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        name = name.removeprefix("file:").partition("?")[0]
        if name not in {"", ":memory:"}:
            self._wrote(os.path.realpath(name))

    def _wrote(self, place: str) -> None:
        is_device = place.startswith("/dev/") and not place.startswith("/dev/shm/")
        is_free = is_device or place.startswith(self._writable)
        if is_free or self._frames.actor() not in {"test", "chat"}:
            return
        self._record.offend(f"It writes to a fixed place, {place}: use tmp_path")

    def _looked_into(self, thing: object, name: object) -> None:
        if name in _CODES and _is_chat(_home(thing)) and self._frames.is_direct():
            self._record.offend(SOURCE)

    def _looked_through(self, things: tuple[object, ...]) -> None:
        is_code = any(hasattr(thing, "__globals__") and _is_chat(_home(thing)) for thing in things)
        if is_code and self._frames.is_direct():
            self._record.offend(SOURCE)

    def _asked_for_code(self, module: str) -> None:
        if _is_chat(module) and self._frames.is_direct():
            self._record.offend(SOURCE)

    def _used_socket(self, note: Callable[..., None], *how: object) -> None:
        if self._stand_ins:
            self._stand_ins.look_at_work()
        note(*how)

    def _used_network(self, *_: object) -> None:
        if not self._frames.is_pair():
            self._record.offend(SOCKET)

    def _made_socket(self, *_: object) -> None:
        # On making an event loop asyncio makes a pair of sockets; that is told as a loop.
        if self._frames.actor() != "tool":
            self._record.offend(SOCKET)

    def _started(self, *_: object) -> None:
        is_ours = self._frames.is_ours()
        if is_ours or threading.current_thread() is not threading.main_thread():
            self._record.offend(PROCESS)

    def _forked(self, *_: object) -> None:
        if self._tier != "integration":
            self._started()
        confine.count_fork()

    def _forbid_loops(self) -> None:
        record = self._record
        make = asyncio.BaseEventLoop.__init__

        @functools.wraps(make)
        def watched(loop: asyncio.BaseEventLoop) -> None:
            record.offend(LOOP)
            make(loop)

        put(asyncio.BaseEventLoop, "__init__", watched)


def _home(thing: Any) -> str:
    """Return the module of a function, a frame, or what has a frame: a coroutine, a generator."""
    if isinstance(thing, FunctionType):  # as nearly always
        return str(thing.__module__)
    for name in ("", "cr_frame", "gi_frame", "ag_frame"):
        scope = getattr(getattr(thing, name, None) if name else thing, "f_globals", None)
        if scope is not None:
            return str(scope.get("__name__"))
    return str(getattr(thing, "__module__", None))


def _is_chat(module: str) -> bool:
    return module == "chat" or module.startswith("chat.")


def _is_write(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITES)
