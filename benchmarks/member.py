"""A member that costs little: the load must not be what is measured.

It speaks WebSocket by hand (RFC 6455, section 5.2), reads nothing but frame headers and the first
bytes of a message, and shares no code with any server.
"""

import asyncio
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Sequence

WAIT = 60.0  # seconds for whatever must come
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_MESSAGE = b'{"type":"message"'
_WELCOME = b'{"type":"welcome"'
_TEXT = b'"text":"'
_CLOSE, _PING, _PONG = 8, 9, 10
_MASK = b"\0\0\0\0"  # masked, as a client's frames must be, with the mask that changes nothing
_SPACE = bytearray(256 * 1024)  # what was read last, of whoever read last


class Member(asyncio.BufferedProtocol):
    """One connection that counts the messages it hears.

    `delays` gets the seconds that each message took, where the text begins with when it was sent
    and somebody asked for it with `keep_delays`. `on_news` is called after each read.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard = 0
        self.delays: list[float] = []
        self.keep_delays = False
        self.close_code: int | None = None
        self.is_lost = False
        self.on_news: Callable[[], None] = lambda: None
        loop = asyncio.get_running_loop()
        self.joined: asyncio.Future[None] = loop.create_future()
        self._rest = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(UPGRADE)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(f"{self.name} was not let in"))
        self.on_news()

    def get_buffer(self, sizehint: int) -> bytearray:
        return _SPACE

    def buffer_updated(self, nbytes: int) -> None:
        data = self._rest + bytes(memoryview(_SPACE)[:nbytes])
        if not self._upgraded:
            head, blank, data = data.partition(b"\r\n\r\n")
            if not blank:
                self._rest = head
                return
            self._upgraded = head.startswith(b"HTTP/1.1 101")
            self.send({"type": "join", "name": self.name})
        self._rest = self._read(data)
        self.on_news()

    def _read(self, data: bytes) -> bytes:
        """Take in whole frames, and return what is left over."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4]), 4
            elif size == 127:
                size, head = int.from_bytes(data[at + 2 : at + 10]), 10
            start = at + head
            if start + size > end:
                break
            if data.startswith(_MESSAGE, start):
                self.heard += 1
                if self.keep_delays:
                    self._time(data, start)
            elif data[at] & 15 == _CLOSE:
                self.close_code = int.from_bytes(data[start : start + 2])
            elif data[at] & 15 == _PING:
                pong = struct.pack("!BB", 0x80 | _PONG, 0x80 | size) + _MASK
                self.transport.write(pong + data[start : start + size])
            elif not self.joined.done() and data.startswith(_WELCOME, start):
                self.joined.set_result(None)
            at = start + size
        return data[at:]

    def _time(self, data: bytes, start: int) -> None:
        at = data.index(_TEXT, start) + len(_TEXT)
        self.delays.append(time.perf_counter() - float(data[at : at + 16]))

    def send(self, message: dict[str, object]) -> None:
        """Send one message at once."""
        self.transport.write(_frame(message))

    def say(self, times: int = 1, size: int = 60, fill: str = "x") -> None:
        """Say when it is, filled up to so many characters; several times in one write."""
        text = f"{time.perf_counter():016.6f}".ljust(size, fill)
        frame = _frame({"type": "message", "text": text})
        self.transport.write(frame * times)


def _frame(message: dict[str, object]) -> bytes:
    payload = json.dumps(message, separators=(",", ":")).encode()
    size = len(payload)
    head = (
        struct.pack("!BB", 0x81, 0x80 | size)
        if size < 126
        else struct.pack("!BBH", 0x81, 0xFE, size)
    )
    return head + _MASK + payload


async def join(port: int, names: Sequence[str], at_once: int = 50) -> list[Member]:
    """Let members join, `at_once` at a time; raise if one is not let in."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(at_once)

    async def enter(name: str) -> Member:
        async with gate:
            _, member = await loop.create_connection(lambda: Member(name), "127.0.0.1", port)
            await member.joined
            return member

    async with asyncio.timeout(WAIT):
        return await asyncio.gather(*map(enter, names))


async def everybody_heard(members: Sequence[Member], count: int) -> None:
    """Wait until each of `members` has heard `count` messages, or is lost."""
    news = asyncio.Event()
    for member in members:
        member.on_news = news.set
    async with asyncio.timeout(WAIT):
        for member in members:
            while member.heard < count and not member.is_lost:
                news.clear()
                await news.wait()
    for member in members:
        member.on_news = lambda: None


def leave(members: Sequence[Member]) -> None:
    """Let all go at once."""
    for member in members:
        member.transport.abort()


def allow_many_files() -> None:
    """Let this process have a connection for each of some thousand members."""
    if os.name == "posix":
        import resource  # noqa: PLC0415  # POSIX alone has it

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def read_little(member: Member) -> None:
    """Let `member` read nothing more, behind a small window."""
    found = member.transport.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    member.transport.pause_reading()
