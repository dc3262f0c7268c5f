"""A journal that forgets everything when the process ends."""

import asyncio
import secrets
from collections import deque
from itertools import islice

from chat.config import Settings
from chat.events import Event
from chat.journal import Journal, JournalError, Snapshot, fold, slack


class MemoryJournal(Journal):
    """Keeps events in a deque. Appending never waits."""

    def __init__(self, history: int = Settings.history) -> None:
        super().__init__(history)
        self.identity = secrets.token_hex(8)
        self._events: deque[Event] = deque()
        self._room = fold(None, ())  # before these events
        self._closed = False

    def append(self, event: Event) -> asyncio.Future[Event]:
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_exception(JournalError("the journal is closed"))
            return future
        self.newest += 1
        stored = event.stored(self.newest)
        self._events.append(stored)
        self._publish([stored])
        future.set_result(stored)
        if len(self._events) > self.history + slack(self.history):
            self._trim()
        return future

    async def snapshot(self) -> Snapshot:
        hidden = await self._read(self._trimmed, self.oldest - 1 - self._trimmed)
        return Snapshot(self.oldest - 1, fold(self._room, hidden))

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._publish(None)

    async def _read(self, after: int, limit: int) -> list[Event]:
        if self._closed:
            raise JournalError("the journal is closed")
        skipped = max(after - self._trimmed, 0)
        return list(islice(self._events, skipped, skipped + limit))

    def _trim(self) -> None:
        old = [self._events.popleft() for _ in range(len(self._events) - self.history)]
        self._room = fold(self._room, old)
        self._trimmed = old[-1].id
