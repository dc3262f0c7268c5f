"""One order of events for everybody: what every journal promises, and what they share.

A journal stores and orders events; it never judges them. Which file or server stands behind it
is for the modules beside this one, and which of them is used is decided in `__main__`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from chat.events import Event
from chat.room import Room


class JournalError(Exception):
    """The journal cannot be opened, written or read. The words say why, for a user.

    A running server refuses what cannot be stored or read, tells the words to whom it concerns, and
    goes on; once the journal works again, all is as it was before. Any other exception of a
    journal's is a bug, and ends the server.
    """


class Snapshot(NamedTuple):
    """The room (`Room.snapshot()`) as it was right after the event `id`."""

    id: int
    room: Mapping[str, Any]


class _Inbox:
    """What one follower has yet to take, and the end once there is no more."""

    def __init__(self) -> None:
        self._batches: list[Sequence[Event]] = []
        self._is_over = False
        self._news: asyncio.Future[None] | None = None

    def put(self, batch: Sequence[Event] | None) -> None:
        if batch is None:
            self._is_over = True
        else:
            self._batches.append(batch)
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def empty(self) -> tuple[list[Event], bool]:
        """Wait for a batch. All that came goes along: large batches make fan-out cheap."""
        if not self._batches and not self._is_over:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        batches, self._batches = self._batches, []
        return list(chain.from_iterable(batches)), self._is_over


class Journal(ABC):
    """Events in one order, with ids that start at 1 and grow by 1.

    A journal keeps its newest `history` events and a snapshot of the room before them. It belongs
    to the event loop in which it was opened. Once it is closed, nothing but `JournalError` comes
    from it.
    """

    #: Whether several servers may have it open at once.
    is_shared = False
    #: False while nothing can be stored, so that nobody begins what must wait.
    is_reachable = True
    #: Random, made with the journal and kept with it: another identity is another history.
    identity: str
    #: How many events are kept.
    history: int
    #: The id of the newest event, 0 while there is none.
    newest: int

    def __init__(self, history: int) -> None:
        self.history = history
        self.newest = 0
        self._trimmed = 0  # the id of the newest event that is gone
        self._ended_by: Exception | None = None  # what made it end, if it was not `close`
        self._followers: set[_Inbox] = set()

    @property
    def oldest(self) -> int:
        """The id of the oldest event that is kept, or of the next one while there is none."""
        return max(self._trimmed, self.newest - self.history) + 1

    @abstractmethod
    def append(self, event: Event) -> asyncio.Future[Event]:
        """Queue `event` at once, behind all that were appended before it.

        The future holds the stored event with its id once it survives a `kill -9` of this process
        (in so far as this kind of journal survives one), or a `JournalError`. An event that could
        not be stored leaves no hole in the ids. Cancelling the future does not take the event back.
        """

    async def since(self, after: int, limit: int) -> list[Event]:
        """Return the first `limit` events that are kept with an id greater than `after`."""
        return await self._read(max(after, self.oldest - 1), limit)

    @abstractmethod
    async def snapshot(self) -> Snapshot:
        """Return the room before the events that `since(snapshot.id, ...)` begins with."""

    async def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        """Yield the events after the id `after` in order and without a hole, in batches, for ever.

        Ends when the journal is closed, after everything stored has been yielded. Raises what ended
        the journal, if it was not `close`, and `JournalError` when the event after `after` is no
        longer there. What comes while the caller does something else waits in memory: who follows
        should wait for little else.
        """
        inbox = _Inbox()
        self._followers.add(inbox)
        try:
            # All at once: the journal may be closed before the caller comes back for more.
            news, is_over = await self._read_all(after), False
            while True:
                # An event may have been both read above and put into the inbox.
                if fresh := [event for event in news if event.id > after]:
                    if fresh[0].id > after + 1:
                        raise JournalError(f"the event {after + 1} is no longer in the journal")
                    after = fresh[-1].id
                    yield fresh
                if is_over:
                    if self._ended_by is not None:
                        raise self._ended_by
                    return
                news, is_over = await inbox.empty()
        finally:
            self._followers.discard(inbox)

    @abstractmethod
    async def close(self) -> None:
        """Store what was appended, then let go of everything. Closing twice is harmless."""

    async def say_alive(self, server: str) -> None:  # noqa: B027  # nobody to tell is the rule
        """Let other servers of this journal know that `server` is alive."""

    async def mend(self, seen: Snapshot) -> None:  # noqa: B027  # nobody else to tear it, as a rule
        """Take note of what others trimmed. `seen` is the room of now.

        Where a journal was trimmed by hand, so that its snapshot is no longer the room before the
        events that are kept, `seen` becomes its snapshot.
        """

    async def find_dead(self, servers: Iterable[str]) -> set[str]:
        """Return those of `servers` that are dead: all, where a journal has one at a time."""
        return set(servers)

    @abstractmethod
    async def _read(self, after: int, limit: int) -> list[Event]:
        """Return the first `limit` events after the id `after`, also those not yet trimmed away.

        Reads in the order of the calls, and so before a `close` that is called later.
        """

    async def _read_all(self, after: int) -> list[Event]:
        return await self._read(after, _ALL)

    def _publish(self, stored: Sequence[Event] | None) -> None:
        """Hand a batch to those who follow, in the order of ids; None when there are no more."""
        for inbox in self._followers:
            inbox.put(stored)


def fold(room: Mapping[str, Any] | None, events: Iterable[Event]) -> Mapping[str, Any]:
    """Return the snapshot of the room that `room` becomes through `events`."""
    folded = Room(room)
    for event in events:
        folded.apply(event)
    return folded.snapshot()


def slack(history: int) -> int:
    """Return how many events beyond `history` may lie around, so that trimming is rare."""
    return history // 10


_ALL = 2**62  # more than any journal has
