"""What is known of the test under way, inside a worker, and who did what is being done.

Rules and limits write here; the plugin reads after each test.
"""

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import get_ident
from types import FrameType
from typing import Any

from exercises.checker import polls
from exercises.checker.polls import POLL

# Those who may read any source for reasons of their own: to show a traceback, to find constants.
_TOOLS = ("/_pytest/", "/hypothesis/", "/logging/", "/asyncio/", "/warnings.py", "/pluggy/")

_SHOW = {"print_exc", "format_exc", "print_exception", "format_exception"}  # of traceback

_PAIR = {"socketpair", "_fallback_socketpair"}  # of socket, the latter since Python 3.12

_CHECKER = str(Path(__file__).parent)


class Record:
    """The offences of the test under way, and whether it used a socket."""

    def __init__(self) -> None:
        self._offences: list[str] = []
        self._at_import: list[str] = []
        self._if_passed: list[str] = []
        self.waits: list[str] = []
        self.used_socket = False
        self.is_idle = False  # it calls nothing of chat, as far as anybody looks
        self.is_collecting = True

    def offend(self, what: str, *, if_passed: bool = False) -> None:
        """Note an offence, once. What the files do when they are imported counts for all tests.

        Some are none where the test fails.
        """
        offences = self._if_passed if if_passed else self._offences
        if self.is_collecting:
            offences = self._at_import
        if what not in offences and len(offences) < 10:
            offences.append(what)

    def wait(self, how: str, seconds: float) -> None:
        """Note, where that is no offence, how a test waits for time to pass; a poll is short."""
        if seconds >= POLL and how not in self.waits:
            self.waits.append(how)

    def begin(self, *, used_socket: bool) -> None:
        """A test begins; sockets that are open already are its own too."""
        self.is_collecting = False
        self._offences, self._if_passed, self.waits = [], [], []
        self.used_socket = used_socket

    def offences(self, *, has_passed: bool) -> list[str]:
        """Return the offences of this test."""
        imported = [f"{what} (while its file is imported)" for what in self._at_import]
        return [*imported, *self._offences, *(self._if_passed if has_passed else [])]


class Frames:
    """Tells whose code acts: the nearest frame of the learner's, of chat, or of a tool decides."""

    def __init__(self, tests: Path, program: Path, helpers: Path) -> None:
        self._learner = (f"{tests}/", f"{helpers}/")
        self._program = f"{program}/"

    def actor(self) -> str:
        """Return "test", "chat", "tool", or "" where none of them is on the stack."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self._learner):
                return "test"
            if name.startswith(self._program):
                return "chat"
            if any(tool in name for tool in _TOOLS) or _shows_traceback(frame):
                return "tool"
            frame = frame.f_back
        return ""

    def is_polling(self) -> bool:
        """Tell whether the test is at a line that stands in a loop with a way out."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not frame.f_code.co_filename.startswith(self._learner):
            frame = frame.f_back
        return frame is not None and frame.f_lineno in polls.lines(frame.f_code.co_filename)

    def is_direct(self) -> bool:
        """Tell whether the learner's own code does it, and not what it called."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_CHECKER):
            frame = frame.f_back
        name = frame.f_code.co_filename if frame is not None else ""
        return name.startswith(self._learner) or name.endswith("/dis.py")

    def is_pair(self) -> bool:
        """Tell whether a pair of sockets is being made, as loops do; Windows connects the two."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            if code.co_name in _PAIR and code.co_filename == socket.__file__:
                return True
            frame = frame.f_back
        return False

    def is_ours(self) -> bool:
        """Tell whether the test or chat stands anywhere on the stack."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename.startswith((*self._learner, self._program)):
                return True
            frame = frame.f_back
        return False


def _shows_traceback(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_filename.endswith("/traceback.py") and code.co_name in _SHOW


def put(owner: Any, name: str, new: object) -> None:
    """Put something in the place of an attribute, for as long as this process lives."""
    setattr(owner, name, new)


def listen(handlers: dict[str, Callable[..., None]]) -> None:
    """Call a handler for each audit event of its name (PEP 578). This cannot be undone."""
    busy = set[int]()  # threads in which a handler is at work: what it does itself is no event

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        handler = handlers.get(event)
        if handler is None or (thread := get_ident()) in busy:
            return
        busy.add(thread)
        try:
            handler(*arguments)
        except (OSError, TypeError, ValueError, AttributeError):
            pass  # what a learner passes may be anything: it fails by itself
        finally:
            busy.discard(thread)

    sys.addaudithook(hook)
