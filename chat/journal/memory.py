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
        self._snapshot = Snapshot(0, fold(None, ()))
        self._closed = False

    def append(self, event: Event) -> asyncio.Future[Event]:
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_exception(JournalError("the journal is closed"))
            return future
        self.newest += 1
        stored = event.stored(self.newest)
        self._events.append(stored)
        self._trim()
        self._publish([stored])
        future.set_result(stored)
        return future

    async def since(self, after: int, limit: int) -> list[Event]:
        skipped = max(after + 1, self.oldest) - self._snapshot.id - 1
        return list(islice(self._events, skipped, skipped + limit))

    async def snapshot(self) -> Snapshot:
        return self._snapshot

    async def close(self) -> None:
        self._closed = True
        await super().close()

    def _trim(self) -> None:
        if len(self._events) > self.history + slack(self.history):
            old = [self._events.popleft() for _ in range(len(self._events) - self.history)]
            self._snapshot = Snapshot(old[-1].id, fold(self._snapshot.room, old))
