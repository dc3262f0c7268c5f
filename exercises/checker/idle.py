"""Tests that call nothing of `chat`: they look at their own doubles, and at nothing else."""

import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

from exercises.checker.handmade import is_chat, is_learners
from exercises.checker.record import Record


class Idle:
    """The plugin that looks at calls, until it sees one of `chat`: then it costs nothing more."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Look at one test, with its setup and its teardown."""
        # What is set up for more than one test has called before most of them began.
        self._record.is_idle = not any(map(_is_wide, _fixtures(item)))
        _watch(self._see)
        try:
            return (yield)
        finally:
            _watch(None)

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
