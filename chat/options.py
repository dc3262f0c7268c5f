"""The options of the command line, each also from an environment variable.

Reading and checking only: what is done with them stands in `__main__`.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar
from urllib.parse import urlsplit

from chat.config import DEFAULT_HOST, DEFAULT_JOURNAL, DEFAULT_PORT, Settings

_T = TypeVar("_T")


class UsageError(Exception):
    """The program cannot do what it was asked to. The words say why, and what to do."""


_PROGRAM = "python -m chat"
_SERVER, _CLIENT = "server", "client"  # the commands
_SCHEMES = ("ws", "wss", "http", "https")  # of a server, and of its page


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {_PROGRAM} --help)")


class _Option(NamedTuple):
    """One option. `default` is a value, not a text; `command` is who alone takes it, if not all."""

    flag: str
    default: object
    words: str
    read: Callable[[str], object] = str
    command: str | None = None

    @property
    def name(self) -> str:
        return self.flag.removeprefix("--").replace("-", "_")

    @property
    def variable(self) -> str:
        return f"CHAT_{self.name.upper()}"

    def is_for(self, command: str) -> bool:
        return self.command in (None, command)

    def unless_typed(self) -> object:
        """Return what the environment says, or else the default."""
        text = os.environ.get(self.variable)
        # An empty variable counts as none; but for a token it may be a mistake that opens the door.
        if text is None or (not text and self.name != "token"):
            return self.default
        try:
            return self.read(text)
        except ValueError as error:
            raise UsageError(f"{self.variable}: {error} (see {_PROGRAM} --help)") from error


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; `command` is `server` or `client`. Raises `UsageError`."""
    typed = vars(_parser().parse_args(arguments))
    command = typed.pop("command")
    for option in _OPTIONS:
        if option.name in typed and not option.is_for(command):
            raise UsageError(_misplaced(option))
    others = {option.name: option.unless_typed() for option in _OPTIONS if option.is_for(command)}
    return argparse.Namespace(command=command, **others | typed)


def _misplaced(option: _Option) -> str:
    if option.command == _CLIENT:
        return f"{option.flag} is for a window: {_PROGRAM} client {option.flag} ..."
    return f"{option.flag} is for the server: tell a window with --url where that is"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=_PROGRAM,
        usage=f"{_PROGRAM} [OPTIONS]\n       {_PROGRAM} client [OPTIONS]",
        description="Start the chat server, or with `client` a window to chat in.",
        epilog="Each option may also come from the environment variable named beside it.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=(_SERVER, _CLIENT),
        default=_SERVER,
        metavar="COMMAND",
        help="server, which may be left out, or client",
    )
    titles = {_SERVER: "of the server", _CLIENT: "of the window", None: "of both"}
    for command, title in titles.items():
        group = parser.add_argument_group(f"options {title}")
        for option in _OPTIONS:
            if option.command == command:
                _add(group, option)
    return parser


def _add(group: argparse._ArgumentGroup, option: _Option) -> None:
    default = f", default {option.default}" if option.default else ""
    group.add_argument(
        option.flag,
        type=_named(option.read),
        default=argparse.SUPPRESS,  # so that it is known what was typed
        metavar=option.name.upper(),
        help=f"{option.words} [{option.variable}]{default}",
    )


def _named(read: Callable[[str], _T]) -> Callable[[str], _T]:
    def checked(text: str) -> _T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError(f"{text!r} is no port: take a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError(f"{text!r} is no number of events: take 1 or more")
    return int(text)


def _synchronous(text: str) -> str:
    if text not in ("normal", "full"):
        raise ValueError(f"{text!r} is neither normal nor full")
    return text


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not 0 <= rate < float("inf"):
        raise ValueError(f"{text!r} is no rate: take a number of messages a second, 0 for no limit")
    return rate


def _journal(text: str) -> str:
    if not text.strip():
        raise ValueError("the journal needs a name: give a file, memory, or redis://...")
    return text


def _token(text: str) -> str:
    if not text.strip():
        raise ValueError("a token must not be empty")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/").lower() for part in text.split(",") if part.strip())
    for origin in origins:
        if not origin.startswith(("http://", "https://")):
            raise ValueError(f"{origin!r} is no origin: write it like https://chat.example.org")
    return origins


def _url(text: str) -> str:
    """Check what can be known before a window is there to show it. The window takes the rest."""
    try:
        parts = urlsplit(text if "://" in text else f"ws://{text}")
        is_one = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
    except ValueError:  # a port in letters, too, or half a bracket
        is_one = False
    if not is_one:
        raise ValueError(f"{text!r} is no address: write it like ws://localhost:8765")
    return text


_OPTIONS = (
    _Option("--host", DEFAULT_HOST, "name or address to listen on, '' for all", str, _SERVER),
    _Option("--port", DEFAULT_PORT, "port to listen on, 0 for any free one", _port, _SERVER),
    _Option(
        "--journal",
        DEFAULT_JOURNAL,
        "where history is kept: a file, memory, or redis://...",
        _journal,
        _SERVER,
    ),
    _Option("--history", Settings.history, "events that are kept", _count, _SERVER),
    _Option(
        "--synchronous",
        Settings.synchronous,
        "full, if the file is to lose nothing when the power fails",
        _synchronous,
        _SERVER,
    ),
    _Option(
        "--origin", (), "origins whose pages may connect, with commas between", _origins, _SERVER
    ),
    _Option(
        "--rate-limit",
        Settings.rate_limit,
        "messages a second, 0 for no limit",
        _rate,
        _SERVER,
    ),
    _Option("--tls-cert", None, "certificate chain (PEM), to serve wss://", Path, _SERVER),
    _Option("--tls-key", None, "its private key (PEM)", Path, _SERVER),
    _Option("--name", "", "who you want to be; asked for when left out", str, _CLIENT),
    _Option(
        "--url",
        f"ws://{DEFAULT_HOST}:{DEFAULT_PORT}",
        "where the server is, or its page",
        _url,
        _CLIENT,
    ),
    _Option("--token", None, "what clients must present to connect", _token),
)
