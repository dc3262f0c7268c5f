"""How a client reaches a server. In which words it tells that it could not stands in `words`."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Literal, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidURI
from websockets.frames import CloseCode

from chat.config import (
    CLOSE_TIMEOUT,
    FIRST_DELAY,
    JOIN_TIMEOUT,
    LONGEST_DELAY,
    MAX_REPLY,
    OPEN_TIMEOUT,
    SEND_TIMEOUT,
)
from chat.messages import ClientMessage, Code, Error, Join, ProtocolError, Welcome
from chat.outcomes import NotConnected, Refused
from chat.protocol import create_message, parse_reply
from chat.sockets import is_loopback
from chat.words import not_connected, not_opened, not_understood


class Link(Protocol):
    """What a client needs of a WebSocket connection.

    `send` and `recv` raise `websockets.exceptions.ConnectionClosed` once it is closed; what came
    before the end is received first.
    """

    async def send(self, message: str) -> None:
        """Send one text frame."""

    async def recv(self) -> str | bytes:
        """Wait for the next frame."""

    async def close(self) -> None:
        """Say goodbye and let go, in bounded time. Closing twice is harmless."""


class WebSocketLink(ClientConnection):
    """The library's connection, but with an end to every close: its own waits for a stuck peer."""

    async def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await super().close(code, reason)
        except TimeoutError:
            pass  # the server had its time
        finally:
            self.transport.abort()


async def open_link(url: str, token: str | None) -> Link:
    """Connect to the server at `url`. Raises `NotConnected` in words."""
    try:
        # A proxy is no way to this very machine.
        proxy: Literal[True] | None = None if is_loopback(urlsplit(url).hostname or "") else True
        return await connect(
            url,
            proxy=proxy,
            additional_headers={} if token is None else {"Authorization": _bearer(token)},
            compression=None,
            user_agent_header=None,
            open_timeout=OPEN_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
            max_size=MAX_REPLY,
            create_connection=WebSocketLink,
        )
    except (InvalidHandshake, InvalidProxy, InvalidURI, OSError, ValueError, ImportError) as error:
        raise not_opened(url, error) from error


async def introduce(link: Link, join: Join) -> Welcome:
    """Join over `link` and return the welcome. Raises `Refused`, or `NotConnected` in words."""
    try:
        async with asyncio.timeout(JOIN_TIMEOUT):
            await send(link, join)
            answer = parse_reply(await link.recv())
    except ConnectionClosed as closed:
        raise not_connected(closed) from closed
    except ProtocolError as error:
        raise not_understood(error) from error
    except TimeoutError as error:
        raise NotConnected("the server does not answer as a chat does") from error
    if isinstance(answer, Error):
        raise Refused(answer.code, answer.detail)
    if not isinstance(answer, Welcome):
        words = f"{answer.type} came before the welcome"
        raise not_understood(ProtocolError(Code.BAD_MESSAGE, words))
    return answer


async def send(link: Link, message: ClientMessage) -> None:
    """Send `message`. Where that fails `link` is closed: whoever reads from it finds out too."""
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            with contextlib.suppress(ConnectionClosed):
                await link.send(create_message(message))
    except TimeoutError:
        await link.close()


def backoff(rng: Callable[[], float]) -> Iterator[float]:
    """Yield the seconds to wait before each attempt. They double, up to the longest.

    Each is shorter by up to a half, as `rng` has it (from 0 to 1): or else all clients would come
    back to a server at once.
    """
    delay = FIRST_DELAY
    while True:
        yield delay * (1 + rng()) / 2
        delay = min(2 * delay, LONGEST_DELAY)


def _bearer(token: str) -> str:
    # Headers are written in Latin-1 (RFC 9110, section 5.5), and the server reads UTF-8 in them.
    return f"Bearer {token.encode(errors='surrogateescape').decode('latin-1')}"
