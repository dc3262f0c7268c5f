"""Who may come in: sockets, the page, and the checks before a WebSocket opens.

The one place that speaks HTTP. What a connection says once it is open is for the server.
"""

import asyncio
import hmac
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from chat.config import MAX_FRAME, Settings
from chat.connection import Connection
from chat.fanout import ChatConnection, WebSocketConnection
from chat.pages import PAGES, page
from chat.sockets import bind

Handler = Callable[[Connection], Awaitable[None]]

# At DEBUG the library logs request lines, and a browser's token stands in one.
_log = logging.getLogger("chat.websockets")
_log.setLevel(logging.WARNING)

# Who listens on every address says so by what is no address to connect to.
_TO_REACH_ALL = {"": "localhost", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # no binding
_METHODS = "GET", "HEAD"
_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Gate:
    """Listening sockets, and the peers behind them."""

    def __init__(self, settings: Settings, tls: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self.tls = tls
        self.url = ""
        self.is_shut = False
        self.transports: set[asyncio.Transport] = set()
        # For one read at a time, whoever's it is. TLS fills slices of it, which must be no copies.
        self.read_space = memoryview(bytearray(8 * MAX_FRAME))
        self._most = settings.max_connections + settings.max_handshakes
        self._admitted = 0
        self._servers: list[Server] = []
        self._handlers: set[asyncio.Task[None]] = set()
        self._accepting: set[asyncio.Task[None]] = set()  # asyncio's own, until TLS is agreed on

    @asynccontextmanager
    async def open(self, handler: Handler) -> AsyncIterator[None]:
        """Listen, and call `handler` with each connection that gets in.

        Binds every address of the host to one port; port 0 takes a free one. `url` tells the
        address. Raises OSError when an address cannot be bound. On the way out nobody is left
        connected, whatever the peers do.
        """
        async with AsyncExitStack() as stack:
            sockets = bind(self.settings.host, self.settings.port)
            for listener in sockets:
                stack.callback(listener.close)
            for listener in sockets:
                self._servers.append(await self._serve(listener, handler))
            self.url = self._url(sockets[0].getsockname()[1])
            try:
                yield
            finally:
                self.shut()
                for transport in list(self.transports):
                    transport.abort()
                for task in self._handlers | self._accepting:
                    task.cancel()
                for server in self._servers:
                    await server.wait_closed()

    @property
    def takes_no_more(self) -> bool:
        """Whether a connection that has just come in must go at once, without a word.

        After `shut`, since it was accepted at the very last moment; and when more wait for their
        handshake than may be, since they would use up the open files of the process.
        """
        return self.is_shut or len(self.transports) > self._most

    def shut(self) -> None:
        """Let nobody in any more. Those who are in stay."""
        self.is_shut = True
        for server in self._servers:
            server.close(close_connections=False)

    async def _serve(self, listener: socket.socket, handler: Handler) -> Server:
        settings = self.settings

        async def handle(websocket: ServerConnection) -> None:
            assert isinstance(websocket, ChatConnection)
            task = asyncio.current_task()
            assert task is not None
            self._handlers.add(task)
            try:
                await handler(WebSocketConnection(websocket, settings.close_grace))
            finally:
                self._handlers.discard(task)

        return await serve(
            handle,
            sock=listener,
            backlog=settings.backlog,
            ssl=self.tls,
            process_request=self._process_request,
            create_connection=self._create_connection,  # type: ignore[arg-type]  # a factory does
            compression=None,
            max_size=MAX_FRAME,
            write_limit=settings.drop_limit,
            open_timeout=settings.open_timeout,
            ping_interval=settings.ping_interval,
            ping_timeout=settings.ping_timeout,
            close_timeout=settings.close_grace,
            server_header=None,
            logger=_log,
        )

    def _create_connection(self, *args: Any, **options: Any) -> ServerConnection:
        connection = ChatConnection(*args, **options)
        connection.gate = self
        # Where asyncio has such a task, nothing else ends a TLS handshake that hangs.
        if (accepting := asyncio.current_task()) is not None:  # pragma: no branch  # on Windows
            self._accepting.add(accepting)
            accepting.add_done_callback(self._accepting.discard)
            # No transport yet, but an open file: those count too.
            if self.tls is not None and len(self.transports) + len(self._accepting) > self._most:
                accepting.cancel()
        return connection

    def _url(self, port: int) -> str:
        host = _TO_REACH_ALL.get(self.settings.host, self.settings.host)
        host = f"[{host}]" if ":" in host else host
        return f"{'wss' if self.tls else 'ws'}://{host}:{port}"

    # --- HTTP ---

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.method not in _METHODS:
            response = connection.respond(
                HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD here.\n"
            )
            response.headers["Allow"] = ", ".join(_METHODS)
            return response
        answer = self._answer(connection, request)
        if answer is not None and request.method == "HEAD":
            answer.body = b""  # the headers are those of a GET (RFC 9110, section 9.3.2)
        return answer

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        path, _, rest = request.path.partition("?")
        query = parse_qs(rest, keep_blank_values=True)
        if path == "/healthz":
            refusal = self._refusal(request, query) if "token" in query else None
            return connection.respond(*(refusal or (HTTPStatus.OK, "ok\n")))
        if path == "/" and _upgrades(request):
            refusal = self._refusal(request, query)
            if refusal is None:
                self._admit(connection)
            return None if refusal is None else connection.respond(*refusal)
        if path in PAGES:
            return page(path)
        return connection.respond(HTTPStatus.NOT_FOUND, "There is nothing here.\n")

    def _refusal(
        self, request: Request, query: dict[str, list[str]]
    ) -> tuple[HTTPStatus, str] | None:
        if self.settings.token is not None and not self._has_token(request, query):
            return HTTPStatus.UNAUTHORIZED, "This chat needs a token: missing or wrong.\n"
        if not self._is_from_our_page(request):
            return HTTPStatus.FORBIDDEN, "Pages from this origin may not connect.\n"
        if self._admitted >= self.settings.max_connections:
            return HTTPStatus.SERVICE_UNAVAILABLE, "The chat is full, please try again later.\n"
        return None

    def _has_token(self, request: Request, query: dict[str, list[str]]) -> bool:
        assert self.settings.token is not None
        # As bytes: hmac compares strings only where they are ASCII.
        given = [token.encode() for token in query.get("token", ())]
        for header in request.headers.get_all("Authorization"):
            scheme, _, credentials = header.partition(" ")
            if scheme.lower() == "bearer":
                # The library reads headers as Latin-1, and what was sent may have been UTF-8.
                credentials = credentials.strip()
                given += [credentials.encode(), credentials.encode("latin-1")]
        expected = self.settings.token.encode(errors="surrogateescape")
        matches = [hmac.compare_digest(token, expected) for token in given]
        return any(matches)

    def _is_from_our_page(self, request: Request) -> bool:
        hosts = request.headers.get_all("Host")
        host = hosts[0] if hosts else ""
        origins = request.headers.get_all("Origin")
        if origins or _upgrades(request):
            return all(self._is_ours(origin, host) for origin in origins)
        # A page that asks its own server how a handshake would end sends no Origin, as those do.
        return any(self._is_ours(f"{scheme}://{host}", host) for scheme in ("http", "https"))

    def _is_ours(self, origin: str, host: str) -> bool:
        """Whether pages from `origin` may connect: ours, or one that the operator named.

        Our own is recognised by the Host that the browser was sent to; a name there proves nothing,
        since DNS may be made to point it here, so it must be an address or localhost.
        """
        if origin.rstrip("/").lower() in self.settings.origins:
            return True
        try:
            theirs = urlsplit(origin)
            ours = urlsplit(f"{theirs.scheme}://{host}")
            same = theirs.scheme in ("http", "https") and _place(theirs) == _place(ours)
        except ValueError:  # not a URL, or a port that is none
            return False
        return same and _is_fixed(theirs.hostname or "")

    def _admit(self, connection: ServerConnection) -> None:
        def leave(_: object) -> None:
            self._admitted -= 1

        self._admitted += 1
        connection.connection_lost_waiter.add_done_callback(leave)


def _upgrades(request: Request) -> bool:
    upgrades = map(str.lower, request.headers.get_all("Upgrade"))
    return request.method == "GET" and "websocket" in upgrades


def _place(url: SplitResult) -> tuple[str | None, int | None]:
    return url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme)


def _is_fixed(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
