"""One worker as its host sees it: its process, and the pipes from it."""

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

from exercises.checker import whereabouts
from exercises.checker.heard import Heard
from exercises.checker.jobs import Outcome
from exercises.checker.place import Place

_CHUNK = 1 << 16
_ANSWER = 0.25  # seconds


class Child:
    """A process that has just been forked."""

    def __init__(
        self, pid: int, place: Place, heard: Heard, *, reports: int, output: int, bell: int
    ) -> None:
        self.pid = pid
        self.place = place
        self.heard = heard
        self._reports = reports
        self._output = output
        self._bell = bell  # it rings after a failure, and goes on when it is answered
        self.pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        # The descriptors to be woken by. Reports can wait in their pipe, also when it has ended.
        self.open = {output, bell}
        for descriptor in (reports, output, bell):
            os.set_blocking(descriptor, False)
        if self.pidfd is not None:
            self.open.add(self.pidfd)

    def hear(self) -> None:
        """Take in what there is."""
        with suppress(BlockingIOError):
            if not self._has_rung():
                self.open.discard(self._bell)
        for chunk in self._chunks(self._output):
            self.heard.printed(chunk)
        for chunk in self._chunks(self._reports):
            for _ in range(self.heard.reported(chunk, time.monotonic())):
                with suppress(BlockingIOError, BrokenPipeError):
                    os.write(self._bell, b".")

    def _has_rung(self) -> bool:
        """Tell whether the worker rang, or else has closed its end."""
        try:
            rings = os.read(self._bell, _CHUNK)
        except ConnectionResetError:  # it did not want the answer
            return False
        self.heard.rang(len(rings))
        return bool(rings)

    def end_if_it_must(self) -> None:
        """End whoever took too long or said too much."""
        now = time.monotonic()
        if self.heard.end == "exited" and self.heard.must_end(now):
            if now > self.heard.deadline:
                self._ask_where()
            self.kill()

    def _ask_where(self) -> None:
        """Let it say where it is, if it still can."""
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, whereabouts.QUESTION)
        select.select([self._reports], [], [], _ANSWER)
        self.hear()

    def kill(self) -> None:
        """End the process, and all others in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        """Tell whether the process has ended; its number stays taken until `reap`."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, how) is not None

    def reap(self) -> int:
        """Return the status of a process that has ended: negative for a signal."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def outcome(self, status: int) -> Outcome:
        """Return what was seen of it, once it has ended, and close the pipes."""
        self.hear()
        for descriptor in (self._reports, self._output, self._bell, self.pidfd):
            if descriptor is not None:
                os.close(descriptor)
        return self.heard.outcome(status, time.monotonic())

    def _chunks(self, descriptor: int) -> Iterator[bytes]:
        with suppress(BlockingIOError):
            while chunk := os.read(descriptor, _CHUNK):
                yield chunk
                if self.heard.is_full:
                    return
            self.open.discard(descriptor)  # all who could write to it have closed it
