"""One order of events for everybody: what every journal promises, and what they share.

A journal stores and orders events; it never judges them. Which file or server stands behind it
is for the modules beside this one, and which of them is used is decided in `__main__`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chat.events import Event
from chat.room import Room


class JournalError(Exception):
    """The journal cannot be opened, written or read. The words say why, for a user."""


class Snapshot(NamedTuple):
    """The room (`Room.snapshot()`) as it was right after the event `id`."""

    id: int
    room: Mapping[str, Any]


class Journal(ABC):
    """Events in one order, with ids that start at 1 and grow by 1.

    A journal keeps its newest `history` events and a snapshot of the room before them. It belongs
    to the event loop in which it was opened.
    """

    #: Random, made with the journal and kept with it: another identity is another history.
    identity: str
    #: How many events are kept.
    history: int
    #: The id of the newest event, 0 while there is none.
    newest: int

    def __init__(self, history: int) -> None:
        self.history = history
        self.newest = 0
        self._followers: set[asyncio.Queue[Sequence[Event] | None]] = set()

    @property
    def oldest(self) -> int:
        """The id of the oldest event that is kept, or of the next one while there is none."""
        return max(1, self.newest - self.history + 1)

    @abstractmethod
    def append(self, event: Event) -> asyncio.Future[Event]:
        """Queue `event` at once, behind all that were appended before it.

        The future holds the stored event with its id once it survives a `kill -9` of this process
        (in so far as this kind of journal survives one), or a `JournalError`. An event that could
        not be stored leaves no hole in the ids.
        """

    @abstractmethod
    async def since(self, after: int, limit: int) -> list[Event]:
        """Return the first `limit` events that are kept with an id greater than `after`."""

    @abstractmethod
    async def snapshot(self) -> Snapshot:
        """Return the room before the events that `since(snapshot.id, ...)` begins with."""

    async def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        """Yield the events after the id `after` in order, in batches, for ever.

        Ends when the journal is closed, after everything stored has been yielded.
        """
        inbox: asyncio.Queue[Sequence[Event] | None] = asyncio.Queue()
        self._followers.add(inbox)
        try:
            while batch := await self.since(after, _BACKLOG):
                after = batch[-1].id
                yield batch
            while (news := await inbox.get()) is not None:
                # A batch may have been both read above and put into the inbox.
                if fresh := [event for event in news if event.id > after]:
                    after = fresh[-1].id
                    yield fresh
        finally:
            self._followers.discard(inbox)

    async def close(self) -> None:
        """Store what was appended, then let go of everything. Closing twice is harmless."""
        self._publish(None)

    def _publish(self, stored: Sequence[Event] | None) -> None:
        for inbox in self._followers:
            inbox.put_nowait(stored)


def fold(room: Mapping[str, Any] | None, events: Iterable[Event]) -> Mapping[str, Any]:
    """Return the snapshot of the room that `room` becomes through `events`."""
    folded = Room(room)
    for event in events:
        folded.apply(event)
    return folded.snapshot()


def slack(history: int) -> int:
    """Return how many events beyond `history` may lie around, so that trimming is rare."""
    return history // 10


_BACKLOG = 1000
