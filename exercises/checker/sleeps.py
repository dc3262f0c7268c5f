"""Sleeps of a test, however it sleeps: out of place where nothing takes time, else worth a note.

Where the program is slow on purpose, they are cut short: no sleep is long enough on every machine.
Two kinds are not, for nobody hopes that something has come meanwhile: one that only a cancellation
ends, and one that something else races against, which is a limit in time.
"""

import asyncio
import functools
import inspect
import sys
import threading
import time
import weakref
from collections.abc import Iterable
from math import inf
from typing import Any

from exercises.checker.jobs import Job
from exercises.checker.polls import POLL
from exercises.checker.record import Frames, Record, put

HURRY = 0.05  # seconds: where the program is late, no sleep of a test is longer

SLEEP = "It sleeps for real: wait for a message or an event, or pass in a clock"


class Sleeps:
    """Sees them end."""

    def __init__(self, job: Job, record: Record, frames: Frames, for_ever: float) -> None:
        self._tier = job.tier
        self._record = record
        self._frames = frames
        self._most = HURRY if job.is_slow else inf  # seconds
        self._for_ever = for_ever  # more seconds than a test may take
        self._limits = weakref.WeakSet[asyncio.Future[Any]]()  # tasks that sleep

    def install(self) -> None:
        """See them from now on."""
        self._watch_threads()
        self._watch_tasks()
        self._watch_races()

    def _watch_threads(self) -> None:
        sleep, wait, frames = time.sleep, threading.Event.wait, self._frames

        @functools.wraps(sleep)
        def watched_sleep(seconds: float) -> None:
            is_elsewhere = threading.current_thread() is not threading.main_thread()
            actor = frames.actor() or ("test" if is_elsewhere else "")  # who handed it over
            sleep(self._allowed(seconds, actor))
            if seconds > 0 and (frames.is_ours() or is_elsewhere):
                self._slept(seconds, actor)

        @functools.wraps(wait)
        def watched_wait(event: threading.Event, timeout: float | None = None) -> bool:
            is_set = wait(event, timeout)
            if not is_set and timeout is not None and timeout > 0 and frames.actor() == "test":
                self._slept(timeout, "test")
            return is_set

        put(time, "sleep", watched_sleep)
        put(threading.Event, "wait", watched_wait)

    def _watch_tasks(self) -> None:
        asleep = asyncio.sleep

        @functools.wraps(asleep)
        async def go_to_sleep(delay: float, result: Any, actor: str) -> Any:
            allowed = self._allowed(delay, actor)
            await asleep(allowed)  # one that is cancelled has cost nothing
            if allowed < delay and asyncio.current_task() in self._limits:
                await asleep(delay - allowed)
            if delay > 0:
                self._slept(delay, actor)
            return result

        @functools.wraps(asleep)
        def watched_asleep(delay: float, result: Any = None) -> Any:
            # Who calls it may not be on the stack when it begins: a limit makes it a task.
            return go_to_sleep(delay, result, self._frames.actor())

        for owner in (asyncio, asyncio.tasks):
            put(owner, "sleep", _as_coroutine(watched_asleep))

    def _watch_races(self) -> None:
        wait = asyncio.wait

        @functools.wraps(wait)
        async def watched_wait(fs: Iterable[Any], **how: Any) -> Any:
            racers = set(fs)
            sleepers = set(filter(_is_asleep, racers))
            if how.get("return_when") == asyncio.FIRST_COMPLETED and sleepers < racers:
                self._limits.update(sleepers)
            return await wait(racers, **how)

        for owner in (asyncio, asyncio.tasks):
            put(owner, "wait", watched_wait)

    def _allowed(self, seconds: float, actor: str) -> float:
        is_cut = actor == "test" and seconds <= self._for_ever
        return min(seconds, self._most) if is_cut else seconds

    def _slept(self, seconds: float, actor: str) -> None:
        if self._tier == "integration":
            if actor == "test" and not self._frames.is_polling():
                self._record.wait(f"sleeps for {seconds:g} s", seconds)
        elif self._tier == "unit" or seconds >= POLL or not self._frames.is_polling():
            self._record.offend(SLEEP)


def _is_asleep(task: asyncio.Future[Any]) -> bool:
    """Tell whether a task does nothing but sleep."""
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return getattr(coroutine, "__name__", "") == "sleep"


def _as_coroutine(function: Any) -> Any:
    """Let a function that returns a coroutine be taken for one: a mock of it is awaited."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]
    return function
