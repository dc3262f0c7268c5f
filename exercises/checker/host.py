"""The host: a fresh process that imports what all workers need, and forks one for each job.

It imports nothing of `chat` and of the learner's, runs no event loop and no thread: whatever a
worker inherits is clean. Jobs come in on standard input, outcomes go out on standard output, both
pickled; the host ends when its input does.
"""

import gc
import os
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from exercises.checker import confine, pipes, preload, worker
from exercises.checker.importer import Codes
from exercises.checker.jobs import Job, Outcome, Setting, type_of_end

_REPORTS = 250  # the descriptor that a worker reports through
_CHUNK = 1 << 16
_TICK = 0.02  # seconds between two looks at who has ended, where the system does not tell


@dataclass(slots=True)
class Child:
    """One worker, as its host sees it."""

    job: Job
    pid: int
    place: worker.Place
    word: str
    reports: int
    output: int
    ended: int | None  # a pidfd, where there are such
    begun: float
    deadline: float
    said: list[dict[str, Any]] = field(default_factory=list)
    rest: bytes = b""
    printed: int = 0
    reported: int = 0
    tail: bytes = b""
    end: type_of_end = "exited"


class Host:
    """Runs several jobs at a time, each in a process of its own."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._limits = setting.limits
        self._codes: Codes = {}
        self._children = dict[int, Child]()
        self._places = list[worker.Place]()

    def fork(self, job: Job) -> None:
        """Begin a job."""
        if any(b"hypothesis" in text for text in job.submission.values()):
            preload.tables_of_unicode()
        place = self._free_place()
        for importer in place.importers(job, self._codes):
            importer.prepare(job.imports)
        place.lay_out(job)
        word = os.urandom(12).hex()
        reports, say = os.pipe()
        output, out = os.pipe()
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_worker(me, place, job, self._setting, self._codes, word, say, out)
        os.close(say)
        os.close(out)
        for descriptor in (reports, output):
            os.set_blocking(descriptor, False)
        now = time.monotonic()
        deadline = now + self._limits.patience + self._limits.slack
        ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        self._children[pid] = Child(job, pid, place, word, reports, output, ended, now, deadline)

    def wait(self, *others: int) -> bool:
        """Wait until something happens. Tells whether one of the other descriptors is ready."""
        poll = select.poll()
        for child in self._children.values():
            for descriptor in (child.reports, child.output, child.ended):
                if descriptor is not None:
                    poll.register(descriptor, select.POLLIN)
        for descriptor in others:
            poll.register(descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(1000 * self._patience())}
        for child in self._children.values():
            self._hear(child)
        return not ready.isdisjoint(others)

    def ended(self) -> list[Outcome]:
        """Return the outcomes of those that have ended, or that had to be ended."""
        outcomes = []
        for child in list(self._children.values()):
            self._judge(child)
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                outcomes.append(self._bury(child, os.waitstatus_to_exitcode(status)))
        return outcomes

    @property
    def is_idle(self) -> bool:
        """Whether nobody is at work."""
        return not self._children

    def _free_place(self) -> worker.Place:
        if not self._places:
            self._places.append(
                worker.Place(self._setting.scratch / os.urandom(6).hex(), self._setting)
            )
        return self._places.pop()

    def _patience(self) -> float:
        if not self._children:
            return 3600.0
        first = min(child.deadline for child in self._children.values()) - time.monotonic()
        tells = all(child.ended is not None for child in self._children.values())
        return max(0.0, first if tells else min(first, _TICK))

    def _hear(self, child: Child) -> None:
        """Take in what a worker has reported and printed."""
        for chunk in _chunks(child.output):
            child.printed += len(chunk)
            child.tail = (child.tail + chunk)[-2000:]
            if child.printed > self._limits.output:
                break
        for chunk in _chunks(child.reports):
            child.reported += len(chunk)
            *lines, child.rest = (child.rest + chunk).split(b"\n")
            for line in lines:
                if report := worker.understood(line, child.word):
                    child.said.append(dict(report))
                    self._heard(child, report["is"], report)
            if child.reported > self._limits.reports:
                break

    def _heard(self, child: Child, what: str, report: Any) -> None:
        limits = self._limits
        now = time.monotonic()
        patience = limits.patience
        if what == "limit":
            patience = min(float(report["seconds"]), limits.longest) + limits.slack
        last = child.begun + limits.whole
        child.deadline = min(last, max(now + patience, child.deadline if what == "limit" else 0))

    def _judge(self, child: Child) -> None:
        """End whoever took too long or said too much."""
        if child.end != "exited":
            return
        if max(child.printed - self._limits.output, child.reported - self._limits.reports) > 0:
            child.end = "flooded"
        elif time.monotonic() > child.deadline:
            child.end = "hung"
        if child.end != "exited":
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)

    def _bury(self, child: Child, status: int) -> Outcome:
        """Leave nothing of a worker that has ended."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        self._end_orphans()
        self._hear(child)
        for descriptor in (child.reports, child.output, child.ended):
            if descriptor is not None:
                os.close(descriptor)
        del self._children[child.pid]
        child.place.clear()
        self._places.append(child.place)
        seconds = time.monotonic() - child.begun
        output = child.tail.decode(errors="replace")
        output = "\n".join(output.splitlines()[-12:])
        return Outcome(child.job.number, tuple(child.said), child.end, status, output, seconds)

    def _end_orphans(self) -> None:
        """End whoever was left to this process: the children of workers that have ended."""
        for _ in range(1000):
            orphans = set(confine.children_of(os.getpid())) - set(self._children)
            if not orphans:
                return
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _chunks(descriptor: int) -> Any:
    with suppress(BlockingIOError):
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk


def _be_worker(  # noqa: PLR0917
    parent: int,
    place: worker.Place,
    job: Job,
    setting: Setting,
    codes: Codes,
    word: str,
    say: int,
    out: int,
) -> None:
    """Be a worker, in the process that was forked for it. Never returns."""
    status = 1
    try:
        os.setsid()
        confine.end_with(parent)
        confine.adopt_orphans()
        os.dup2(say, _REPORTS, inheritable=False)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.closerange(3, _REPORTS)
        os.closerange(_REPORTS + 1, 1024)
        report = worker.reporter(_REPORTS, word)
        del word
        worker.run(place, job, setting, codes, report)
        status = 0
    except BaseException as error:  # noqa: BLE001  # whatever it is, this process ends here
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def main(jobs: BinaryIO, outcomes: BinaryIO) -> None:
    """Serve until the input ends."""
    setting: Setting = pipes.receive(jobs)
    confine.adopt_orphans()
    preload.all_that_workers_need()
    gc.collect()
    gc.freeze()
    host = Host(setting)
    while True:
        if host.wait(jobs.fileno()):
            try:
                job = pipes.receive(jobs)
            except EOFError:
                return
            host.fork(job)
        try:
            for outcome in host.ended():
                pipes.send(outcomes, outcome)
        except BrokenPipeError:  # nobody waits for it any more
            return


if __name__ == "__main__":
    with open(0, "rb", buffering=0) as jobs, open(1, "wb", buffering=0) as outcomes:
        main(jobs, outcomes)
