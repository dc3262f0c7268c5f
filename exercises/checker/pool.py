"""Hosts, as those see them who have jobs: one for each hash seed, each with some workers."""

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from exercises.checker import pipes, spawn
from exercises.checker.jobs import Job, Outcome, Setting

ROOT = Path(__file__).parents[2]

_PATIENCE = 5.0  # seconds for a host to end by itself
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "TEMP", "TMPDIR")


class HostError(Exception):
    """A host has ended by itself: nothing can be judged."""


class Pool:
    """Runs jobs, some at a time, on hosts that it starts when it is made."""

    def __init__(self, setting: Setting, seeds: Iterable[int], *, forks: bool) -> None:
        self._outcomes = Outcomes()
        kind = _Host if forks else _Spawner
        self._hosts: dict[int, _AnyHost] = {seed: kind(seed, self._outcomes) for seed in seeds}
        for host in self._hosts.values():  # all of them have started by now
            host.serve(setting)

    def close(self) -> None:
        """End all hosts, and with them all workers."""
        for host in self._hosts.values():
            host.close()

    def run(self, jobs: Iterable[Job], at_a_time: int) -> Iterator[Outcome]:
        """Run all jobs, so many at a time on all hosts together; yield what came of them.

        A host that has more to do than the others gets the cores that they leave.
        """
        waiting: dict[int, list[Job]] = {seed: [] for seed in self._hosts}
        for job in jobs:
            waiting[job.hashes].append(job)
        busy = dict.fromkeys(self._hosts, 0)
        while True:
            while sum(busy.values()) < at_a_time and any(waiting.values()):
                seed = min((seed for seed in waiting if waiting[seed]), key=busy.__getitem__)
                self._hosts[seed].begin(waiting[seed].pop(0))
                busy[seed] += 1
            if not any(busy.values()):
                return
            seed, outcome = self._outcomes.get()
            if isinstance(outcome, HostError):
                raise outcome
            busy[seed] -= 1
            yield outcome


Outcomes = queue.SimpleQueue[tuple[int, Outcome | HostError]]


class _AnyHost(Protocol):
    """Puts the outcome of each job in the queue, with its own seed."""

    def __init__(self, seed: int, outcomes: Outcomes) -> None: ...
    def serve(self, setting: Setting) -> None: ...
    def begin(self, job: Job) -> None: ...
    def close(self) -> None: ...


class _Host:
    """Another process, which forks."""

    def __init__(self, seed: int, outcomes: Outcomes) -> None:
        self._seed = seed
        self._outcomes = outcomes
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the host
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exercises.checker.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,  # told where it matters, and not in the midst of a report
            env=_environment(seed),
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for whoever waits; the host ends with its input
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def serve(self, setting: Setting) -> None:
        self._send(setting)

    def begin(self, job: Job) -> None:
        self._send(job)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        self._errors.close()

    def _send(self, what: Setting | Job) -> None:
        assert self._process.stdin is not None
        try:
            pipes.send(self._process.stdin, what)
        except BrokenPipeError as error:
            raise self._ended() from error

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            try:
                while True:
                    self._outcomes.put((self._seed, pipes.receive(stdout)))
            except EOFError:
                self._outcomes.put((self._seed, self._ended()))

    def _ended(self) -> HostError:
        status = self._process.wait()
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
        return HostError(": ".join([f"a host ended with status {status}", *last]))


class _Spawner:
    """Starts a process for each job, where there is no fork."""

    def __init__(self, seed: int, outcomes: Outcomes) -> None:
        self._seed = seed
        self._outcomes = outcomes
        self._threads: list[threading.Thread] = []

    def serve(self, setting: Setting) -> None:
        self._setting = setting

    def begin(self, job: Job) -> None:
        self._threads.append(threading.Thread(target=self._run, args=(job,)))
        self._threads[-1].start()

    def close(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, job: Job) -> None:
        outcome = spawn.run(job, self._setting, _environment(self._seed))
        self._outcomes.put((self._seed, outcome))


def _environment(seed: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONHASHSEED": str(seed),
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
