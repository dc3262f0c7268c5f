"""The journal of many servers: one Redis stream that all of them append to and read.

A script in Redis gives out the ids, so the order is one for everybody. What was appended counts as
stored when this server reads it back from the stream: an answer that got lost needs no second
thought, and sending again does no harm, since the script knows what it has from whom.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Self, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from chat.config import REDIS_BATCH, REDIS_BLOCK, REDIS_DELAY, REDIS_LAST, Settings
from chat.events import Event
from chat.journal import Journal, JournalError, Snapshot, slack, stream
from chat.journal.kept import Kept, nobody
from chat.journal.line import Line
from chat.journal.worker import settle

_T = TypeVar("_T")
_log = logging.getLogger("chat.journal")


class RedisJournal(Journal):
    """Keeps events in a stream that any number of servers share.

    While Redis is away, appends wait and are sent again, with growing delays in between. An event
    is as safe as Redis keeps it: with `appendfsync always` it survives a power failure too.
    """

    is_shared = True

    def __init__(self, redis: Any, history: int, lifetime: float) -> None:
        """Use `open` instead: it does what may fail."""
        super().__init__(history)
        self._redis = redis  # Any, since the library's types say bytes and str at once
        self._tasks: list[asyncio.Task[None]] = []
        self._lifetime = lifetime
        self._append_script = redis.register_script(stream.APPEND)
        self._kept = Kept(redis)
        self._writer = secrets.token_hex(8)
        self._appended = 0  # the number of the last event that was appended here
        self._sent = 0  # the number of the last one that Redis has for sure
        self._under_way: dict[int, tuple[Event, asyncio.Future[Event]]] = {}
        self._wake = asyncio.Event()
        self._line = Line()
        self._is_closed = False  # nothing more is taken in

    @property
    def is_reachable(self) -> bool:  # type: ignore[override]  # which of them it is changes here
        return not self._line.is_cut

    @classmethod
    async def open(
        cls,
        url: str,
        history: int = Settings.history,
        lifetime: float = Settings.lifetime,
        connect: Callable[..., Any] = Redis.from_url,
    ) -> Self:
        """Open the journal in the Redis database at `url`, or make it.

        `lifetime` is how many seconds a server counts as alive after it last said so. Raises
        `JournalError` when there is no Redis, or the database holds something else.
        """
        try:
            # It is tried again here, where it is known what may be sent twice, not in the library.
            retry = Retry(NoBackoff(), 0)
            redis = connect(url, decode_responses=True, socket_timeout=2 * REDIS_BLOCK, retry=retry)
        except (ValueError, TypeError) as error:
            raise JournalError(f"this is no address of a Redis: {error}") from None
        journal = cls(redis, history, lifetime)
        address = stream.without_password(url)
        try:
            await redis.set(stream.IDENTITY, secrets.token_hex(8), nx=True)
            await redis.set(stream.SNAPSHOT, json.dumps(nobody(0)), nx=True)
            await journal._wait_for_mending()
            journal.newest = await journal._look()
        except (RedisError, OSError) as error:
            await redis.aclose()
            raise JournalError(f"no Redis answers at {address}: {error}") from error
        except (ValueError, TypeError, KeyError) as error:
            await redis.aclose()
            words = f"the database at {address} holds something else than a chat"
            raise JournalError(words) from error
        journal._tasks = [
            asyncio.create_task(journal._work(journal._write), name="chat-journal-write"),
            asyncio.create_task(journal._work(journal._follow_stream), name="chat-journal-read"),
        ]
        return journal

    def append(self, event: Event) -> asyncio.Future[Event]:
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        if self._is_closed:
            future.set_exception(JournalError("the journal is closed"))
            return future
        self._appended += 1
        self._under_way[self._appended] = event, future
        self._wake.set()
        return future

    async def snapshot(self) -> Snapshot:
        seen = await self._ask(lambda: self._kept.snapshot(self.newest - self.history))
        self._trimmed = max(self._trimmed, seen.id)  # who may read what is older, nobody knows here
        return seen

    async def close(self) -> None:
        self._is_closed = True
        waiting = {*self._line.questions, *(future for _, future in self._under_way.values())}
        if waiting and not self._line.is_cut:
            await asyncio.wait(waiting, timeout=REDIS_LAST)
        self._line.is_closed = True
        for task in self._tasks:
            task.cancel()
        # Before the tasks end: the library may take a cancellation for an error, and try again.
        await self._redis.aclose()
        await asyncio.wait(self._tasks)
        self._end(JournalError("the journal was closed before this was stored"))

    # --- Who is alive ---

    async def say_alive(self, server: str) -> None:
        lifetime = timedelta(seconds=self._lifetime)
        await self._ask(lambda: self._redis.set(stream.ALIVE + server, 1, px=lifetime))

    async def mend(self, seen: Snapshot) -> None:
        gone = await self._ask(lambda: self._kept.mend(seen))
        self._trimmed = max(self._trimmed, gone)

    async def find_dead(self, servers: Iterable[str]) -> set[str]:
        dead = set()
        for key in [stream.ALIVE + server for server in servers]:
            if not await self._ask(partial(self._redis.exists, key)):
                dead.add(key.removeprefix(stream.ALIVE))
        # While Redis was away nobody could say that it lives.
        return set() if self._line.was_cut_within(self._lifetime) else dead

    # --- Talking to Redis ---

    async def _ask(self, question: Callable[[], Awaitable[_T]]) -> _T:
        if self._is_closed:
            raise JournalError("the journal is closed")
        return await self._line.ask(question)

    async def _read(self, after: int, limit: int) -> list[Event]:
        count = min(limit, 10**9)
        rows = await self._ask(
            lambda: self._redis.xrange(stream.EVENTS, f"{after + 1}-0", "+", count)
        )
        return [stream.read_event(row) for row in rows]

    async def _read_all(self, after: int) -> list[Event]:
        # Whoever follows outlives an outage, also one that comes before the first event.
        return await self._line.insist(partial(super()._read_all, after))

    async def _work(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._line.work(job)
        except Exception as error:  # noqa: BLE001  # the end of this journal, told to all who wait
            _log.error("The journal cannot go on: %s", error)
            self._ended_by = error
            self._end(error)

    async def _look(self) -> int:
        """Return how far the journal is. Raises `JournalError` if it is another one."""
        identity = await self._redis.get(stream.IDENTITY)
        gone, last = await self._kept.span()
        if identity != getattr(self, "identity", identity) or last < self.newest:
            raise JournalError("Redis is without the history that it had")
        self.identity, self._trimmed = identity, max(self._trimmed, gone)
        return last

    async def _wait_for_mending(self) -> None:
        """Wait where somebody trimmed by hand: each server that lives does `mend`, and often.

        Where none did for as long as one counts as alive, all members of before are gone.
        """
        while gone := await self._kept.missing():
            if not self._line.was_cut_within(self._lifetime):
                _log.warning("The stream was trimmed by hand: nobody knows who was here")
                # Another history, so that no server that only slept goes on with the old one.
                await self._kept.mend(nobody(gone), identity=secrets.token_hex(8))
            await asyncio.sleep(REDIS_DELAY)

    # --- Appending ---

    async def _write(self) -> None:
        await self._wake.wait()
        first, last = self._sent + 1, min(self._appended, self._sent + REDIS_BATCH)
        if first > last:
            self._wake.clear()
            return
        bodies = [self._under_way[number][0].dump() for number in range(first, last + 1)]
        try:
            keys = [stream.EVENTS, stream.WRITER + self._writer, stream.IDENTITY]
            await self._append_script(keys, [self.identity, self._writer, first, *bodies])
        except ResponseError as error:
            # An answer, and it is no: what was refused is not sent again.
            refusal = JournalError(f"Redis refuses to store it: {error}")
            for number in range(first, last + 1):
                self._settle(number, None, refusal)
        self._sent = max(self._sent, last)

    # --- Reading ---

    async def _follow_stream(self) -> None:
        if self._line.is_cut:
            # What the pool still holds broke with Redis: each would fail whoever takes it next.
            await self._redis.connection_pool.disconnect(inuse_connections=False)
            await self._look()
            self._line.is_mended()
        after = {stream.EVENTS: f"{self.newest}-0"}
        news = await self._redis.xread(after, REDIS_BATCH, int(1000 * REDIS_BLOCK))
        if not news:
            await self._look()  # where all was deleted, news would have smaller ids
        for _, rows in news:
            stored = stream.read_news(rows, self.newest)
            self.newest = stored[-1].id
            self._publish(stored)
            for (_, fields), event in zip(rows, stored, strict=True):
                if fields["writer"] == self._writer:
                    self._settle(int(fields["sequence"]), event, None)
        if self.newest - self._trimmed > self.history + slack(self.history):
            with suppress(JournalError):  # while events are missing: first that is mended
                await self._kept.trim(self.newest - self.history)
                self._trimmed = max(self._trimmed, self.newest - self.history)

    def _settle(self, number: int, event: Event | None, error: BaseException | None) -> None:
        # What was read back is in Redis, although the answer to its append may still be on its way.
        self._sent = max(self._sent, number)
        _, future = self._under_way.pop(number, (None, None))
        if future is not None:
            settle(future, event, error)

    def _end(self, error: BaseException) -> None:
        self._is_closed = self._line.is_closed = True
        for number in list(self._under_way):
            self._settle(number, None, error)
        self._publish(None)
