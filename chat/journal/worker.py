"""One thread that does what must not keep the event loop waiting.

An executor does the same at twice the price: for each job it makes a future for threads and
another for the event loop, and a quiet chat has a job for each message.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar, cast

_T = TypeVar("_T")
_Done = Callable[[_T | None, BaseException | None], None]


class Worker:
    """Does jobs in the order in which they came, and tells the event loop in which it was made."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[tuple[Callable[[], Any], _Done[Any]] | None] = SimpleQueue()
        # A daemon, so that a process can end although somebody forgot to stop it.
        Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, job: Callable[[], _T], done: _Done[_T]) -> None:
        """Queue `job`; `done` is called in the event loop with what it returns or raises."""
        self._jobs.put((job, done))

    def do(self, job: Callable[[], _T]) -> asyncio.Future[_T]:
        """Queue `job`; the future holds what it returns or raises. Cancelling stops no job."""
        future: asyncio.Future[_T] = self._loop.create_future()
        self.submit(job, partial(settle, future))
        return future

    def stop(self) -> None:
        """End the thread after the jobs that are queued. There must be none after this."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (queued := self._jobs.get()) is not None:
            job, done = queued
            try:
                outcome, error = job(), None
            except BaseException as raised:  # noqa: BLE001  # for whoever waits for the job
                outcome, error = None, raised
            self._tell(done, outcome, error)
            queued = job = done = outcome = error = None  # type: ignore[assignment]  # let go, then wait

    def _tell(self, done: _Done[Any], outcome: Any, error: BaseException | None) -> None:
        try:
            self._loop.call_soon_threadsafe(done, outcome, error)
        except RuntimeError:
            return  # the loop was closed meanwhile: nobody waits, and what was done stays done


def settle(
    future: asyncio.Future[_T], outcome: _T | None, error: BaseException | None = None
) -> None:
    """Give `future` its outcome, unless whoever waited for it was cancelled."""
    if future.done():
        return
    if error is None:
        future.set_result(cast(_T, outcome))
    else:
        future.set_exception(error)
