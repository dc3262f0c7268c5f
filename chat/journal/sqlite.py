"""The embedded journal: one SQLite file, one connection, one thread.

Appends that wait while a transaction is written are stored together by the next one (group
commit), so a busy chat needs few transactions and a quiet one waits for nobody.
"""

import asyncio
import json
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from chat.config import Settings
from chat.events import Event
from chat.journal import Journal, JournalError, Snapshot, fold, slack

_T = TypeVar("_T")

_APPLICATION_ID = 0x54507943  # "TPyC", so that a file of another program is recognised
_VERSION = 1

_SCHEMA = f"""
BEGIN;
CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE journal (identity TEXT NOT NULL, snapshot_id INTEGER NOT NULL, room TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
COMMIT;
"""


class SqliteJournal(Journal):
    """Keeps events in a file that one process at a time may have open.

    An event is stored when its transaction is in the write-ahead log: it survives a `kill -9`, but
    not a power failure (`synchronous=NORMAL`, https://www.sqlite.org/pragma.html#pragma_synchronous).
    """

    def __init__(self, path: Path, history: int) -> None:
        """Use `open` instead: it does what may fail."""
        super().__init__(history)
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chat-journal")
        self._waiting: list[tuple[Event, asyncio.Future[Event]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: str | Path, history: int = Settings.history) -> Self:
        """Open the journal in the file `path`, or make it.

        Raises `JournalError` when the file cannot be used: another process has it, it is not a
        journal, its folder is missing, or the disk does not let it be written.
        """
        journal = cls(Path(path), history)
        try:
            await journal._in_thread(journal._open)
        except BaseException:
            journal._thread.shutdown()
            raise
        return journal

    def append(self, event: Event) -> asyncio.Future[Event]:
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_exception(JournalError("the journal is closed"))
            return future
        self._waiting.append((event, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="chat-journal")
        return future

    async def since(self, after: int, limit: int) -> list[Event]:
        after = max(after, self.oldest - 1)
        return await self._in_thread(lambda: self._select(after, self.newest, limit))

    async def snapshot(self) -> Snapshot:
        return await self._in_thread(self._load_snapshot)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._writer is not None:
            await self._writer
        await super().close()
        await self._in_thread(self._connection.close)
        self._thread.shutdown()

    # --- In the event loop ---

    async def _write(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                stored = await self._in_thread(partial(self._insert, [e for e, _ in waiting]))
            except BaseException as error:
                # Whatever it was, nobody may wait for ever; what is not a JournalError is a bug
                # and takes down the server through the futures.
                for _, future in waiting:
                    _settle(future, error=error)
                if not isinstance(error, Exception):
                    raise
                continue
            self.newest = stored[-1].id
            self._publish(stored)
            for event, (_, future) in zip(stored, waiting, strict=True):
                _settle(future, event)
        self._writer = None

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise JournalError(f"{self._path} {_in_words(error)}") from error

    # --- In the journal's thread ---

    def _open(self) -> None:
        if not self._path.parent.is_dir():
            raise JournalError(
                f"{self._path} cannot be made: there is no folder {self._path.parent}"
            )
        self._connection = sqlite3.connect(
            self._path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        execute = self._connection.execute
        # Exclusive before WAL: then no other process can open the file, and none shares memory
        # with it (https://www.sqlite.org/wal.html#noshm).
        execute("PRAGMA locking_mode = EXCLUSIVE")
        [(made_by,)] = execute("PRAGMA application_id")
        [(version,)] = execute("PRAGMA user_version")
        [(tables,)] = execute("SELECT count(*) FROM sqlite_schema")
        if (made_by, version) != (_APPLICATION_ID, _VERSION) and tables:
            raise JournalError(f"{self._path} is a database, but not one of this chat")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        if not tables:
            self._connection.executescript(_SCHEMA)
            empty = json.dumps(fold(None, ()))
            execute("INSERT INTO journal VALUES (?, 0, ?)", (secrets.token_hex(8), empty))
        # Takes the lock now rather than at the first message.
        execute("UPDATE journal SET identity = identity")
        [(self.identity, kept)] = execute("SELECT identity, snapshot_id FROM journal")
        [(self.newest,)] = execute("SELECT coalesce(max(id), ?) FROM event", (kept,))

    def _insert(self, events: Sequence[Event]) -> list[Event]:
        stored = [event.stored(id) for id, event in enumerate(events, self.newest + 1)]
        with _Transaction(self._connection):
            self._connection.executemany(
                "INSERT INTO event VALUES (?, ?)", [(event.id, event.dump()) for event in stored]
            )
            self._trim(stored[-1].id)
        return stored

    def _trim(self, newest: int) -> None:
        old = self._load_snapshot_id()
        if newest - old <= self.history + slack(self.history):
            return
        snapshot = self._load_snapshot()
        last = newest - self.history
        room = fold(snapshot.room, self._select(snapshot.id, last, last - snapshot.id))
        self._connection.execute("DELETE FROM event WHERE id <= ?", (last,))
        self._connection.execute(
            "UPDATE journal SET snapshot_id = ?, room = ?", (last, json.dumps(room))
        )

    def _select(self, after: int, last: int, limit: int) -> list[Event]:
        rows = self._connection.execute(
            "SELECT id, body FROM event WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            (after, last, limit),
        )
        return [Event.load(id, body) for id, body in rows]

    def _load_snapshot_id(self) -> int:
        [(id,)] = self._connection.execute("SELECT snapshot_id FROM journal")
        return int(id)

    def _load_snapshot(self) -> Snapshot:
        [(id, room)] = self._connection.execute("SELECT snapshot_id, room FROM journal")
        return Snapshot(id, json.loads(room))


class _Transaction:
    """BEGIN, then COMMIT or ROLLBACK. SQLite rolls back by itself on some errors, not on all."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _settle(
    future: asyncio.Future[Event],
    event: Event | None = None,
    error: BaseException | None = None,
) -> None:
    if future.done():  # whoever waited for it was cancelled
        return
    if error is not None:
        future.set_exception(error)
    elif event is not None:
        future.set_result(event)


_WORDS = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be written or read: the disk refuses",
    sqlite3.SQLITE_READONLY: "cannot be written: the disk or the file is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: is it a file, and may you write there?",
    sqlite3.SQLITE_BUSY: "is in use by another process: stop that one, or choose another file",
    sqlite3.SQLITE_NOTADB: "is not a journal of this chat",
    sqlite3.SQLITE_CORRUPT: "is damaged",
}


def _in_words(error: sqlite3.Error) -> str:
    # The low byte is the primary result code (https://www.sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _WORDS.get(code, f"failed: {error}")
