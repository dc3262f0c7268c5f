"""Where a worker runs: a folder, and a session of pytest's that is ready for it.

Which tests run there, and on what, is not known here.
"""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import _hypothesis_pytestplugin
import pytest
import pytest_asyncio.plugin
import pytest_timeout
from _pytest.config import _prepareconfig

from exercises.checker import confine, plant
from exercises.checker.importer import Codes, Importer
from exercises.checker.jobs import Job, Setting
from exercises.checker.patience import Patience
from exercises.checker.plugin import Plugin

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
        self._files = [str(self.program / name) for name in setting.program]
        self._planted = frozenset[str]()
        plant.write({"pytest.ini": INI.encode()}, self.tests)
        arguments = [*_OPTIONS, f"--rootdir={self.tests}", f"--basetemp={own / 'tmp' / 'pytest'}"]
        config = _prepareconfig([*arguments, str(self.tests)], [*PLUGINS])
        # Nobody reads tracebacks here, and other styles look through all modules for the source.
        config.option.tbstyle = "native"
        config._do_configure()
        self.patience, self.plugin = Patience(), Plugin(self.tests)
        for plugin in (self.patience, self.plugin):
            config.pluginmanager.register(plugin)
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
        for file in self._files:
            os.utime(file, (_LONG_AGO, _LONG_AGO))


def _filled(text: bytes, name: str) -> bytes:
    return text + b"\n" * (-len(text) % _BLOCK) if name.endswith(".py") else text


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
