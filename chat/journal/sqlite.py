"""The embedded journal: one SQLite file, one connection, one thread.

Appends that wait while a transaction is written are stored together by the next one (group
commit), so a busy chat needs few transactions and a quiet one waits for nobody.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Self

from chat.config import Settings
from chat.events import Event
from chat.journal import Journal, JournalError, Snapshot, slack
from chat.journal.file import JournalFile
from chat.journal.worker import Worker, settle

_Append = tuple[Event, asyncio.Future[Event]]

_log = logging.getLogger("chat.journal")


class SqliteJournal(Journal):
    """Keeps events in a file that one process at a time may have open.

    Nothing here is a task that somebody could cancel: the thread does what it was given, in order,
    and callbacks take what comes of it.
    """

    def __init__(self, file: JournalFile, worker: Worker, history: int) -> None:
        """Use `open` instead: it does what may fail."""
        super().__init__(history)
        self.identity = file.identity
        self.newest = file.newest
        self._trimmed = file.trimmed
        self._file = file
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Append] = []
        self._is_writing = False
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    async def open(
        cls,
        path: str | Path,
        history: int = Settings.history,
        synchronous: str = Settings.synchronous,
    ) -> Self:
        """Open the journal in the file `path`, or make it.

        It survives a power failure where `synchronous` is `full` rather than `normal`. Raises
        `JournalError` when the file cannot be used: another process has it, it is not a journal,
        its folder is missing, or the disk does not let it be written.
        """
        file = JournalFile(Path(path), history, synchronous)
        worker = Worker("chat-journal")
        try:
            await worker.do(file.open)
        except BaseException:
            # Whoever was cancelled may want to open it again.
            closing = worker.do(file.close)
            worker.stop()
            await closing
            raise
        return cls(file, worker, history)

    def append(self, event: Event) -> asyncio.Future[Event]:
        future: asyncio.Future[Event] = self._loop.create_future()
        if self._closing is not None:
            future.set_exception(JournalError("the journal is closed"))
            return future
        self._waiting.append((event, future))
        if not self._is_writing:
            self._write()
        return future

    async def snapshot(self) -> Snapshot:
        self._must_be_open()
        return await self._worker.do(self._file.snapshot)

    async def close(self) -> None:
        if self._closing is None:
            self._write()  # behind what is being written
            self._closing = self._worker.do(self._file.close)
            self._closing.add_done_callback(lambda _: self._publish(None))
            self._worker.stop()
        # Whoever stops waiting for it does not stop it.
        await asyncio.shield(self._closing)

    async def _read(self, after: int, limit: int) -> list[Event]:
        self._must_be_open()
        return await self._worker.do(partial(self._file.read, after, limit))

    def _must_be_open(self) -> None:
        if self._closing is not None:
            raise JournalError("the journal is closed")

    def _write(self) -> None:
        self._is_writing = bool(self._waiting)
        if self._waiting:
            batch, self._waiting = self._waiting, []
            events = [event for event, _ in batch]
            self._worker.submit(partial(self._file.insert, events), partial(self._written, batch))

    def _written(
        self, batch: Sequence[_Append], stored: list[Event] | None, error: BaseException | None
    ) -> None:
        if stored is None:
            # What is no JournalError is a bug, for whoever waits for the futures.
            for _, future in batch:
                settle(future, None, error)
        else:
            self.newest = stored[-1].id
            self._publish(stored)
            for event, (_, future) in zip(stored, batch, strict=True):
                settle(future, event)
            self._trim()
        self._write()

    def _trim(self) -> None:
        # A job of its own, so that its failure takes nothing back that was stored.
        is_due = self.newest - self._trimmed > self.history + slack(self.history)
        if is_due and self._closing is None:
            self._worker.submit(self._file.trim, self._forget)

    def _forget(self, trimmed: int | None, error: BaseException | None) -> None:
        if trimmed is not None:
            self._trimmed = trimmed
        elif isinstance(error, JournalError):
            _log.warning("%s; older events stay until it can", error)
        else:
            assert error is not None
            raise error
