"""The options of the command line, each also from an environment variable.

Reading and checking only: what is done with them stands in `__main__`.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from chat.config import DEFAULT_HOST, DEFAULT_JOURNAL, DEFAULT_PORT, Settings

_T = TypeVar("_T")


class UsageError(Exception):
    """The program cannot do what it was asked to. The words say why, and what to do."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see python -m chat --help)")


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; `command` is `server` or `client`. Raises `UsageError`."""
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m chat",
        description="Start the chat server, or with `client` a window to chat in.",
        epilog="Each option may also come from the environment variable named beside it.",
    )
    parser.set_defaults(command="server")
    _add(parser, "--host", DEFAULT_HOST, "name or address to listen on")
    _add(parser, "--port", DEFAULT_PORT, "port to listen on, 0 for any free one", _port)
    _add(
        parser,
        "--journal",
        DEFAULT_JOURNAL,
        "where history is kept: a file, memory, or redis://...",
    )
    _add(parser, "--history", Settings.history, "events that are kept", _count)
    _add(parser, "--token", None, "what clients must present to connect", _token)
    _add(parser, "--origin", (), "origins whose pages may connect, with commas between", _origins)
    _add(parser, "--rate-limit", Settings.rate_limit, "messages a second, 0 for no limit", _rate)
    _add(parser, "--tls-cert", None, "certificate chain (PEM), to serve wss://", Path)
    _add(parser, "--tls-key", None, "its private key (PEM)", Path)

    commands = parser.add_subparsers(metavar="COMMAND")
    client = commands.add_parser("client", help="open a window to chat in")
    client.set_defaults(command="client")
    _add(client, "--name", "", "who you want to be; asked for in the window when left out")
    _add(client, "--url", f"ws://{DEFAULT_HOST}:{DEFAULT_PORT}", "where the server is")
    _add(client, "--token", None, "what the server asks for, where it does", _token)
    return parser


def _add(
    parser: argparse.ArgumentParser,
    flag: str,
    default: object,
    words: str,
    read: Callable[[str], object] = str,
) -> None:
    variable = "CHAT_" + flag.removeprefix("--").replace("-", "_").upper()
    # argparse reads a default with `type` when it is a string, so both ways are checked alike.
    parser.add_argument(
        flag,
        type=_named(read),
        default=os.environ.get(variable, default),
        metavar=variable.removeprefix("CHAT_"),
        help=f"{words} [{variable}]" + (f", default {default}" if default else ""),
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


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not 0 <= rate < float("inf"):
        raise ValueError(f"{text!r} is no rate: take a number of messages a second, 0 for no limit")
    return rate


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
