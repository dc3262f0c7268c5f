"""A worker: one process that runs a learner's tests on one variant of the program, and ends.

It is forked from a host that has imported pytest and its plugins and nothing of `chat`. What it
reports goes through a pipe whose number, and the word that each report bears, stand in no module.
Who looks for them in the memory of this very process will find them all the same: a test that
forges its own outcome is told apart by a container, not by a process.
"""

import functools
import gc
import json
import os
import select
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest import threadexception, unraisableexception

from exercises.checker import confine, leap, preload, waits, whereabouts, words
from exercises.checker.idle import Idle
from exercises.checker.importer import Codes
from exercises.checker.jobs import Job, Setting
from exercises.checker.patience import Report
from exercises.checker.place import Place
from exercises.checker.record import Frames, Record
from exercises.checker.rules import Rules

NO_BELL = -1  # no descriptor


def prepare(
    place: Place, job: Job, setting: Setting, codes: Codes, report: Report
) -> pytest.Session:
    """Make this process ready to run the tests in a place. Changes it for good."""
    own = place.own
    _settle(own)
    confine.limit(setting.limits)
    confine.begin_counting()
    confine.lock_in(*place.writable)
    for importer in place.importers(job, codes):
        importer.install()
    preload.suit(job)
    record = Record()
    frames = Frames(place.tests, place.program, setting.root / "tests")
    rules = Rules(job, record, frames, own, setting)
    place.patience.begin(report)
    place.plugin.begin(job, record, rules, report)
    tell = functools.partial(whereabouts.tell, report, place.tests)
    whereabouts.answer(tell)
    if job.tier == "mocked":
        leap.install(functools.partial(_stuck, tell, report))
    if job.tier != "unit":
        waits.install(record, frames, job.tier)
    rules.install()
    config = place.session.config
    for hooks in (unraisableexception, threadexception):
        hooks.pytest_configure(config)  # there is one of each, and another place may have it
    config.pluginmanager._dirpath2confmods.clear()  # there was no conftest.py yet
    if job.is_plain and job.tier != "integration":  # who uses no socket there is told of that
        config.pluginmanager.register(Idle(record))
    gc.disable()  # until all is collected: what is imported stays
    gc.freeze()  # nobody finds the texts among the objects that the collector knows
    return place.session


def run(session: pytest.Session, report: Report) -> None:
    """Run the tests of a process that is ready."""
    config = session.config
    try:
        config.hook.pytest_collection(session=session)
        config.hook.pytest_runtestloop(session=session)
    except BaseException as error:  # noqa: BLE001  # such as `sys.exit()` in a file
        report("error", text=f"It ended the whole run: {words.shortened(words.of(error))}")


def _stuck(tell: Callable[[FrameType | None], None], report: Report) -> None:
    """A test waits for ever: do not wait with it."""
    tell(None)
    report("stuck")
    os._exit(1)


def _settle(own: Path) -> None:
    """Let this process see its own folder and little else of the machine."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "PYTHONHASHSEED") if name in os.environ
    }
    os.environ.clear()
    os.environ.update(
        kept,
        HOME=str(own / "work"),
        TMPDIR=str(own / "tmp"),
        PYTHONPATH=str(own / "program"),
        PYTHONDONTWRITEBYTECODE="1",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        HYPOTHESIS_PROFILE="checker",
        HYPOTHESIS_STORAGE_DIRECTORY=str(own / "tmp" / "hypothesis"),
        no_proxy="*",
        NO_PROXY="*",
    )
    tempfile.tempdir = None  # whatever the host knew
    os.chdir(own / "work")


def reporter(descriptor: int, word: str, own: Path, go: int = NO_BELL) -> Report:
    """Return a function that reports: one line of JSON each, from this process alone.

    What came of a test goes along with what is said next.
    It rings at `go` where the pipe is full, and waits until it is read. It rings after a failure
    too, and waits for the answer, or the host ends it there.
    The folder of the worker has another name each time, and what is reported is the same.
    """
    me = os.getpid()
    hidden = json.dumps(str(own))[1:-1]
    lines = b""

    def report(what: str, **more: Any) -> None:
        nonlocal lines
        if os.getpid() != me:  # a fork of a test has nothing to report
            return
        told = json.dumps({"is": what, **more}).replace(hidden, "...")
        lines += f"{word} {told}\n".encode()
        has_failed = more.get("failure") is not None
        while lines and (has_failed or what != "test"):
            try:
                lines = lines[os.write(descriptor, lines) :]
            except BlockingIOError:
                with suppress(OSError):
                    os.write(go, b"!")
                select.select([], [descriptor], [])
        if has_failed:
            with suppress(OSError):  # it may have been closed
                os.write(go, b"!")
                os.read(go, 1)

    return report
