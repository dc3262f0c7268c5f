"""What a host imports and makes ready, so that no worker has to. Nothing of `chat`."""

import importlib
import os
import warnings
from contextlib import suppress

from _pytest.config import default_plugins
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisSideeffectWarning
from hypothesis.internal.conjecture import providers

from exercises.checker.jobs import Setting

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
    "unicodedata",
]


def all_that_workers_need(setting: Setting) -> None:
    """Import modules, and warm up hypothesis where the learner uses it."""
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
    )
    settings.load_profile("checker")
    providers._get_local_constants = providers.Constants  # it would read the source of `chat`
    if any(b"hypothesis" in text for text in setting.submission.values()):
        _warm_up(setting)


def _warm_up(setting: Setting) -> None:
    """Let hypothesis make its tables of Unicode, which it keeps where `pytest` keeps them too."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(setting.root / ".hypothesis")
    with warnings.catch_warnings(action="ignore", category=HypothesisSideeffectWarning):
        given(st.text())(lambda text: None)()
