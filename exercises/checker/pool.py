"""Hosts, as those see them who have jobs: one for each hash seed, each with some workers."""

import os
import selectors
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from exercises.checker import pipes
from exercises.checker.jobs import Job, Outcome, Setting

ROOT = Path(__file__).parents[2]


class HostError(Exception):
    """A host has ended by itself: nothing can be judged."""


class Pool:
    """Runs jobs, some at a time, on hosts that are started when the pool is entered."""

    def __init__(self, setting: Setting, seeds: Iterable[int]) -> None:
        self._hosts = {seed: _Host(setting, seed) for seed in seeds}
        for host in self._hosts.values():  # all of them have started by now
            host.send(setting)

    def close(self) -> None:
        """End all hosts, and with them all workers."""
        for host in self._hosts.values():
            host.close()

    def run(self, jobs: Iterable[Job], at_a_time: int) -> Iterator[Outcome]:
        """Run all jobs, so many at a time on each host; yield what came of them."""
        waiting: dict[int, list[Job]] = {seed: [] for seed in self._hosts}
        for job in jobs:
            waiting[job.hashes].append(job)
        with selectors.DefaultSelector() as selector:
            for seed, host in self._hosts.items():
                selector.register(host.outcomes, selectors.EVENT_READ, seed)
            busy = dict.fromkeys(self._hosts, 0)
            while True:
                for seed, host in self._hosts.items():
                    while waiting[seed] and busy[seed] < at_a_time:
                        host.send(waiting[seed].pop(0))
                        busy[seed] += 1
                if not any(busy.values()):
                    return
                for key, _ in selector.select():
                    busy[key.data] -= 1
                    yield self._hosts[key.data].outcome()


class _Host:
    def __init__(self, setting: Setting, seed: int) -> None:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= {
            "PYTHONHASHSEED": str(seed),
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exercises.checker.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            bufsize=0,
            cwd=setting.scratch,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs = self._process.stdin
        self.outcomes = self._process.stdout

    def send(self, what: Setting | Job) -> None:
        pipes.send(self._jobs, what)

    def outcome(self) -> Outcome:
        try:
            outcome: Outcome = pipes.receive(self.outcomes)
        except EOFError as error:
            raise HostError(f"a host ended with status {self._process.wait()}") from error
        return outcome

    def close(self) -> None:
        self._jobs.close()
        self.outcomes.close()
        self._process.wait()


_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
