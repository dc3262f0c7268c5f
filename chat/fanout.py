"""Frame once, write once per connection: the fast path, and what becomes of slow readers.

Nothing here knows what a message means. The server collects what a batch of events sends in a
`Batch`; `WebSocketConnection` puts it on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Set
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CTRL_OPCODES, CloseCode
from websockets.frames import Frame as WebSocketFrame
from websockets.protocol import Event, State

from chat.connection import Burst, Connection, Frame
from chat.throttle import TokenBucket

if TYPE_CHECKING:
    from chat.gate import Gate


class Batch:
    """What goes out together: the same frames for all `members`, and for some a few more.

    `members` is live: who joins or leaves while the batch is filled hears what comes after.
    """

    def __init__(self, members: Set[Connection], most_bytes: int) -> None:
        self._members = members
        self._most_bytes = most_bytes
        self.closed: set[Connection] = set()  # found closed, or dropped, by a flush
        self._clear()

    def everyone(self, frame: Frame) -> None:
        """Send `frame` to every member."""
        self._shared.append(frame)
        for connection, own in self._own.items():
            if connection in self._members:
                own.append(frame)
        self._bytes += len(frame.wire)
        if self._bytes >= self._most_bytes:
            self.flush()

    def only(self, connection: Connection, frame: Frame) -> None:
        """Send `frame` to `connection` alone, in order with what else it gets."""
        if connection not in self._own:
            member = connection in self._members
            self._own[connection] = list(self._shared) if member else []
        self._own[connection].append(frame)

    def admit(self, connection: Connection, frames: Iterable[Frame]) -> None:
        """Begin with `frames` for a connection that has just become a member."""
        self._own[connection] = list(frames)

    def flush(self) -> None:
        """Write everything collected, in one write to each connection that gets anything."""
        if self._shared:
            shared = Burst(self._shared)
            for connection in self._members - self._own.keys():
                if not connection.deliver(shared):
                    self.closed.add(connection)
        for connection, own in self._own.items():
            if not connection.deliver(Burst(own)):
                self.closed.add(connection)
        self._clear()

    def _clear(self) -> None:
        self._shared: list[Frame] = []
        self._own: dict[Connection, list[Frame]] = {}
        self._bytes = 0


class ChatConnection(ServerConnection, asyncio.BufferedProtocol):
    """The library's connection, dropped by the transport's own signal when its peer is slow.

    The write limit is the drop limit, so `pause_writing` means: so many bytes wait for this peer.
    It comes for chat frames and for pongs alike, and so also for a peer that floods pings.

    All connections of a gate read into the same memory. asyncio by itself asks for 256 KiB at each
    read, and the C library may take them from the system each time: that costs more than the read.
    """

    # Slots, so that what a delivery looks at lies together. Of many connections nothing is in the
    # processor's cache any more when their turn comes: each place to look at costs.
    __slots__ = ("controls", "dropped", "gate", "is_open")

    gate: Gate
    is_open: bool

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.dropped = False
        settings = self.gate.settings
        self.controls = TokenBucket(settings.rate_limit, settings.burst)
        self.gate.transports.add(self.transport)
        if self.gate.takes_no_more:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.is_open = False
        self.gate.transports.discard(self.transport)

    def send_data(self) -> None:
        # The library ends each step of its protocol with this, before anything else can happen.
        self.is_open = self.protocol.state is State.OPEN
        super().send_data()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.dropped = True
        self.transport.pause_reading()
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(CloseCode.TRY_AGAIN_LATER, "you read too slowly")
            self.send_data()
        # close() would wait for a buffer that may never empty: this does not.
        self.loop.call_later(self.gate.settings.drop_grace, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        # It reads on after all: let it answer the close.
        self.dropped = False
        self.transport.resume_reading()

    def process_event(self, event: Event) -> None:
        # The library answers pings by itself, so a flood of them must be stopped here.
        super().process_event(event)
        is_control = isinstance(event, WebSocketFrame) and event.opcode in CTRL_OPCODES
        if not is_control or self.protocol.state is not State.OPEN:
            return
        if not self.controls.take(self.loop.time()):
            self.protocol.fail(CloseCode.POLICY_VIOLATION, "too many pings")
            self.send_data()
            self.loop.call_later(self.gate.settings.drop_grace, self.transport.abort)

    def get_buffer(self, _: int) -> memoryview:
        return self.gate.read_space

    def buffer_updated(self, nbytes: int) -> None:
        if not self.dropped:  # the library may resume reading; nothing more is taken in
            self.data_received(bytes(self.gate.read_space[:nbytes]))


class WebSocketConnection(Connection):
    """A websockets connection as the server sees it."""

    __slots__ = ("_close_grace", "_transport", "_websocket")

    def __init__(self, websocket: ChatConnection, close_grace: float) -> None:
        self._websocket = websocket
        self._transport = websocket.transport
        self._close_grace = close_grace

    @property
    def is_open(self) -> bool:
        return self._websocket.is_open

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            while True:
                yield await self._websocket.recv()
        except ConnectionClosed:
            return

    def deliver(self, burst: Burst) -> bool:
        # Past the library, so only whole frames, and only while it would write itself.
        websocket = self._websocket
        if websocket.is_open:
            self._transport.write(burst.wire)
        return websocket.is_open

    async def close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(self._close_grace):
                await self._websocket.close(code, reason)
        except TimeoutError:
            pass  # the peer had its time
        finally:
            self._websocket.transport.abort()
