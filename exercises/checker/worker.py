"""A worker: one process that runs a learner's tests on one variant of the program, and ends.

It is forked from a host that has imported pytest and its plugins and nothing of `chat`. What it
reports goes through a pipe whose number, and the word that each report bears, stand in no module.
Who looks for them in the memory of this very process will find them all the same: a test that
forges its own outcome is told apart by a container, not by a process.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import _hypothesis_pytestplugin
import pytest
import pytest_asyncio.plugin
import pytest_timeout

from exercises.checker import confine, plant
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

_UNUSED = ("cacheprovider", "terminal", "junitxml", "pastebin", "faulthandler", "stepwise")
_UNUSED += ("setuponly", "setupplan", "doctest", "debugging", "legacypath", "randomly")
_OPTIONS = [option for name in _UNUSED for option in ("-p", f"no:{name}")]
_OPTIONS += ["--capture=no", "--import-mode=importlib", "--hypothesis-seed=0"]

PLUGINS = (pytest_asyncio.plugin, pytest_timeout, _hypothesis_pytestplugin)


def run(job: Job, setting: Setting, codes: Codes, own: Path, report: Report) -> None:
    """Run the tests, in a folder of their own that exists. Changes this process for good."""
    tests, program = own / "exercise", own / "program" / "chat"
    files = {**setting.program, **job.changed}
    plant.write(files, program)
    plant.write(setting.submission, tests)
    plant.write({"pytest.ini": INI.encode()}, tests)
    _settle(own)
    confine.limit(setting.limits)
    confine.lock_in(own)
    helpers = setting.root / "tests"
    Importer("chat", files, program, codes).install()
    Importer("tests", setting.helpers, helpers, codes).install()
    record = Record()
    rules = Rules(setting.tier, record, Frames(tests, program, helpers), own, setting.root)
    plugin = Plugin(job, tests, record, rules, report)
    plugin.learn_limits()
    rules.install()
    del job, setting, files
    pytest.main(
        [*_OPTIONS, f"--rootdir={tests}", f"--basetemp={own / 'tmp' / 'pytest'}", str(tests)],
        plugins=[*PLUGINS, plugin],
    )


def _settle(own: Path) -> None:
    """Let this process see its own folder and little else of the machine."""
    for name in ("work", "tmp"):
        (own / name).mkdir()
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
    os.chdir(own / "work")


def reporter(descriptor: int, word: str) -> Report:
    """Return a function that reports: one line of JSON each, from this process alone."""
    me = os.getpid()

    def report(what: str, **more: Any) -> None:
        if os.getpid() == me:  # a fork of a test has nothing to report
            line = f"{word} {json.dumps({'is': what, **more})}\n".encode()
            while line:
                line = line[os.write(descriptor, line) :]

    return report


def understood(line: bytes, word: str) -> Mapping[str, Any] | None:
    """Return what a line of a reporter's says, or None where it is no such line."""
    if not line.startswith(word.encode() + b" "):
        return None
    try:
        report = json.loads(line[len(word) + 1 :])
    except ValueError:
        return None
    return report if isinstance(report, dict) and "is" in report else None
