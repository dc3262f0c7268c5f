"""Doubles of the wrong kind: whoever calls them gets a coroutine and does not expect one."""

import gc
import sys
from typing import Any


def unawaited() -> list[str]:
    """Return the names of what an AsyncMock stands for that was called more often than awaited."""
    mock = sys.modules.get("unittest.mock")
    if mock is None or not mock.AsyncMock.__subclasses__():  # each double has a class of its own
        return []
    found = [one for one in gc.get_objects() if issubclass(type(one), mock.AsyncMock)]
    names = [_name(one) for one in found if one.call_count > one.await_count]
    return sorted({name for name in names if name})


def _name(double: Any) -> str | None:
    """Return the name that it was given, or else that of the attribute that holds it."""
    if double._mock_name:
        return str(double._mock_name)
    for holder in gc.get_referrers(double):
        names = holder if type(holder) is dict else getattr(holder, "__dict__", {})
        for name, value in names.items():
            if value is double and not str(name).startswith("_"):
                return str(name)
    return None
