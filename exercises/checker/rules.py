"""The rules of the tiers, seen from inside: what the test and `chat` do, and nobody else.

Installed in a worker before anything of the learner's is imported. A rule notes an offence and
lets things go on: what else happens is worth knowing too.
"""

import asyncio
import functools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exercises.checker import confine
from exercises.checker.importer import GET_CODE
from exercises.checker.leaks import Leaks
from exercises.checker.record import Frames, Record, listen, put

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec")
_CODES = {"__code__", "f_code", "cr_code", "gi_code", "ag_code"}  # attributes with an audit event
_NETWORK = ("connect", "bind", "getaddrinfo", "gethostbyname", "sendto")

SOURCE = "It opens the source of `chat`: a test knows what it promises, not how it is written"
DATA = "It opens the files of the exercise, which are no part of the chat"
LOOP = "It makes an event loop, and what it tests needs none: leave out `async` and `asyncio.run`"
SOCKET = "It uses a socket"
PROCESS = "It starts another process"
SLEEP = "It sleeps for real: wait for a message or an event, or pass in a clock"


class Rules:
    """The rules of one tier in one worker."""

    def __init__(self, tier: str, record: Record, frames: Frames, own: Path, root: Path) -> None:
        self._record = record
        self._frames = frames
        self._own = f"{own.resolve()}{os.sep}"
        self._sources = (f"{(own / 'program').resolve()}{os.sep}", f"{root / 'chat'}{os.sep}")
        self._data = f"{root / 'exercises'}{os.sep}"
        self._tier = tier
        self.leaks = Leaks(record, frames)

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
                "socket.bind": self.leaks.bound,
                "socket.connect": self.leaks.connected,
            }
            self.leaks.install()
            self._watch_sleep(self._slept)
            _install_no_doubles(self._record)
        else:
            handlers |= {f"socket.{name}": self._used_network for name in _NETWORK}
            handlers |= dict.fromkeys(_STARTS, self._started) | {"os.fork": self._forked}
            self._watch_sleep(lambda _: self._record.offend(SLEEP))
        if self._tier == "unit":
            handlers["socket.__new__"] = self._made_socket
            self._forbid_loops()
        listen(handlers)

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
        if place.startswith((self._own, "/dev/")) or self._frames.actor() not in {"test", "chat"}:
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

    def _slept(self, seconds: float) -> None:
        if self._frames.actor() == "test":
            self._record.wait(f"sleeps for {seconds:g} s", seconds)

    def _watch_sleep(self, slept: Callable[[float], None]) -> None:
        sleep, asleep, frames = time.sleep, asyncio.sleep, self._frames

        @functools.wraps(sleep)
        def watched_sleep(seconds: float) -> None:
            sleep(seconds)
            if seconds > 0 and frames.is_ours():
                slept(seconds)

        @functools.wraps(asleep)
        async def watched_asleep(delay: float, result: Any = None) -> Any:
            await asleep(delay)  # one that is cancelled has cost nothing
            if delay > 0:
                slept(delay)
            return result

        put(time, "sleep", watched_sleep)
        put(asyncio, "sleep", watched_asleep)
        put(asyncio.tasks, "sleep", watched_asleep)

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


def _install_no_doubles(record: Record) -> None:
    """Note where unittest.mock or monkeypatch takes the place of an attribute of `chat`."""
    from unittest import mock  # noqa: PLC0415  # most learners do not use it in this tier

    from _pytest.monkeypatch import MonkeyPatch  # noqa: PLC0415

    setattr_, enter = MonkeyPatch.setattr, mock._patch.__enter__

    @functools.wraps(setattr_)
    def watched_setattr(patch: Any, target: Any, name: Any, *rest: Any, **more: Any) -> None:
        _judge_target(record, target, name)
        setattr_(patch, target, name, *rest, **more)

    @functools.wraps(enter)
    def watched_enter(patch: Any) -> Any:
        double = enter(patch)
        _judge_target(record, patch.target, patch.attribute)
        return double

    put(MonkeyPatch, "setattr", watched_setattr)
    put(mock._patch, "__enter__", watched_enter)


def _judge_target(record: Record, target: Any, name: object) -> None:
    if isinstance(target, str):
        home, what = target, target
    else:
        owner = target if hasattr(target, "__name__") else type(target)
        home = owner.__name__ if isinstance(target, type(os)) else str(owner.__module__)
        what = f"{getattr(owner, '__name__', home)}.{name}"
    if _is_chat(home):
        record.offend(f"A double takes the place of {what}: here everything of `chat` is real")
