"""Errors of a learner's tests, in as few words as tell what to mend."""

import asyncio
import linecache
import os
import re
import textwrap
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from traceback import format_exception_only, walk_tb

import pytest
from _pytest.fixtures import FixtureLookupError

from exercises.checker.model import Kind

_LINES, _CHARACTERS = 8, 600
_SOURCE = 60  # characters of a line of the learner's
_HANDED_IN = "Only test_*.py and conftest.py are handed in: move what you import into one of them."
_FIXTURES = "Fixtures come from the file itself, from a conftest.py beside it, or from pytest."
_WIDE = (
    "An async fixture with a `scope` is wider than the event loop that it runs in, which is that "
    "of one test. Leave the `scope` out: each test gets one of its own."
)
_EMPTY = re.compile(  # lines of an explained assertion that carry no difference
    r"\n *(?:(?=\n|$)|(?:Omitting|Skipping) \d+ identical |Matching attributes:\n.*|Use -v+ to "
    r"|Differing attributes:\n.*|Drill down into |\? +[-+^ ]*$).*",
    re.MULTILINE,
)
_RIGHT_KIND = "Nobody awaits it: with `autospec=True` a double is of the right kind."
_NO_FIXTURE = re.compile(r"fixture '(.*)' not found\s+available fixtures: (.*)")
_COROUTINE = re.compile(r"coroutine (?:object |')(?:[\w<>]+\.)*(\w+)|non-iterable coroutine")


def kind_of(error: BaseException) -> Kind:
    """Tell why a test failed. A limit in time that the learner wrote is an expectation too."""
    if isinstance(error, BaseExceptionGroup):
        kinds = {kind_of(inner) for inner in error.exceptions}
        order = (Kind.EXCEPTION, Kind.ASSERTION, Kind.TIMEOUT)
        return next(kind for kind in order if kind in kinds)
    if isinstance(error, TimeoutError) or str(error).startswith("Timeout (>"):
        return Kind.TIMEOUT
    is_expected = isinstance(error, AssertionError | pytest.fail.Exception)
    return Kind.ASSERTION if is_expected else Kind.EXCEPTION


def of_import(error: BaseException, folder: Path) -> str:
    """Tell what is wrong with a file that could not be imported: where, and the error."""
    error = _first(error)
    if isinstance(error, SyntaxError):
        where = f"{Path(error.filename or 'a file').name}, line {error.lineno}: "
        return shortened(f"{where}{error.msg}\n    {(error.text or '').strip()}")
    if (line := line_in(error, folder)) is not None:
        where = f"{file_in(error, folder)}, line {line}: "
    else:
        where = ""
    return shortened(where + of(error) + _of_helpers(error))


def of(error: BaseException) -> str:
    """Return an error as the end of its traceback tells it."""
    return "".join(format_exception_only(error))


def of_missing_await(text: str, doubles: Sequence[str] = ()) -> str | None:
    """Tell what is behind an error that speaks of a coroutine, or return None.

    `doubles` are the names of what an AsyncMock stands for that nobody awaits.
    """
    if (found := _COROUTINE.search(text)) is None:
        return None
    if found[1] == "_execute_mock_call":
        named = f" ({', '.join(f'`{name}`' for name in doubles)})" if doubles else ""
        return f"An AsyncMock stands where a plain function is called{named}. {_RIGHT_KIND}"
    where = f" before `{found[1]}`" if found[1] else ""
    return f"Is an `await` missing{where}? A coroutine does nothing until it is awaited."


def of_missing_fixture(error: BaseException) -> str | None:
    """Tell which fixture there is none of, or return None."""
    if not isinstance(error, FixtureLookupError):
        return None
    found = _NO_FIXTURE.search(error.formatrepr().errorstring)
    if found is None:  # such as one that asks for itself
        return None
    name, known = found[1], found[2].split(", ")
    near = "".join(f" Did you mean `{one}`?" for one in get_close_matches(name, known, 1))
    return f"There is no fixture `{name}`.{near}\n{_FIXTURES}"


def of_wide_fixture(error: BaseException) -> str | None:
    """Tell what to do where a fixture lives longer than its event loop, or return None."""
    text = str(error)
    return _WIDE if text.startswith("ScopeMismatch") and "_scoped_runner" in text else None


def line_in(error: BaseException, folder: Path) -> int | None:
    """Return the line of the last of the learner's files on the way to an error."""
    lines = [line for _, line in _places(error, folder)]
    return lines[-1] if lines else None


def file_in(error: BaseException, folder: Path) -> str | None:
    """Return the name of the last of the learner's files on the way to an error."""
    files = [file for file, _ in _places(error, folder)]
    return files[-1] if files else None


def source_in(error: BaseException, folder: Path) -> str | None:
    """Return that line itself: what was awaited, where an error says nothing of its own."""
    places = [*_places(error, folder)]
    text = linecache.getline(str(folder / places[-1][0]), places[-1][1]).strip() if places else ""
    return textwrap.shorten(text, _SOURCE, placeholder=" ...") or None


def shortened(text: str) -> str:
    """Return the first lines of a text."""
    return "\n".join(text.strip().splitlines()[:_LINES])[:_CHARACTERS]


def difference(message: str) -> str:
    """Return the message of a failed assertion, but what says only how to see more of it.

    What is announced follows on the same line: a report has few of them.
    """
    told = list[str]()
    for line in _EMPTY.sub("", message).splitlines():
        if told[1:] and told[-1].endswith(":"):
            told[-1] += f" {line.strip()}"
        else:
            told.append(line)
    return "\n".join(told)


def _first(error: BaseException) -> BaseException:
    """Return what pytest's own error was raised from."""
    inner = getattr(error, "cause", None) or error.__cause__
    if type(error).__module__.startswith("_pytest") and isinstance(inner, BaseException):
        return _first(inner)
    return error


def _of_helpers(error: BaseException) -> str:
    """Return what to do where a file may be missing that lies beside the tests."""
    is_relative = isinstance(error, ImportError) and error.name is None
    is_missing = isinstance(error, ModuleNotFoundError) and not _is_given(error.name or "")
    return f"\n{_HANDED_IN}" if is_relative or is_missing else ""


def _is_given(module: str) -> bool:
    return module.partition(".")[0] in {"chat", "tests"}


def _places(error: BaseException, folder: Path) -> Iterator[tuple[str, int]]:
    yield from _on_the_way(error, folder)
    if isinstance(error, TimeoutError) and isinstance(error.__cause__, asyncio.CancelledError):
        yield from _on_the_way(error.__cause__, folder)  # what ran when a limit ran out


def _on_the_way(error: BaseException, folder: Path) -> Iterator[tuple[str, int]]:
    for frame, line in walk_tb(error.__traceback__):
        home, name = os.path.split(frame.f_code.co_filename)
        if home == str(folder):
            yield name, line
