"""The host: a fresh process that imports what all workers need, and forks one for each job.

It imports nothing of `chat` and of the learner's, runs no event loop and no thread: whatever a
worker inherits is clean. Jobs come in on standard input, outcomes go out on standard output; the
host ends when its input does.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO

from exercises.checker import confine, pipes, preload, shortcuts, worker
from exercises.checker.child import Child
from exercises.checker.heard import Heard
from exercises.checker.importer import Codes
from exercises.checker.jobs import Job, Outcome, Setting
from exercises.checker.place import Place, remove

_REPORTS = 250  # the descriptor that a worker reports through
_GO = 251  # the one that lets it go on after a failure
_TICK = 0.02  # seconds between two looks at who has ended, where the system does not tell
_LISTEN = 0.05  # seconds between two looks at what was reported, where nobody rings
_NEVER = 3600.0


class Born(Exception):  # no error: it leaves all frames that know the job
    """This process is a worker: the arguments are those of `_be_worker`."""


class Host:
    """Runs several jobs at a time, each in a process of its own."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._codes: Codes = {}
        self._children = dict[int, Child]()
        self._places = list[Place]()

    def fork(self, job: Job) -> None:
        """Begin a job. Raises Born in the process that is to do it."""
        if preload.is_needed(job):
            preload.tables_of_unicode()
        place = self._free_place()
        for importer in place.importers(job, self._codes):
            importer.prepare(job.imports)
        place.lay_out(job)
        word = os.urandom(12).hex()
        reports, say = os.pipe()
        output, out = os.pipe()
        go, bell = (end.detach() for end in socket.socketpair())
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            raise Born(me, place, job, self._setting, self._codes, word, say, out, go)
        os.close(say)
        os.close(out)
        os.close(go)
        heard = Heard(job, self._setting.limits, word, time.monotonic())
        self._children[pid] = Child(pid, place, heard, reports=reports, output=output, bell=bell)

    def wait(self, jobs: int) -> bool:
        """Wait until something happens. Tells whether a job has come."""
        poll = select.poll()
        for child in self._children.values():
            for descriptor in child.open:
                poll.register(descriptor, select.POLLIN)
        poll.register(jobs, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(1000 * self._patience())}
        for child in self._children.values():
            child.hear()
        return jobs in ready

    def ended(self) -> list[Outcome]:
        """Return the outcomes of those that have ended, or that had to be ended."""
        outcomes = []
        for child in list(self._children.values()):
            child.end_if_it_must()
            if child.has_ended():
                outcomes.append(self._bury(child))
        return outcomes

    def close(self) -> None:
        """End all who are still at work, and leave nothing of what was written for them."""
        for child in self._children.values():
            child.kill()
            self._places.append(child.place)
        self._children.clear()
        self._end_orphans()
        for place in self._places:
            remove(place.own)
        with suppress(OSError):  # another host may still need it, or whoever made it was faster
            self._setting.scratch.rmdir()

    def _free_place(self) -> Place:
        if not self._places:
            own = self._setting.scratch / os.urandom(6).hex()
            self._places.append(Place(own, self._setting))
        return self._places.pop()

    def _patience(self) -> float:
        """Return how long to wait, in seconds, until somebody has to be ended at the latest."""
        children = self._children.values()
        first = min((child.heard.deadline - time.monotonic() for child in children), default=_NEVER)
        tells = all(child.pidfd is not None for child in children)
        often = (_LISTEN if tells else _TICK) if children else _NEVER
        return max(0.0, min(first, often))

    def _bury(self, child: Child) -> Outcome:
        """Leave nothing of a worker that has ended."""
        child.kill()  # whoever is still in its group
        status = child.reap()
        self._end_orphans()
        outcome = child.outcome(status)
        for report in outcome.reports:
            shortcuts.OF_DATACLASSES.learn(report.get("texts"))
        del self._children[child.pid]
        child.place.clear()
        self._places.append(child.place)
        return outcome

    def _end_orphans(self) -> None:
        """End whoever was left to this process: the children of workers that have ended."""
        while orphans := set(confine.children_of(os.getpid())) - set(self._children):
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _be_worker(given: list[Any]) -> None:
    """Be a worker, in the process that was forked for it. Never returns.

    No frame that a test could walk back to knows the job: `given` is emptied.
    """
    status = 1
    try:
        parent, place, job, setting, codes, word, say, out, go = given
        given.clear()
        os.setsid()
        confine.end_with(parent)
        confine.adopt_orphans()
        os.dup2(say, _REPORTS, inheritable=False)
        os.set_blocking(_REPORTS, False)
        os.dup2(go, _GO, inheritable=False)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.closerange(3, _REPORTS)
        os.closerange(_GO + 1, 1024)
        report = worker.reporter(_REPORTS, word, place.own, _GO)
        session = worker.prepare(place, job, setting, codes, report)
        del place, job, setting, codes, word
        worker.run(session, report)
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
    given: list[Any] = []
    try:
        while True:
            if host.wait(jobs.fileno()):
                host.fork(pipes.receive(jobs))
            for outcome in host.ended():
                pipes.send(outcomes, outcome)
    except (EOFError, BrokenPipeError):  # nobody waits for it any more
        host.close()
        return
    except Born as born:
        given += born.args
    del host, setting
    _be_worker(given)


if __name__ == "__main__":
    with open(0, "rb", buffering=0) as jobs, open(1, "wb", buffering=0) as outcomes:
        main(jobs, outcomes)
