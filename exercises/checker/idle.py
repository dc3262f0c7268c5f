"""Tests that call nothing of `chat`: they look at their own doubles, and at nothing else."""

import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

from exercises.checker.handmade import is_chat, is_learners
from exercises.checker.record import Record

_LOOPS = "pytest_asyncio.plugin"  # the module of the fixtures that make and end event loops

Calls = Generator[None, object, object]


class Idle:
    """The plugin that looks at calls, until it sees one of `chat`: then it costs nothing more.

    What pytest does between them it leaves alone: that is most of what is called.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Calls:
        """Look at one test, with its setup and its teardown."""
        # What is set up for more than one test has called before most of them began.
        self._record.is_idle = not any(map(_is_wide, _fixtures(item)))
        return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Calls:
        """Look at the setup of a fixture."""
        return (yield) if fixturedef.func.__module__ == _LOOPS else (yield from self._watched())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Calls:
        """Look at the test itself."""
        return (yield from self._watched())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Calls:
        """Look at the teardown of all fixtures."""
        return (yield from self._watched())

    def _watched(self) -> Calls:
        """Look at what is called, unless enough was seen."""
        if not self._record.is_idle:
            return (yield)
        former = sys.getprofile()  # one fixture may ask for another
        _watch(self._see)
        try:
            return (yield)
        finally:
            _watch(former if self._record.is_idle else None)

    def _see(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and is_chat(frame.f_globals.get("__name__")):
            self._record.is_idle = False
            _watch(None)


def _watch(see: Any) -> None:
    sys.setprofile(see)
    threading.setprofile(see)


def _fixtures(item: pytest.Item) -> list[Any]:
    found: dict[str, Any] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009  # private
    return [definition for definitions in found.values() for definition in definitions]


def _is_wide(fixture: Any) -> bool:
    is_of_the_file = fixture.baseid or is_learners(fixture.func.__module__)
    return fixture.scope != "function" and bool(is_of_the_file)
