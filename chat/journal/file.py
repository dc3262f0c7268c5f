"""The file behind the SQLite journal: its schema, its transactions, its errors in words.

Synchronous, for one thread at a time. Which thread that is, and who waits for it, is for `sqlite`.
"""

import functools
import json
import random
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from chat.config import LOCK_DELAY, LOCK_TIMEOUT
from chat.events import Event
from chat.journal import JournalError, Snapshot, fold

_P = ParamSpec("_P")
_T = TypeVar("_T")

_APPLICATION_ID = 0x54507943  # "TPyC", so that a file of another program is recognised
_VERSION = 2

# A row is an event as it stands: to write each as JSON would take longer than to store it.
_EVENT = """
CREATE TABLE event (
  type TEXT NOT NULL, time REAL NOT NULL, server TEXT NOT NULL, connection INTEGER NOT NULL,
  name TEXT, text TEXT, "to" TEXT, ref INTEGER, session TEXT, id INTEGER PRIMARY KEY
)
"""
_INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SCHEMA = (
    _EVENT,
    "CREATE TABLE journal (identity TEXT NOT NULL, trimmed INTEGER NOT NULL, room TEXT NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
)

_WORDS = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be written or read: the disk refuses",
    sqlite3.SQLITE_READONLY: "cannot be written: the disk or the file is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: is it a file, and may you write there?",
    sqlite3.SQLITE_BUSY: "is in use by another process: stop that one, or choose another file",
    sqlite3.SQLITE_NOTADB: "is not a journal of this chat",
    sqlite3.SQLITE_CORRUPT: "is damaged",
}


def _in_words(
    method: Callable[Concatenate["JournalFile", _P], _T],
) -> Callable[Concatenate["JournalFile", _P], _T]:
    @functools.wraps(method)
    def told(self: "JournalFile", /, *args: _P.args, **options: _P.kwargs) -> _T:
        try:
            return method(self, *args, **options)
        except sqlite3.Error as error:
            words = _WORDS.get(_code_of(error), f"failed: {error}")
            raise JournalError(f"{self.path} {words}") from error

    return told


def _code_of(error: BaseException) -> int:
    """Return the primary result code, or 0: the low byte (https://www.sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class JournalFile:
    """The events and the snapshot before them, in one file. Every method may raise `JournalError`.

    An event is stored when its transaction is in the write-ahead log: it survives a `kill -9`, and
    where `synchronous` is `full`, rather than `normal`, a power failure too
    (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """

    identity: str
    newest: int  # the id of the newest event
    trimmed: int  # the id of the newest event that was gone when it was opened

    def __init__(self, path: Path, history: int, synchronous: str) -> None:
        self.path = path
        self._history = history
        self._synchronous = synchronous
        self._open = ExitStack()

    @_in_words
    def open(self) -> None:
        """Open the file, or make it, and keep everybody else out of it until `close`."""
        if not self.path.parent.is_dir():
            raise JournalError(f"{self.path} cannot be made: there is no folder {self.path.parent}")
        deadline = time.monotonic() + LOCK_TIMEOUT
        while not self._has_opened(is_last=time.monotonic() > deadline):
            # By lot: two that open it at once refuse each other, and are not to do so for ever.
            time.sleep(random.uniform(0, LOCK_DELAY))  # noqa: S311  # no secret

    def _has_opened(self, *, is_last: bool) -> bool:
        # Absolute, since `:memory:` alone would be no file.
        connection = sqlite3.connect(
            self.path.absolute(),
            timeout=LOCK_DELAY,
            isolation_level=None,
            check_same_thread=False,
        )
        self._open.enter_context(closing(connection))
        self._execute = connection.execute
        self._connection = connection
        try:
            self._prepare()
        except BaseException as error:
            self.close()
            if is_last or _code_of(error) != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    @_in_words
    def insert(self, events: Sequence[Event]) -> list[Event]:
        """Store all of `events` in one transaction, or none, and return them with their ids."""
        stored = [event.stored(id) for id, event in enumerate(events, self.newest + 1)]
        rows = [tuple(event) for event in stored]  # plain ones: sqlite3 takes longer over others
        if len(rows) == 1:  # a transaction by itself, at a third of the price
            self._execute(_INSERT, rows[0])
        else:
            with self._transaction():
                self._connection.executemany(_INSERT, rows)
        self.newest = stored[-1].id
        return stored

    @_in_words
    def read(self, after: int, limit: int) -> list[Event]:
        """Return the first `limit` events after the id `after`, in order."""
        rows = self._execute("SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        return [Event(*row) for row in rows]

    @_in_words
    def snapshot(self) -> Snapshot:
        """Return the room before the newest `history` events."""
        [(id, dumped)] = self._execute("SELECT trimmed, room FROM journal")
        room = json.loads(dumped)
        last = max(id, self.newest - self._history)
        return Snapshot(last, fold(room, self.read(id, last - id)))

    @_in_words
    def trim(self) -> int:
        """Forget all but the newest `history` events, and return the id of the last forgotten."""
        last, room = self.snapshot()
        with self._transaction():
            self._execute("DELETE FROM event WHERE id <= ?", (last,))
            self._execute("UPDATE journal SET trimmed = ?, room = ?", (last, json.dumps(room)))
        return last

    @_in_words
    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._open.close()

    def _prepare(self) -> None:
        # Exclusive before the first access: then no other process can open the file, and none
        # shares memory with it (https://www.sqlite.org/wal.html#noshm).
        self._execute("PRAGMA locking_mode = EXCLUSIVE")
        with self._transaction():
            match self._version():
                case 0:
                    self._create()
                case 1:
                    self._upgrade()
            # Finds out now, rather than at the first message, whether the file can be written.
            self._execute("UPDATE journal SET identity = identity")
        self._execute("PRAGMA journal_mode = WAL")
        self._execute(f"PRAGMA synchronous = {self._synchronous}")
        [(self.identity, self.trimmed)] = self._execute("SELECT identity, trimmed FROM journal")
        [(self.newest,)] = self._execute("SELECT coalesce(max(id), ?) FROM event", (self.trimmed,))

    def _version(self) -> int:
        """Return which version of this chat made the file, 0 where none did yet."""
        [(made_by,)] = self._execute("PRAGMA application_id")
        [(version,)] = self._execute("PRAGMA user_version")
        [(tables,)] = self._execute("SELECT count(*) FROM sqlite_schema")
        if not (made_by or version or tables):
            return 0
        if made_by != _APPLICATION_ID:
            raise JournalError(f"{self.path} is a database, but not one of this chat")
        if version > _VERSION:
            raise JournalError(
                f"{self.path} was made by a newer version of this chat: use that one"
            )
        return int(version)

    def _create(self) -> None:
        for statement in _SCHEMA:
            self._execute(statement)
        empty = json.dumps(fold(None, ()))
        self._execute("INSERT INTO journal VALUES (?, 0, ?)", (secrets.token_hex(8), empty))

    def _upgrade(self) -> None:
        rows = self._execute("SELECT id, body FROM event")
        events = [Event.load(id, body) for id, body in rows]
        self._execute("DROP TABLE event")
        self._execute(_EVENT)
        self._connection.executemany(_INSERT, events)
        self._execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._execute("BEGIN EXCLUSIVE")
        try:
            yield
            self._execute("COMMIT")
        finally:
            # SQLite rolls back by itself on some errors, not on all.
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
