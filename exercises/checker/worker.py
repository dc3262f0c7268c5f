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
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import _hypothesis_pytestplugin
import pytest
import pytest_asyncio.plugin
import pytest_timeout
from _pytest import threadexception, unraisableexception
from _pytest.config import _prepareconfig

from exercises.checker import confine, leap, plant, preload, waits, whereabouts, words
from exercises.checker.importer import Codes, Importer
from exercises.checker.jobs import Job, Setting
from exercises.checker.plugin import Plugin, Report
from exercises.checker.record import Frames, Record
from exercises.checker.rules import Rules

# As in pyproject.toml, without coverage: a test that passes there passes here.
INI = """\
[pytest]
strict = true
filterwarnings = error
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
asyncio_default_test_loop_scope = function
consider_namespace_packages = true
timeout_method = signal
markers = tier(name): the tier of a test
"""

_UNUSED: tuple[str, ...] = (
    "cacheprovider",
    "terminal",
    "pastebin",
    "faulthandler",
    "stepwise",
)
_UNUSED += ("setuponly", "setupplan", "doctest", "randomly")
_OPTIONS = [option for name in _UNUSED for option in ("-p", f"no:{name}")]
_OPTIONS += ["--capture=no", "--import-mode=importlib", "--hypothesis-seed=0"]

_BLOCK, _LONG_AGO = 8192, 1_600_000_000  # bytes, and seconds since the epoch

PLUGINS = (pytest_asyncio.plugin, pytest_timeout, _hypothesis_pytestplugin)


class Place:
    """A folder in which one worker after the other runs, and a session of pytest's in it.

    All runs have the same path, so that pytest can be made ready once, in the host: it has read
    its options and knows its plugins, and has not yet looked for tests.
    What a worker may not write is written once too; where nothing stops it, before each run.
    """

    def __init__(self, own: Path, setting: Setting) -> None:
        self.own = own
        self.tests, self.program = own / "exercise", own / "program" / "chat"
        self._setting = setting
        self._planted = frozenset[str]()
        plant.write({"pytest.ini": INI.encode()}, self.tests)
        arguments = [*_OPTIONS, f"--rootdir={self.tests}", f"--basetemp={own / 'tmp' / 'pytest'}"]
        config = _prepareconfig([*arguments, str(self.tests)], [*PLUGINS])
        # Nobody reads tracebacks here, and other styles look through all modules for the source.
        config.option.tbstyle = "native"
        config._do_configure()
        self.session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=self.session)
        self._fill()

    def importers(self, job: Job, codes: Codes) -> list[Importer]:
        """Return who finds the modules of the program, of the helpers and of the learner."""
        setting = self._setting
        program = {**setting.program, **job.changed}
        sources = {name: text for name, text in job.submission.items() if name.endswith(".py")}
        return [
            Importer("chat", program, self.program, codes),
            Importer("tests", setting.helpers, setting.root / "tests", codes),
            Importer(None, sources, self.tests, codes),
        ]

    def lay_out(self, job: Job) -> None:
        """Let the next worker find what is its own, and nothing that is not."""
        for folder in self.writable:
            folder.mkdir()
        plant.write({**job.submission, "pytest.ini": INI.encode()}, self.tests)
        base = self._setting.program
        former = {name: base[name] for name in self._planted if name in base}
        self._write({**former, **job.changed})
        self._planted = frozenset(job.changed)

    def clear(self) -> None:
        """Forget the last worker."""
        for folder in (*self.writable, self.tests):
            remove(folder)
        if not confine.can_lock_in():
            remove(self.own)
            self._fill()

    @property
    def writable(self) -> tuple[Path, ...]:
        """The folders that a worker may write in."""
        return self.own / "work", self.own / "tmp"

    def _fill(self) -> None:
        self._write(self._setting.program)
        self._planted = frozenset()

    def _write(self, files: plant.Files) -> None:
        """Write files of the program: neither a size nor a time tells which have a bug in them."""
        plant.write({name: _filled(text, name) for name, text in files.items()}, self.program)
        for name in self._setting.program:
            os.utime(self.program / name, (_LONG_AGO, _LONG_AGO))


def _filled(text: bytes, name: str) -> bytes:
    return text + b"\n" * (-len(text) % _BLOCK) if name.endswith(".py") else text


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
    plugin = Plugin(job, place.tests, record, rules, report)
    plugin.learn_limits()
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
    config.pluginmanager.register(plugin)
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


def reporter(descriptor: int, word: str, own: Path, go: int | None = None) -> Report:
    """Return a function that reports: one line of JSON each, from this process alone.

    What came of a test goes along with what is said next.
    After a failure it rings at `go` and waits for the answer, or the host ends it there.
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
            lines = lines[os.write(descriptor, lines) :]
        if has_failed and go is not None:
            with suppress(OSError):  # it may have been closed
                os.write(go, b"!")
                os.read(go, 1)

    return report


def remove(folder: Path) -> None:
    """Remove a folder, whatever was done to what is in it."""

    def open_up(_: object, path: str, __: object) -> None:
        with suppress(OSError):
            Path(path).parent.chmod(0o700)
            Path(path).chmod(0o700)
            if Path(path).is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                Path(path).unlink()

    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=open_up)
    else:
        shutil.rmtree(folder, onerror=open_up)
