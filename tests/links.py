"""What stands around a ChatClient in the mocked tier: the other end of its connections.

    link = FakeLink(welcome(), heard(1, "bob", "hi"))
    async with client_of(link) as ada:
        link.says(heard(2, "bob", "you there?"))

FakeLink keeps the promises in link_contract.py, as the real one does.
"""

import asyncio
import json
from collections import deque
from contextlib import aclosing

from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close

from chat.client import ChatClient
from chat.link import Link
from chat.messages import Heard, Welcome
from chat.protocol import create_message
from tests.conftest import WAIT


class FakeLink(Link):
    """One connection of a client. The test is the server, and may say something beforehand."""

    def __init__(self, *messages):
        self.is_closed = False  # by the client
        self._frames = deque()  # to the client
        self._news = asyncio.Event()
        self._sent = asyncio.Queue()
        self._flows = asyncio.Event()
        self._flows.set()
        self._end = None
        self.says(*messages)

    async def send(self, message):
        if self._end is not None:
            raise self._end()
        self._sent.put_nowait(message)
        await self._flows.wait()

    async def recv(self):
        while not self._frames:
            if self._end is not None:
                raise self._end()
            self._news.clear()
            await self._news.wait()
        return self._frames.popleft()

    async def close(self):
        self.is_closed = True
        self.closes(1000)

    # --- The other end ---

    def says(self, *messages):
        """Send messages, or what is none: a str or bytes goes out as it is."""
        for message in messages:
            is_raw = isinstance(message, str | bytes)
            self._frames.append(message if is_raw else create_message(message))
        self._news.set()

    async def hears(self, *types):
        """Return the client's next message of one of these types, or just the next one."""
        async with asyncio.timeout(WAIT):
            while True:
                message = json.loads(await self._sent.get())
                if not types or message["type"] in types:
                    return message

    def echoes(self, said, id):
        """Say what a server says when it has stored `said`, a message of ada's."""
        self.says(heard(id, "ada", said["text"], ref=said["ref"]))

    def closes(self, code, reason=""):
        """Say goodbye with a close code (RFC 6455, section 7.4)."""
        close = Close(code, reason)
        closed = ConnectionClosedOK if code in (1000, 1001) else ConnectionClosedError
        self.ends(lambda: closed(close, close, rcvd_then_sent=True))

    def vanishes(self):
        """Be gone without a word."""
        self.ends(lambda: ConnectionClosedError(None, None))

    def stops_reading(self):
        """Hang: what the client sends goes nowhere, and it waits."""
        self._flows.clear()

    def ends(self, closed):
        """Let the client find `closed()` from now on. The first end counts."""
        self._end = self._end or closed
        self._news.set()
        self._flows.set()


class Script:
    """Connects a client: to one link after the other, or raises what stands in its place."""

    def __init__(self, *items):
        self.addresses = []  # URL and token, each time
        self.is_over = asyncio.Event()  # a client asked for one more, and waits for ever
        self._items = iter(items)

    async def connect(self, url, token):
        self.addresses.append((url, token))
        item = next(self._items, None)
        if item is None:
            self.is_over.set()
            await asyncio.Event().wait()
        if isinstance(item, Exception):
            raise item
        return item


async def no_time(seconds):
    """Take the place of asyncio.sleep: it is over at once."""
    await asyncio.sleep(0)


def client_of(*items, **options):
    """Return a client called ada that the script `items` connects, and that never waits long."""
    options = {"connect": Script(*items).connect, "sleep": no_time, "rng": lambda: 1.0} | options
    return ChatClient("ws://chat.example", "ada", **options)


def welcome(name="ada", *, id=99, oldest=1, journal="journal", session="secret"):
    """Return the welcome to a room with nobody else in it.

    No event that a test tells of is later than the event `id`, unless it comes after the replay.
    """
    return Welcome(name, (name,), id, oldest, journal, session)


def heard(id, name="bob", text="hi", *, ref=None):
    """Return what everybody hears when a message was stored."""
    return Heard("message", id, 0.0, name, text=text, ref=ref)


async def next_of(kind, client):
    """Iterate over a client's events to the next of a kind, and return it."""
    async with asyncio.timeout(WAIT), aclosing(aiter(client)) as events:
        async for event in events:
            if isinstance(event, kind):
                return event
    raise AssertionError(f"the client ended without {kind}")


async def ids_heard(client, count):
    """Return the ids of the next `count` events that were heard."""
    return [(await next_of(Heard, client)).id for _ in range(count)]


async def soon(waiting):
    """Wait for a task or a coroutine, no longer than WAIT."""
    async with asyncio.timeout(WAIT):
        return await waiting
