"""What stands around a ChatServer in the mocked tier, all in memory: copy what you need.

A fake keeps the promises of what it stands for: the suite in connection_contract.py runs against
FakeConnection and against the real one. No wait in here is for a time, and none is without end.
"""

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager

from chat.config import Settings
from chat.connection import Connection
from chat.gate import Gate
from chat.journal.memory import MemoryJournal
from chat.messages import Join, Say
from chat.protocol import create_message
from tests.conftest import WAIT

_LINES = {
    "welcome": "welcome {name}",
    "join": "{name} joined",
    "leave": "{name} left",
    "message": "{name}: {text}",
    "action": "* {name} {text}",
    "whisper": "{name} to {to}: {text}",
    "members": "here: {members}",
    "notice": "notice: {text}",
    "history": "history: {events}",
    "error": "error {code}",
}


class FakeConnection(Connection):
    """A connection whose peer is the test: what it `says` goes in, what it `hears` comes out."""

    def __init__(self):
        self.closed_with = None  # the code and reason that the peer was told
        self.welcome = None  # as a dictionary, once it came to somebody whom a Chat let in
        self._frames = deque()  # from the peer
        self._texts = deque()  # to the peer
        self._room = None  # bytes that may yet pile up, once the peer has stopped reading
        self._is_open = True
        self._change = asyncio.Event()

    # What the peer does

    def joins(self, name, **more):
        self.sends(create_message(Join(name, **more)))

    def says(self, text, ref=None):
        self.sends(create_message(Say(text, ref)))

    def sends(self, frame):
        """Send any frame, a wrong one too."""
        if self._is_open:
            self._frames.append(frame)
            self._change.set()

    def leaves(self):
        if self._is_open:
            self._end()

    def stops_reading(self, room=0):
        """Read nothing more. Once more than `room` bytes wait for it, the peer is dropped."""
        self._room = room

    # What the peer notices

    async def hears(self):
        """Wait for the next message, and tell it as a line: `ada: hello`, `bob left`."""
        return _line(await self.receives())

    async def receives(self):
        """Wait for the next message, and tell it as a dictionary."""
        await self._until(lambda: self._texts or not self._is_open)
        if not self._texts:
            raise EOFError(f"closed with {self.closed_with}, and nothing is left to hear")
        return json.loads(self._texts.popleft())

    @property
    def heard(self):
        """The lines that came and were not waited for, without waiting."""
        return [_line(json.loads(text)) for text in self._texts]

    def forgets(self):
        """Begin afresh: `heard` is empty."""
        self._texts.clear()

    async def ends(self):
        """Wait until the connection is closed, and tell with which code and reason."""
        await self._until(lambda: not self._is_open)
        return self.closed_with

    # What the server does: see chat.connection

    @property
    def is_open(self):
        return self._is_open

    async def __aiter__(self):
        while self._frames or self._is_open:
            if self._frames:
                yield self._frames.popleft()
            else:
                self._change.clear()
                await self._change.wait()

    def deliver(self, burst):
        if self._is_open and self._room is None:
            self._texts.extend(burst.texts)
            self._change.set()
        elif self._is_open:
            self._room -= len(burst.wire)
            if self._room < 0:
                self._end(1013, "you read too slowly")
        return self._is_open

    async def close(self, code, reason):
        if self._is_open:
            self._end(code, reason)

    def _end(self, *closed_with):
        self._is_open = False
        self.closed_with = closed_with or None
        self._change.set()

    async def _until(self, condition):
        async with asyncio.timeout(WAIT):
            while not condition():
                self._change.clear()
                await self._change.wait()


class FakeGate(Gate):
    """Listens to nothing: the test lets connections in. Raises at the end what a handler raised."""

    def __init__(self):
        super().__init__(Settings())
        self.was_shut = asyncio.Event()
        self._inside = {}  # connections and the tasks that handle them

    @asynccontextmanager
    async def open(self, handler):
        self._handler = handler
        try:
            yield
        finally:
            self.shut()
            for connection, task in self._inside.items():
                connection.leaves()
                task.cancel()
            await self._finish()

    def shut(self):
        super().shut()
        self.was_shut.set()

    def lets_in(self):
        """Return a connection that the server handles from now on."""
        if self.is_shut:
            raise ConnectionRefusedError
        connection = FakeConnection()
        self._inside[connection] = asyncio.create_task(self._handle(connection))
        return connection

    async def _handle(self, connection):
        try:
            await self._handler(connection)
        finally:
            connection.leaves()

    async def _finish(self):
        results = await asyncio.gather(*self._inside.values(), return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                raise error


class FakeClock:
    """Time that stands still until the test moves it: `clock()` tells it, in seconds."""

    def __init__(self, now=0.0):
        self.now = now
        self._asked = asyncio.Queue()
        self._moved = asyncio.Event()

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        """Take the place of asyncio.sleep: it lets others run, and ends when its time has come."""
        until = self.now + seconds
        self._asked.put_nowait(seconds)
        await asyncio.sleep(0)
        while self.now < until:
            await self._moved.wait()

    def advance(self, seconds):
        """Let so much time pass: who sleeps no longer than that wakes."""
        self.now += seconds
        self._moved.set()
        self._moved.clear()

    async def next_sleep(self):
        """Wait until somebody sleeps, let that time pass, and tell how long it was."""
        async with asyncio.timeout(WAIT):
            seconds = await self._asked.get()
        self.advance(seconds)
        return seconds


class HeldJournal(MemoryJournal):
    """A journal that, from `hold` to `release`, takes events in and stores none."""

    def __init__(self):
        super().__init__()
        self.held = deque()  # events with their futures
        self._holds = False
        self._taken = asyncio.Event()

    def hold(self):
        self._holds = True

    def append(self, event):
        if not self._holds:
            return super().append(event)
        future = asyncio.get_running_loop().create_future()
        self.held.append((event, future))
        self._taken.set()
        return future

    async def holds(self, count):
        """Wait until so many events are held."""
        async with asyncio.timeout(WAIT):
            while len(self.held) < count:
                self._taken.clear()
                await self._taken.wait()

    def store(self):
        """Store the oldest event that is held."""
        event, future = self.held.popleft()
        stored = super().append(event).result()
        if not future.cancelled():
            future.set_result(stored)

    def release(self):
        """Store all that is held, and hold no more."""
        self._holds = False
        while self.held:
            self.store()


def _line(message):
    return _LINES[message["type"]].format(**message)
