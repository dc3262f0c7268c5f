"""A line to Redis that may be cut: whoever asks is told, whoever works tries again.

The library's own retries are off, since only a journal knows what may be sent twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.exceptions import RedisError

from chat.config import REDIS_DELAY, REDIS_MAX_DELAY
from chat.journal import JournalError

_T = TypeVar("_T")
_log = logging.getLogger("chat.journal")


class Line:
    """What is known of the way to Redis. `is_cut` from an outage until `is_mended` is called."""

    def __init__(self) -> None:
        self.is_cut = False
        self.is_closed = False  # nothing more is done
        self.questions: set[asyncio.Future[Any]] = set()  # that still wait for an answer
        # Before it was opened there may have been an outage that nobody here saw.
        self._cut_at = asyncio.get_running_loop().time()

    async def ask(self, question: Callable[[], Awaitable[_T]]) -> _T:
        """Return what Redis answers. Raises `JournalError` when it does not."""
        answer = asyncio.ensure_future(question())
        self.questions.add(answer)
        answer.add_done_callback(self._answered)
        try:
            # Shielded, since the library may take a cancellation for an error of the connection.
            return await asyncio.shield(answer)
        except (RedisError, OSError) as error:
            self._note()
            raise JournalError("the history cannot be reached now") from error

    async def insist(self, question: Callable[[], Awaitable[_T]]) -> _T:
        """Ask until Redis answers. Raises `JournalError` only once the line is closed."""
        while True:
            try:
                return await question()
            except JournalError:
                if self.is_closed:
                    raise
                await asyncio.sleep(REDIS_DELAY)

    async def work(self, job: Callable[[], Awaitable[None]]) -> None:
        """Do `job` again and again until the line is closed, with growing delays in an outage."""
        delay = REDIS_DELAY
        while not self.is_closed:
            try:
                await job()
                delay = REDIS_DELAY
            except (RedisError, OSError) as error:
                if self.is_closed:
                    return
                if not self.is_cut:
                    _log.warning("Redis cannot be reached: %s", error)
                self.is_cut = True
                self._note()
                await asyncio.sleep(delay)
                delay = min(2 * delay, REDIS_MAX_DELAY)

    def is_mended(self) -> None:
        """Take note that Redis answers again, and with what it had."""
        self.is_cut = False
        _log.warning("Redis is back")

    def was_cut_within(self, seconds: float) -> bool:
        """Return whether there was an outage in the last `seconds`."""
        return asyncio.get_running_loop().time() < self._cut_at + seconds

    def _note(self) -> None:
        self._cut_at = asyncio.get_running_loop().time()

    def _answered(self, answer: asyncio.Future[Any]) -> None:
        self.questions.discard(answer)
        if not answer.cancelled():
            answer.exception()  # known, even where nobody waits for it any more
