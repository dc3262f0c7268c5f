"""The plugin that runs the learner's tests inside a worker and reports what happens, as it happens.

A report is one small dictionary. What they add up to is decided elsewhere.
"""

import asyncio
import functools
import gc
import random
import sys
import time
from asyncio import timeouts
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.unraisableexception import collect_unraisable

from exercises.checker.jobs import Job
from exercises.checker.model import Kind
from exercises.checker.record import Record
from exercises.checker.rules import Rules

Report = Callable[..., None]

_LINES, _CHARACTERS = 8, 600  # of a message


class Plugin:
    """Runs the tests in the orders that are asked for."""

    def __init__(self, job: Job, tests: Path, record: Record, rules: Rules, report: Report) -> None:
        self._job = job
        self._tests = tests
        self._record = record
        self._rules = rules
        self._report = report
        self._pass = 0
        self._failure: dict[str, Any] | None = None
        self._skipped: str | None = None

    # --- Collection ---

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell an error of the collection."""
        if report.failed:
            self._report("error", text=_tail(str(report.longrepr)))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell what ended pytest itself, such as `sys.exit()` in a file."""
        self._report("error", text=f"It ended the whole run: {excinfo.exconly()}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell what ended pytest on purpose, such as `pytest.exit()`."""
        if not isinstance(excinfo.value, pytest.Session.Interrupted):
            self._report("error", text=f"It ended the whole run: {excinfo.exconly()}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is to be left out."""
        items[:] = [item for item in items if item.nodeid not in self._job.without]

    # --- Running ---

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once for each order."""
        if session.testsfailed:  # in collection
            return True
        self._report("collected", modules=[name for name in sys.modules if _may_vary(name)])
        gc.collect()
        gc.freeze()  # what is there now is not looked at after each test
        for number, order in enumerate(self._job.orders):
            self._pass = number
            random.seed(order)
            items = shuffled(session.items, order)
            for item, following in zip(items, [*items[1:], None], strict=False):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.shouldstop or session.shouldfail:
                    return True
        self._report("end")
        return True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Report one test, with all that it does from its setup to the end of its teardown."""
        self._failure = self._skipped = None
        self._record.begin(used_socket=self._rules.leaks.any_open())
        self._report("start", test=item.nodeid, **{"pass": self._pass})
        self.allow(_own_limit(item))
        begun = time.perf_counter()
        result = yield
        self._report(
            "test",
            test=item.nodeid,
            seconds=time.perf_counter() - begun,
            skipped=self._skipped,
            failure=self._failure,
            offences=self._record.offences(),
            used_socket=self._record.used_socket,
            **{"pass": self._pass},
        )
        if self._failure and self._job.stops_at_failure:
            item.session.shouldstop = "it has failed"
            self._report("end", **{"pass": self._pass})
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Note the first failure, with the exception that is no longer known later on."""
        report = yield
        if report.failed and self._failure is None:
            self._failure = self._failure_of(report, call.excinfo)
        elif hasattr(report, "wasxfail"):
            self._skipped = self._skipped or f"expected to fail: {report.wasxfail}".strip(": ")
        elif report.skipped and self._skipped is None:
            self._skipped = _reason(report)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Collect garbage while the test is still there to answer for it."""
        gc.collect()
        self._rules.look()
        collect_unraisable(item.config)

    # --- Limits that the learner has written ---

    def allow(self, seconds: float) -> None:
        """Let the host wait for so long at least, and then some."""
        until = time.monotonic() + seconds
        if until > self._allowed + 0.5:
            self._allowed = until
            self._report("limit", seconds=seconds)

    _allowed = 0.0

    def learn_limits(self) -> None:
        """Learn of each limit in time that asyncio is given."""
        reschedule, wait_for = timeouts.Timeout.reschedule, asyncio.wait_for

        @functools.wraps(reschedule)
        def watched_reschedule(limit: asyncio.Timeout, when: float | None) -> None:
            if when is not None:
                self.allow(when - asyncio.get_running_loop().time())
            reschedule(limit, when)

        @functools.wraps(wait_for)
        async def watched_wait_for(fut: Any, timeout: float | None) -> Any:  # noqa: ASYNC109
            if timeout is not None:
                self.allow(timeout)
            return await wait_for(fut, timeout)

        timeouts.Timeout.reschedule = watched_reschedule  # type: ignore[method-assign]
        asyncio.wait_for = asyncio.tasks.wait_for = watched_wait_for

    def _failure_of(
        self, report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException] | None
    ) -> dict[str, Any]:
        if excinfo is None:  # such as an expected failure that did not fail
            return _failure(report.when, Kind.ASSERTION, str(report.longrepr))
        kind = _kind(excinfo.value)
        failure = _failure(report.when, kind, excinfo.exconly(tryshort=True))
        lines = [
            entry.lineno + 1
            for entry in excinfo.traceback
            if Path(str(entry.path)).parent == self._tests
        ]
        return failure | {"line": lines[-1] if lines else None}


def shuffled(items: list[pytest.Item], order: int) -> list[pytest.Item]:
    """Return files, and tests in each file, in another order. 0 changes nothing."""
    if order == 0:
        return list(items)
    chance = random.Random(order)
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    groups = list(files.values())
    chance.shuffle(groups)
    for group in groups:
        chance.shuffle(group)
    return [item for group in groups for item in group]


def _may_vary(module: str) -> bool:
    return module.partition(".")[0] in {"chat", "tests"} or module.startswith(("test_", "conftest"))


def _kind(error: BaseException) -> Kind:
    if isinstance(error, BaseExceptionGroup):
        kinds = {_kind(inner) for inner in error.exceptions}
        return next(
            kind for kind in (Kind.EXCEPTION, Kind.ASSERTION, Kind.TIMEOUT) if kind in kinds
        )
    if isinstance(error, TimeoutError) or str(error).startswith("Timeout (>"):
        return Kind.TIMEOUT
    is_expected = isinstance(error, AssertionError | pytest.fail.Exception)
    return Kind.ASSERTION if is_expected else Kind.EXCEPTION


def _failure(phase: str | None, kind: Kind, message: str) -> dict[str, Any]:
    lines = message.strip().splitlines()[:_LINES]
    return {"phase": phase or "", "kind": kind, "message": "\n".join(lines)[:_CHARACTERS]}


def _tail(text: str) -> str:
    """Return the end of a text: an error stands below where it came from."""
    return "\n".join(text.strip().splitlines()[-_LINES:])[-_CHARACTERS:]


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(text).removeprefix("Skipped: ")


def _own_limit(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    if marker is None:
        return 0.0
    seconds = marker.args[0] if marker.args else marker.kwargs.get("timeout", 0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0
