"""What goes over the wire: one JSON object per text frame.

Pure: text in, the dataclasses of `messages` out, and back. What a message *does* belongs elsewhere.
A peer is never trusted: it sends a message of the tables below, or a `ProtocolError` is raised.
The order of the fields of a message and the whitespace between them are free.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from chat.config import MAX_PAGE
from chat.fields import Fields, decode
from chat.messages import (
    ClientMessage,
    Error,
    GetHistory,
    Heard,
    HistoryPage,
    Join,
    Members,
    Notice,
    ProtocolError,
    Say,
    ServerMessage,
    Welcome,
)


def create_message(message: ClientMessage | ServerMessage) -> str:
    """Return the text frame that says `message`; a field that is None is left out.

    The inverse of `parse_message` and `parse_reply`: what they return for it equals `message`.
    Raises ValueError where a number is not finite, which JSON cannot say.
    """
    return _ENCODER.encode(_to_json(message))


def parse_message(raw: str | bytes) -> ClientMessage:
    """Return the message that a client's frame says.

    `raw` is a text frame as `str` or a binary one as `bytes`. Fields that are not known are
    ignored. Raises `ProtocolError` with the code `bad-message`, `too-long` or `bad-name`.
    """
    return _parse(raw, _FROM_CLIENT)


def parse_reply(raw: str | bytes) -> ServerMessage:
    """Return the message that a server's frame says; raises as `parse_message` does."""
    return _parse(raw, _FROM_SERVER)


def _to_json(message: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"type": message.type}
    for name in _NAMES[type(message)]:
        value = getattr(message, name)
        if name == "events":
            value = [_to_json(event) for event in value]
        if value is not None:
            values[name] = value
    return values


_T = TypeVar("_T")


def _parse(raw: str | bytes, readers: Mapping[str, Callable[[Fields], _T]]) -> _T:
    message = decode(raw)
    ref = None
    try:
        ref = message.maybe(message.ref, "ref")
        return readers[message.choice("type", readers)](message)
    except ProtocolError as error:
        error.ref = ref
        raise


def _read_join(message: Fields) -> Join:
    return Join(
        name=message.name("name"),
        after=message.maybe(message.integer, "after"),
        journal=message.maybe(message.secret, "journal"),
        session=message.maybe(message.secret, "session"),
    )


def _read_say(message: Fields) -> Say:
    return Say(text=message.text("text"), ref=message.maybe(message.ref, "ref"))


def _read_get_history(message: Fields) -> GetHistory:
    limit = message.maybe(lambda name: message.integer(name, low=1, high=MAX_PAGE), "limit")
    return GetHistory(after=message.integer("after"), limit=MAX_PAGE if limit is None else limit)


def _read_heard(message: Fields) -> Heard:
    heard = message.choice("type", _HEARD)
    return Heard(
        type=heard,
        id=message.integer("id"),
        time=message.number("time"),
        name=message.name("name"),
        to=message.name("to") if "to" in _HEARD[heard] else None,
        text=message.text("text") if "text" in _HEARD[heard] else None,
        ref=message.maybe(message.ref, "ref"),
    )


def _read_welcome(message: Fields) -> Welcome:
    return Welcome(
        name=message.name("name"),
        members=message.names("members"),
        id=message.integer("id"),
        oldest=message.integer("oldest"),
        journal=message.secret("journal"),
        session=message.secret("session"),
    )


def _read_members(message: Fields) -> Members:
    return Members(members=message.names("members"))


def _read_notice(message: Fields) -> Notice:
    return Notice(text=message.words("text"))


def _read_page(message: Fields) -> HistoryPage:
    return HistoryPage(events=tuple(map(_read_heard, message.objects("events"))))


def _read_error(message: Fields) -> Error:
    return Error(
        code=message.words("code"),
        detail=message.words("detail"),
        ref=message.maybe(message.ref, "ref"),
    )


_HEARD = {  # what each has besides id, time, name and ref
    "join": (),
    "leave": (),
    "message": ("text",),
    "action": ("text",),
    "whisper": ("to", "text"),
}
_FROM_CLIENT: Mapping[str, Callable[[Fields], ClientMessage]] = {
    "join": _read_join,
    "message": _read_say,
    "history": _read_get_history,
}
_FROM_SERVER: Mapping[str, Callable[[Fields], ServerMessage]] = {
    "welcome": _read_welcome,
    **dict.fromkeys(_HEARD, _read_heard),
    "members": _read_members,
    "notice": _read_notice,
    "history": _read_page,
    "error": _read_error,
}
_NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (*get_args(ClientMessage), *get_args(ServerMessage))
}
# Made once: json.dumps with these options would make one for each message.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
