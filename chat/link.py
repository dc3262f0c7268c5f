"""How a client reaches a server, and in which words it tells that it could not."""

import asyncio
import contextlib
import ssl
from typing import Literal, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
)
from websockets.frames import CloseCode

from chat.config import JOIN_TIMEOUT
from chat.messages import ClientMessage, Code, Error, Join, ProtocolError, Welcome
from chat.outcomes import NotConnected, Refused
from chat.protocol import create_message, parse_reply
from chat.sockets import is_loopback


class Link(Protocol):
    """What a client needs of a WebSocket connection; that of `websockets` has it.

    `send` and `recv` raise `websockets.exceptions.ConnectionClosed` once it is closed.
    """

    async def send(self, message: str) -> None:
        """Send one text frame."""

    async def recv(self) -> str | bytes:
        """Wait for the next frame."""

    async def close(self) -> None:
        """Say goodbye, in bounded time."""


async def open_link(url: str, token: str | None) -> Link:
    """Connect to the server at `url`. Raises `NotConnected` in words."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        # A proxy is no way to this very machine.
        proxy: Literal[True] | None = None if is_loopback(urlsplit(url).hostname or "") else True
        return await connect(
            url,
            proxy=proxy,
            additional_headers=headers,
            compression=None,
            user_agent_header=None,
            open_timeout=10,
            close_timeout=2,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        words = _STATUS_WORDS.get(status, f"{url} answers, but is no chat (HTTP status {status})")
        raise NotConnected(words, is_final=status != 503) from error
    except (InvalidURI, ValueError) as error:
        words = f"{url} is no address: write it like ws://localhost:8765"
        raise NotConnected(words, is_final=True) from error
    except ssl.SSLCertVerificationError as error:
        words = f"the certificate of {url} is not trusted: {error.verify_message}"
        raise NotConnected(words, is_final=True) from error
    except InvalidHandshake as error:
        raise NotConnected(f"{url} answers, but is no chat", is_final=True) from error
    except (OSError, EOFError, TimeoutError, InvalidProxy) as error:
        raise NotConnected(f"no server answers at {url}") from error


async def introduce(link: Link, join: Join) -> Welcome:
    """Join over `link` and return the welcome. Raises `Refused`, or `NotConnected` in words."""
    try:
        async with asyncio.timeout(JOIN_TIMEOUT):
            await send(link, join)
            answer = parse_reply(await link.recv())
            if isinstance(answer, Error):
                raise Refused(answer.code, answer.detail)
            if not isinstance(answer, Welcome):
                raise ProtocolError(Code.BAD_MESSAGE, f"{answer.type} came before the welcome")
            return answer
    except (ConnectionClosed, ProtocolError, TimeoutError) as error:
        raise NotConnected(f"the server does not answer as a chat does: {error}") from error


async def send(link: Link, message: ClientMessage) -> None:
    """Send `message`, or nothing when `link` is closed: whoever reads from it finds out too."""
    with contextlib.suppress(ConnectionClosed):
        await link.send(create_message(message))


def words_for(closed: ConnectionClosed) -> tuple[str, bool]:
    """Return why a connection ended, and whether that is for good."""
    if closed.rcvd is None:
        return "the connection was lost", False
    if closed.rcvd.code == CloseCode.POLICY_VIOLATION:
        return closed.rcvd.reason or "the server refuses to go on", True
    return _CLOSE_WORDS.get(closed.rcvd.code, "the connection was closed"), False


_STATUS_WORDS = {
    401: "this chat needs a token, and the one given is missing or wrong",
    403: "this chat does not let pages from here in",
    503: "the chat is full or about to stop",
}
_CLOSE_WORDS: dict[int, str] = {
    CloseCode.GOING_AWAY: "the server stopped",
    CloseCode.SERVICE_RESTART: "the server starts again",
    CloseCode.TRY_AGAIN_LATER: "the messages came faster than they were read",
    CloseCode.INTERNAL_ERROR: "the server had an error",
}
