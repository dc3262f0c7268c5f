"""What a host imports and makes ready, so that no worker has to. Nothing of `chat`."""

import gzip
import importlib
import json
import os
import unicodedata
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

from _pytest.config import default_plugins
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisSideeffectWarning
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from exercises.checker import shortcuts
from exercises.checker.jobs import Job

_USED = [
    "asyncio",
    "json",
    "sqlite3",
    "ssl",
    "string",
    "dataclasses",
    "unittest.mock",
    "contextlib",
    "websockets",
    "websockets.asyncio.client",
    "websockets.asyncio.server",
    "websockets.legacy",
    "http",
    "urllib.parse",
    "tempfile",
    "queue",
    "secrets",
    "hashlib",
    "hmac",
    "difflib",
    "encodings.unicode_escape",  # the ids of parameters are written in it
    "unicodedata",
]


def all_that_workers_need() -> None:
    """Import modules, and let hypothesis behave the same each time."""
    for name in default_plugins:
        importlib.import_module(f"_pytest.{name}")
    for name in _USED:
        with suppress(ImportError):
            importlib.import_module(name)
    settings.register_profile(
        "checker",
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        suppress_health_check=[HealthCheck.too_slow],
        # To explain a failure it traces every line that runs, which takes seconds.
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    settings.register_profile(
        "checker-in-a-hurry",
        settings.get_profile("checker"),
        phases=[Phase.explicit, Phase.generate],  # that it fails is enough
    )
    settings.load_profile("checker")
    shortcuts.install()
    providers._get_local_constants = Constants  # it would read the source of `chat`


def suit(job: Job) -> None:
    """Let hypothesis do no more than this job asks for.

    A test can see that, so it is not for bugs alone: who fails for it is not steady either.
    """
    if job.stops_at_failure or job.orders != (0,):
        settings.load_profile("checker-in-a-hurry")


def is_needed(job: Job) -> bool:
    """Tell whether a learner uses hypothesis."""
    return any(b"hypothesis" in text for text in job.submission.values())


_TABLES = Path(__file__).parents[2] / ".hypothesis"
_UTF_8 = ("codec-v2-utf-8.json.gz", [[[0, 0xD7FF], [0xE000, 0x10FFFF]], []])  # all but surrogates


@cache
def tables_of_unicode() -> None:
    """Let hypothesis make its tables, which it keeps where `pytest` has it keep them too."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(_TABLES)
    tell_utf_8(_TABLES)
    with warnings.catch_warnings(action="ignore", category=HypothesisSideeffectWarning):
        settings(max_examples=1)(given(st.text())(lambda text: None))()


def tell_utf_8(tables: Path) -> None:
    """Make the table of what UTF-8 can say: hypothesis would try all characters, for seconds."""
    name, characters = _UTF_8
    table = tables / "unicode_data" / unicodedata.unidata_version / name
    with suppress(OSError):  # then it takes its time
        if table.exists():
            return
        table.parent.mkdir(parents=True, exist_ok=True)
        own = table.with_suffix(f".{os.getpid()}")  # another host may make it too
        own.write_bytes(gzip.compress(json.dumps(characters).encode(), mtime=1))
        own.replace(table)
