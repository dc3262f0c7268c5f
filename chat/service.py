"""Something that runs in the background until it is stopped or fails, and then says so.

Structured concurrency for an object with `start` and `stop`: one task group in a task of its own
holds all that it does, so nothing is orphaned, and a failure anywhere reaches whoever waits.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Self


class Service(ABC):
    """An async context manager around a task group.

    When something in the background fails, all of it ends, and `wait_closed`, `stop` and the
    `async with` raise what failed.
    """

    def __init__(self) -> None:
        self._main: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._late_failure: BaseException | None = None  # of what was left to do at the end

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start, and return once it is ready. Raises what keeps it from being so.

        RuntimeError when it was started before: it lives once.
        """
        if self._main is not None:
            raise RuntimeError("it was started before; make another")
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._end: asyncio.Future[None] = loop.create_future()
        self._main = asyncio.create_task(self._live(), name=type(self).__name__)
        try:
            await asyncio.wait({self._main, self._ready}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._main.cancel()
            raise
        if self._main.done():
            self._main.result()

    async def stop(self) -> None:
        """Stop, and return once it has ended. Does nothing before `start`."""
        self.begin_stop()
        await self.wait_closed()

    def begin_stop(self) -> None:
        """Stop soon: what a signal handler may call. `wait_closed` tells when it is done."""
        if self._main is not None and not self._end.done():
            self._end.set_result(None)

    async def wait_closed(self) -> None:
        """Wait until it has ended. Raises what failed, be it what ended it or later."""
        if self._main is not None:
            await asyncio.shield(self._main)

    @abstractmethod
    async def _run(self) -> None:
        """Do what it is for: call `_is_ready` once, return when that is done."""

    async def _is_ready(self) -> None:
        """Let `start` return, and wait until it is time to stop."""
        self._ready.set_result(None)
        await self._end

    def _fail(self, error: BaseException) -> None:
        """End because of `error`, which happened where nobody waits, such as in a callback.

        An end that has begun goes on, and then raises it.
        """
        if self._end.done():
            self._late_failure = error
        else:
            self._end.set_exception(error)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` in the background; what is not done by the end is cancelled."""
        if (
            self._main is None or self._main.cancelling()
        ):  # something failed: the task group takes nothing in any more
            work.close()
            return
        task = self._tasks.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _live(self) -> None:
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._run()
                for task in self._chores:
                    task.cancel()
        except BaseExceptionGroup as group:
            # One failure is told as itself; more than one only together.
            raise group.exceptions[0] if len(group.exceptions) == 1 else group from None
        if self._late_failure is not None:
            raise self._late_failure
