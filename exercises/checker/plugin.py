"""The plugin that runs the learner's tests inside a worker and reports what happens, as it happens.

A report is one small dictionary. What they add up to is decided elsewhere.
"""

import gc
import os
import random
import sys
import time
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.unraisableexception import collect_unraisable

from exercises.checker import doubles, shortcuts, words
from exercises.checker.jobs import Job
from exercises.checker.model import Kind
from exercises.checker.patience import Report
from exercises.checker.record import Record, put
from exercises.checker.rules import Rules
from exercises.checker.turns import part_of, shuffled

_MUCH = 10_000  # objects: garbage is collected after each test, and before its end where it is much


class Plugin:
    """Runs the tests in the orders that are asked for.

    A host makes it, and pytest knows it by the time that a worker is forked, in which it begins.
    """

    def __init__(self, tests: Path) -> None:
        self._tests = tests
        self._hooks = list[str]()

    def begin(self, job: Job, record: Record, rules: Rules, report: Report) -> None:
        self._orders, self._begin = job.orders, job.begin  # the same for bugs and for others
        self._part, self._without = job.part, job.without
        self._record = record
        self._rules = rules
        self._report = report
        self._pass = 0
        self._failure: dict[str, Any] | None = None
        self._skipped: str | None = None
        self._doubles = list[str]()  # that were called and not awaited
        self._unread = list[str]()  # files that skip themselves
        self._process = os.getpid()

    # --- Collection ---

    def pytest_plugin_registered(self, plugin: object) -> None:
        """Refuse hooks: a conftest.py is for fixtures."""
        name = getattr(plugin, "__file__", None) or ""
        if Path(name).parent == self._tests:
            self._hooks += [hook for hook in vars(plugin) if hook.startswith("pytest_")]

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[None]
    ) -> None:
        """Tell an error of the collection."""
        if isinstance(node, pytest.Collector) and call.excinfo is not None:
            self._report("error", text=words.of_import(call.excinfo.value, self._tests))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell of a file that skips itself as a whole."""
        if report.skipped:
            self._unread.append(report.nodeid)
            self._report("error", text=f"{report.nodeid} skips itself: {_reason(report)}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is to be left out."""
        items[:] = [item for item in items if item.nodeid not in self._without]

    # --- Running ---

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once for each order."""
        if self._hooks:
            named = ", ".join(self._hooks)
            self._report("error", text=f"conftest.py may hold fixtures, but no hooks: {named}")
        is_empty = bool(self._unread) and not session.items
        if session.testsfailed or self._hooks or is_empty:  # in collection
            return True
        self._rules.look_at_the_program()
        modules = [name for name in sys.modules if _may_vary(name)]
        self._report("collected", modules=modules, texts=shortcuts.OF_DATACLASSES.met())
        put(pytest.Item, "ihook", session.config.hook)  # no folder has hooks of its own
        gc.collect()
        gc.freeze()  # what is there now is not looked at after each test
        gc.set_threshold(_MUCH)
        gc.enable()
        # By name: who makes parameters of a set has another order in each process.
        part = {*part_of(sorted(item.nodeid for item in session.items), *self._part)}
        for number, order in enumerate(self._orders):
            self._pass = number
            random.seed(order)
            items = shuffled(session.items, order, self._begin)
            items = [item for item in items if item.nodeid in part]
            for item, following in zip(items, [*items[1:], None], strict=False):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.shouldstop or session.shouldfail:
                    return True
        self._report("end")
        return True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Report one test, with all that it does from its setup to the end of its teardown."""
        self._failure = self._skipped = None
        self._doubles = []
        self._rules.begin()
        self._report("start", test=item.nodeid, **{"pass": self._pass})
        begun = time.perf_counter()
        result = yield
        if self._failure is not None:
            self._collect_late(item)
        self._report(
            "test",
            test=item.nodeid,
            seconds=time.perf_counter() - begun,
            skipped=self._skipped,
            failure=self._failure,
            offences=self._record.offences(has_passed=self._failure is None),
            used_socket=self._record.used_socket,
            waits=self._record.waits,
            is_idle=self._record.is_idle,
            **{"pass": self._pass},
        )
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the first failure, with the exception that is no longer known later on."""
        if os.getpid() != self._process:
            os._exit(0)  # a fork that has come out of its test has nothing more to do
        report = yield
        if report.failed:
            self._note_doubles()
        if report.failed and self._failure is None:
            self._failure = self._failure_of(report, call.excinfo)
        elif report.failed and call.excinfo is not None:
            self._explain(words.of_missing_await(call.excinfo.exconly(), self._doubles))
        elif hasattr(report, "wasxfail"):
            self._skipped = self._skipped or f"expected to fail: {report.wasxfail}".strip(": ")
        elif report.skipped and self._skipped is None:
            self._skipped = _reason(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Look at the program while what the test has done to it is there."""
        try:
            return (yield)
        finally:
            self._rules.look_at_the_program()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Collect garbage while the test is still there to answer for it."""
        self._rules.look()
        self._collect()
        collect_unraisable(item.config)

    def _collect_late(self, item: pytest.Item) -> None:
        """Collect what is left where the teardown failed: that has kept it alive until now."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self._collect()
            try:
                collect_unraisable(item.config)
            except (Warning, ExceptionGroup) as error:
                self._explain(words.of_missing_await(words.of(error), self._doubles))

    def _note_doubles(self) -> None:
        """Note what an AsyncMock stands for in vain, while it is there."""
        self._doubles = self._doubles or doubles.unawaited()

    def _collect(self) -> None:
        self._note_doubles()
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)  # a failure keeps alive what its frames knew
        gc.collect()

    def _failure_of(
        self, report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException] | None
    ) -> dict[str, Any]:
        if excinfo is None:  # such as an expected failure that did not fail
            message, kind, line = str(report.longrepr), Kind.ASSERTION, None
            source = None
        else:
            error = excinfo.value
            advice = words.of_missing_fixture(error) or words.of_wide_fixture(error)
            message = advice or excinfo.exconly(tryshort=True)
            kind, line = words.kind_of(excinfo.value), words.line_in(excinfo.value, self._tests)
            source = words.source_in(excinfo.value, self._tests)
        if advice := words.of_missing_await(message, self._doubles):
            message = f"{advice}\n{message}"
        if kind is Kind.ASSERTION:
            message = words.difference(message)
        return {
            "phase": report.when or "",
            "kind": kind,
            "message": words.shortened(message),
            "line": line,
            "source": source,
        }

    def _explain(self, advice: str | None) -> None:
        """Say of the first failure what a later one shows: why nothing happened."""
        if advice and self._failure and advice not in self._failure["message"]:
            self._failure["message"] = f"{advice}\n{self._failure['message']}"


def _may_vary(module: str) -> bool:
    return module.partition(".")[0] in {"chat", "tests"} or module.startswith(("test_", "conftest"))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(text).removeprefix("Skipped: ")
