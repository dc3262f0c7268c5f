"""One JSON object from a peer, trusted by nobody.

Pure. Each field is read with a check that names it when it fails; what the fields mean together
stands in `protocol`. Besides what the checks say, these never get through: duplicate keys, NaN and
infinities, booleans where numbers go, and nesting past the parser's depth.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from math import isinf
from typing import TypeVar

from chat.config import MAX_INTEGER, MAX_NAME, MAX_SESSION, MAX_TEXT
from chat.messages import Code, ProtocolError

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_T = TypeVar("_T")
_NOT_A_NUMBER = object()  # NaN, Infinity, and numbers too large to be anything else


def check_name(name: str, field: str = "name") -> str:
    """Return `name` if a member may bear it: 1 to 32 printable characters, no whitespace.

    Raises `ProtocolError` with the code `bad-name` otherwise, and names the field.
    """
    if not 1 <= len(name) <= MAX_NAME:
        raise ProtocolError(Code.BAD_NAME, f"{field} must have 1 to {MAX_NAME} characters")
    if not name.isprintable() or " " in name:
        words = f"{field} must have printable characters and no whitespace"
        raise ProtocolError(Code.BAD_NAME, words)
    return name


def check_text(text: str) -> str:
    """Return `text` if it may be said: 1 to 512 code points, not blank, one line.

    Control characters, line separators, lone surrogates and the characters that embed, override
    or isolate the direction of text (Unicode Standard Annex 9) are not allowed. Raises
    `ProtocolError` with the code `too-long` or `bad-message`.
    """
    if len(text) > MAX_TEXT:
        raise ProtocolError(Code.TOO_LONG, f"text must have at most {MAX_TEXT} characters")
    if not text.strip():
        raise ProtocolError(Code.BAD_MESSAGE, "text must not be empty")
    return _check_characters(text, "text")


def _check_characters(text: str, field: str) -> str:
    if _FORBIDDEN.search(text):
        words = f"{field} must not have control, bidirectional-override or surrogate characters"
        raise ProtocolError(Code.BAD_MESSAGE, words)
    return text


def decode(raw: str | bytes) -> "Fields":
    """Return the fields of one frame. Raises `ProtocolError` where it is no JSON object."""
    if isinstance(raw, bytes):
        raise ProtocolError(Code.BAD_MESSAGE, "the message must be a text frame, not a binary one")
    try:
        values = _DECODER.decode(raw)
    except ValueError:
        raise ProtocolError(Code.BAD_MESSAGE, "the message must be JSON") from None
    except RecursionError:
        raise ProtocolError(Code.BAD_MESSAGE, "the message must not be nested so deep") from None
    if not isinstance(values, dict):
        raise ProtocolError(Code.BAD_MESSAGE, "the message must be a JSON object")
    return Fields(values)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise ProtocolError(Code.BAD_MESSAGE, f"{key[:40]!a} must not be there twice")
        if _holds_no_number(value):
            raise ProtocolError(Code.BAD_MESSAGE, f"{key[:40]!a} must be a finite number")
        values[key] = value
    return values


def _holds_no_number(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_holds_no_number, value))
    return value is _NOT_A_NUMBER


def _finite(digits: str, read: Callable[[str], float] = float) -> object:
    return _NOT_A_NUMBER if isinf(float(digits)) else read(digits)


class Fields:
    """The fields of one object, each read with a check that names it when it fails."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def string(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str):
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be a string")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        value = self.string(name)
        if value not in choices:
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be one of {', '.join(choices)}")
        return value

    def words(self, name: str) -> str:
        return _check_characters(self.string(name), name)

    def secret(self, name: str) -> str:
        value = self.string(name)
        if not (1 <= len(value) <= MAX_SESSION and value.isascii() and value.isprintable()):
            raise ProtocolError(
                Code.BAD_MESSAGE, f"{name} must have 1 to {MAX_SESSION} printable ASCII characters"
            )
        return value

    def integer(self, name: str, low: int = 0, high: int = MAX_INTEGER) -> int:
        value = self._values.get(name)
        # A bool is an int in Python, and "ref": true is a mistake on the wire.
        if type(value) is not int or not low <= value <= high:
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be an integer from {low} to {high}")
        return value

    def number(self, name: str) -> float:
        value = self._values.get(name)
        if type(value) not in (int, float):
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be a number")
        return float(value)  # type: ignore[arg-type]  # narrowed by the line before

    def name(self, name: str) -> str:
        return check_name(self.string(name), name)

    def names(self, name: str) -> tuple[str, ...]:
        values = self._values.get(name)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be a list of names")
        return tuple(check_name(value, f"a name in {name}") for value in values)

    def text(self, name: str) -> str:
        return check_text(self.string(name))

    def objects(self, name: str) -> "list[Fields]":
        values = self._values.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise ProtocolError(Code.BAD_MESSAGE, f"{name} must be a list of objects")
        return [Fields(value) for value in values]

    def ref(self, name: str) -> int:
        return self.integer(name, low=-MAX_INTEGER)

    def maybe(self, read: Callable[[str], _T], name: str) -> _T | None:
        """Read a field that may be missing. A null counts as missing."""
        return None if self._values.get(name) is None else read(name)


# Made once: json.loads with these options would make one for each message.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=lambda _: _NOT_A_NUMBER,
    parse_float=_finite,
    parse_int=partial(_finite, read=int),
)
