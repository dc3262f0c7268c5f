"""Limits in time that the learner has written: the host has to wait for longer than those.

One that runs out fails its test, and is an expectation like any other.
"""

import asyncio
import functools
import signal
import time
from asyncio import timeouts
from collections.abc import Callable
from typing import Any

import pytest

from exercises.checker.record import put

Report = Callable[..., None]

_MANY_EXAMPLES = 20.0  # seconds for a test that is many


class Patience:
    """The plugin that asks the host for the time that a test may take."""

    def begin(self, report: Report) -> None:
        """Learn of each limit in time that asyncio is given, from now on."""
        self._report = report
        self._allowed = 0.0  # when the host will lose its patience, as far as this test knows
        reschedule, wait_for = timeouts.Timeout.reschedule, asyncio.wait_for

        @functools.wraps(reschedule)
        def watched_reschedule(limit: asyncio.Timeout, when: float | None) -> None:
            if when is not None:
                self._allow(when - asyncio.get_running_loop().time())
            reschedule(limit, when)

        @functools.wraps(wait_for)
        async def watched_wait_for(fut: Any, timeout: float | None) -> Any:  # noqa: ASYNC109
            if timeout is not None:
                self._allow(timeout)
            return await wait_for(fut, timeout)

        put(timeouts.Timeout, "reschedule", watched_reschedule)
        put(asyncio, "wait_for", watched_wait_for)
        put(asyncio.tasks, "wait_for", watched_wait_for)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin anew with each test, as the host does."""
        self._allowed = time.monotonic()
        self._allow(_own_limit(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> Any:
        """Let a limit of pytest-timeout's fail its test, whatever else its method would do."""
        if not hasattr(signal, "setitimer"):
            return None  # let pytest-timeout do it its own way

        def expire(*_: object) -> None:
            pytest.fail(f"Timeout (>{settings.timeout}s)")

        former = signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, settings.timeout)

        def cancel() -> None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)

        item.cancel_timeout = cancel  # type: ignore[attr-defined]  # pytest-timeout looks for it
        return True

    def _allow(self, seconds: float) -> None:
        """Let the host wait for so long at least, and then some."""
        until = time.monotonic() + seconds
        if until > self._allowed + 0.5:
            self._allowed = until
            self._report("limit", seconds=seconds)


def _own_limit(item: pytest.Item) -> float:
    """Return the seconds that a test may well take, whatever the machine does beside it."""
    marker = item.get_closest_marker("timeout")
    if marker is None:
        return _MANY_EXAMPLES if item.get_closest_marker("hypothesis") else 0.0
    seconds = marker.args[0] if marker.args else marker.kwargs.get("timeout", 0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0
