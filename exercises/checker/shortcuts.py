"""What workers need not do: ways through libraries that end where the others do.

The functions of a dataclass are made from a text. A worker tells its host which texts it has met,
and the workers that come after it find them compiled: code belongs to a text, whoever told it.
"""

import dataclasses
import signal
from collections.abc import Callable
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest import compat, fixtures

from exercises.checker.record import put

_LONGEST, _ALL = 10_000, 200_000  # characters of a text that is kept, and of all: chat has half


class Texts:
    """Texts of programs, and their code."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}
        self._met: list[str] = []
        self._room = _ALL

    def run(self, text: str, scope: dict[str, Any], names: dict[str, Any]) -> None:
        """Do what `exec` does."""
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = compile(text, "<string>", "exec")
            self._met.append(text)
        exec(code, scope, names)

    def met(self) -> list[str]:
        """Return the texts that were run and not learnt before."""
        return [text for text in self._met if _is_usual(text)]

    def learn(self, texts: object) -> None:
        """Compile texts, if it is a list of them. Whatever else a worker says is left alone."""
        for text in texts if isinstance(texts, list) else ():
            if _is_usual(text) and text not in self._codes and len(text) <= self._room:
                self._room -= len(text)
                with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                    self._codes[text] = compile(text, "<string>", "exec")


def _is_usual(text: object) -> bool:
    """Tell whether a text may be that of a dataclass.

    A worker may say anything, and functions in functions take room by the square of their depth.
    """
    return (
        isinstance(text, str)
        and len(text) <= _LONGEST
        and text.startswith("def __create_fn__(")
        and "lambda" not in text
    )


OF_DATACLASSES = Texts()


def named(name: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return what names a signal or a usual handler, and leaves a function as it is at once.

    Before Python 3.13 it makes an error of each function, and a text of it with all that it holds.
    """

    def quickly(value: Any, kind: Any) -> Any:
        return name(value, kind) if isinstance(value, int) else value

    return quickly


def _untold(_: pytest.Item, error: pytest.ExceptionInfo[BaseException], **__: object) -> str:
    """In place of a traceback, which nobody reads here: the files of all frames are read for it."""
    return error.typename


def argument_names(names: Callable[..., tuple[str, ...]]) -> Callable[..., tuple[str, ...]]:
    """Return what names the arguments of a function, and knows those of a plain one at once.

    Nearly all tests and fixtures are plain, and each test has a fixture of its own, `request`.
    """

    def quickly(function: Any, *, name: str = "", cls: type | None = None) -> tuple[str, ...]:
        if isinstance(function, FunctionType) and not vars(function) and cls is None:
            code = function.__code__
            if not (function.__defaults__ or code.co_kwonlyargcount or code.co_posonlyargcount):
                return code.co_varnames[: code.co_argcount]
        return names(function, name=name, cls=cls)

    return quickly


def install() -> None:
    """Take them from now on, in this process and all that it forks."""
    put(dataclasses, "exec", OF_DATACLASSES.run)
    put(pytest.Item, "_repr_failure_py", _untold)
    put(fixtures, "getfuncargnames", argument_names(compat.getfuncargnames))
    put(signal, "_int_to_enum", named(signal._int_to_enum))  # type: ignore[attr-defined]
