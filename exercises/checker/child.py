"""One worker as its host sees it: what it says, what it prints, and when it has to be ended."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exercises.checker import worker
from exercises.checker.jobs import Job, Limits, Outcome, type_of_end

_CHUNK = 1 << 16
_KEPT = 2000  # bytes of what was printed last
_LINES = 12


@dataclass(slots=True)
class Child:
    """A process that was forked, the pipes from it, and what has come through them."""

    job: Job
    pid: int
    place: worker.Place
    word: str  # begins each report
    reports: int
    output: int
    limits: Limits
    ended: int | None  # a pidfd, where there are such
    begun: float
    deadline: float
    open: set[int]  # the descriptors that something may still come from
    said: list[Mapping[str, Any]] = field(default_factory=list)
    rest: bytes = b""
    printed: int = 0
    reported: int = 0
    tail: bytes = b""
    end: type_of_end = "exited"

    @classmethod
    def begin(
        cls,
        *,
        job: Job,
        pid: int,
        place: worker.Place,
        word: str,
        reports: int,
        output: int,
        limits: Limits,
    ) -> "Child":
        """Watch a process that has just been forked."""
        for descriptor in (reports, output):
            os.set_blocking(descriptor, False)
        now = time.monotonic()
        ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        watched = {reports, output} if ended is None else {reports, output, ended}
        deadline = now + limits.patience + limits.slack
        return cls(
            job=job,
            pid=pid,
            place=place,
            word=word,
            reports=reports,
            output=output,
            limits=limits,
            ended=ended,
            begun=now,
            deadline=deadline,
            open=watched,
        )

    def hear(self) -> None:
        """Take in what there is."""
        for chunk in self._chunks(self.output):
            self.printed += len(chunk)
            self.tail = (self.tail + chunk)[-_KEPT:]
            if self.printed > self.limits.output:
                break
        for chunk in self._chunks(self.reports):
            self.reported += len(chunk)
            *lines, self.rest = (self.rest + chunk).split(b"\n")
            for line in lines:
                if report := worker.understood(line, self.word):
                    self._hear_report(report)
            if self.reported > self.limits.reports:
                break

    def end_if_it_must(self) -> None:
        """End whoever took too long or said too much."""
        if self.end != "exited":
            return
        if self.printed > self.limits.output or self.reported > self.limits.reports:
            self.end = "flooded"
        elif time.monotonic() > self.deadline:
            self.end = "hung"
        if self.end != "exited":
            self.kill()

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
        for descriptor in (self.reports, self.output, self.ended):
            if descriptor is not None:
                os.close(descriptor)
        lines = self.tail.decode(errors="replace").splitlines()[-_LINES:]
        seconds = time.monotonic() - self.begun
        return Outcome(
            self.job.number, tuple(self.said), self.end, status, "\n".join(lines), seconds
        )

    def _hear_report(self, report: Mapping[str, Any]) -> None:
        self.said.append(report)
        now = time.monotonic()
        if report["is"] == "limit":
            asked = report.get("seconds")
            seconds = float(asked) if isinstance(asked, int | float) else 0.0
            patience = min(seconds, self.limits.longest) + self.limits.slack
            until = max(self.deadline, now + patience)
        else:
            until = now + self.limits.patience
        self.deadline = min(until, self.begun + self.limits.whole)

    def _chunks(self, descriptor: int) -> Iterator[bytes]:
        with suppress(BlockingIOError):
            while chunk := os.read(descriptor, _CHUNK):
                yield chunk
            self.open.discard(descriptor)  # all who could write to it have closed it
