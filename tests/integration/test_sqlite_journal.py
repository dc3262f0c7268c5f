"""The journal in an SQLite file: real files, a second process, and a kill."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from contextlib import AsyncExitStack, closing

import pytest

from chat.journal import JournalError
from chat.journal.sqlite import SqliteJournal
from chat.journal.worker import Worker
from tests.conftest import WAIT
from tests.journal_contract import DurableJournalContract, close, ids, said, store, store_many

WRITER = """
import asyncio, sys
from chat.events import Event
from chat.journal.sqlite import SqliteJournal

def acknowledge(future):
    print(future.result().id, flush=True)

async def main():
    journal = await SqliteJournal.open(sys.argv[1], history=300)
    text = 0
    while True:
        for _ in range(10):
            text += 1
            future = journal.append(Event("message", 0.0, "here", 1, "ada", str(text)))
            future.add_done_callback(acknowledge)
        await future

asyncio.run(main())
"""

FORGETFUL = """
import asyncio, sys
from chat.events import Event
from chat.journal.sqlite import SqliteJournal

async def main():
    global journal
    journal = await SqliteJournal.open(sys.argv[1])
    await journal.append(Event("message", 0.0, "here", 1, "ada", "stored"))
    journal.append(Event("message", 0.0, "here", 1, "ada", "under way"))
    await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path):
    """Where a journal may be made."""
    return tmp_path / "chat.db"


@pytest.fixture
async def open_file():
    """Open journals; what is still open at the end is closed."""
    async with AsyncExitStack() as stack:

        async def open_one(path, history=1000):
            async with asyncio.timeout(WAIT):
                journal = await SqliteJournal.open(path, history)
            stack.push_async_callback(journal.close)
            return journal

        yield open_one


class TestSqliteJournal(DurableJournalContract):
    """Keeps all promises of a journal that one process at a time may have open."""

    @pytest.fixture
    def open_journal(self, open_file, tmp_path):
        """Open a journal in a file of the test's own."""
        return lambda history=1000, number=0: open_file(tmp_path / f"{number}.db", history)


# --- One at a time ---


async def test_a_second_open_fails_when_the_file_is_open(open_file, path, monkeypatch):
    """The same process may not open it twice either, and the first is none the worse for it."""
    monkeypatch.setattr("chat.journal.file.LOCK_TIMEOUT", 0)  # who has it will not give way
    journal = await open_file(path)

    with pytest.raises(JournalError, match="in use"):
        await open_file(path)

    assert ids(await store(journal, said("a"))) == [1]


async def test_one_gets_it_when_two_open_a_new_file_at_once(open_file, path):
    """Neither finds half a journal, and the other is told."""
    both = await asyncio.gather(open_file(path), open_file(path), return_exceptions=True)

    [journal] = [one for one in both if isinstance(one, SqliteJournal)]
    [error] = [one for one in both if isinstance(one, JournalError)]
    assert "in use" in str(error)
    assert ids(await store(journal, said("a"))) == [1]


async def test_the_file_can_be_opened_when_an_open_was_cancelled(open_file, path):
    """Nothing stays behind of an attempt that was called off."""
    opening = asyncio.create_task(SqliteJournal.open(path))
    await asyncio.sleep(0)  # until it is under way
    opening.cancel()
    await asyncio.wait([opening], timeout=WAIT)

    journal = await open_file(path)

    assert opening.cancelled()
    assert ids(await store(journal, said("a"))) == [1]


# --- Files of another version ---

FIRST_VERSION = (
    "CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE journal (identity TEXT NOT NULL, trimmed INTEGER NOT NULL, room TEXT NOT NULL)",
    "PRAGMA application_id = 0x54507943",
    "PRAGMA user_version = 1",
    """INSERT INTO journal VALUES ('first', 40, '{"members": [], "gone": ["west"]}')""",
    f"INSERT INTO event VALUES (41, '{said('old').dump()}')",
)


async def test_a_file_of_the_first_version_goes_on_as_the_same_journal(open_file, path):
    """Who takes a newer chat keeps all that was said, and clients resume where they were."""
    for statement in FIRST_VERSION:
        change_file(path, statement)
    await open_and_close(path)

    journal = await open_file(path)

    assert (journal.identity, (await journal.snapshot()).room["gone"]) == ("first", ["west"])
    assert ids(await store(journal, said("new"))) == [42]
    assert await journal.since(0, 9) == [said("old").stored(41), said("new").stored(42)]


# --- Files that are no journals ---


def text_file(path):
    """Make something that somebody wrote."""
    path.write_text("Dear diary, " * 100)


def foreign_database(path):
    """Make a database of another program, which happens to know events too."""
    change_file(path, "CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")


def newer_version(path):
    """Make a journal as this chat may make it some day."""
    asyncio.run(open_and_close(path))
    change_file(path, "PRAGMA user_version = 999")


def change_file(path, statement):
    """Do what no journal does to its file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


async def open_and_close(path):
    """Open it, and let go of it at once."""
    await (await SqliteJournal.open(path)).close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(text_file, "is not a journal of this chat", id="text"),
        pytest.param(foreign_database, "a database, but not one of this chat", id="foreign"),
        pytest.param(newer_version, "made by a newer version of this chat", id="newer"),
    ],
)
def test_a_file_is_left_alone_when_it_is_not_ours(path, make, words):
    """It is refused in words, and not one byte of it changes."""
    make(path)
    before = path.read_bytes()

    with pytest.raises(JournalError, match=f"{path} .*{words}"):
        asyncio.run(open_and_close(path))

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


async def test_a_folder_is_refused_in_words(tmp_path):
    """A journal is a file."""
    with pytest.raises(JournalError, match="is it a file"):
        await SqliteJournal.open(tmp_path)


async def test_a_missing_folder_is_named(tmp_path):
    """Nobody has to guess which part of the path is wrong."""
    with pytest.raises(JournalError, match=f"there is no folder {tmp_path / 'none'}"):
        await SqliteJournal.open(tmp_path / "none" / "chat.db")


async def test_a_name_that_means_something_to_sqlite_is_a_file_too(
    open_file, tmp_path, monkeypatch
):
    """`:memory:` would forget everything without a word."""
    monkeypatch.chdir(tmp_path)

    await open_file(":memory:")

    assert (tmp_path / ":memory:").stat().st_size > 0


# --- What is on the disk ---


@pytest.mark.parametrize(("synchronous", "level"), [("normal", 1), ("full", 2)])
async def test_the_file_waits_for_the_disk_as_it_was_asked_to(path, synchronous, level):
    """SQLite's own word for it is what decides on what a power failure takes."""
    journal = await SqliteJournal.open(path, synchronous=synchronous)
    await store(journal, said("a"))

    assert journal._file._execute("PRAGMA synchronous").fetchone() == (level,)
    await journal.close()


async def test_events_that_wait_together_share_a_transaction(open_file, path):
    """Each transaction writes a page of 4 KiB at least, so that few of them write little."""
    journal = await open_file(path)

    await store_many(journal, 500)

    assert path.with_name("chat.db-wal").stat().st_size < 500 * 4096 / 10


async def test_the_next_append_works_when_one_could_not_be_written(open_file, path):
    """A failed transaction is rolled back, and takes no id with it."""
    journal = await open_file(path)
    with pytest.raises(UnicodeEncodeError):
        await store(journal, said("\ud800"))

    assert ids(await store(journal, said("next"))) == [1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            "CREATE TRIGGER no BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'no'); END",
            "older events stay until it can",
            id="the-file-refuses",
        ),
        pytest.param("UPDATE journal SET room = '?'", "JSONDecodeError", id="a-bug"),
    ],
)
async def test_events_are_stored_when_older_ones_cannot_be_removed(
    open_file, path, caplog, change, words
):
    """A history that grows too long is told in the log, and is no reason to lose anything."""
    await open_and_close(path)
    change_file(path, change)
    journal = await open_file(path, history=10)

    await store_many(journal, 30)
    await store_many(journal, 30)
    await close(journal)

    assert words in caplog.text


async def test_nothing_but_the_journal_is_left_when_it_is_closed(open_file, path):
    """One file is the whole journal: it can be copied, moved and mailed."""
    journal = await open_file(path)
    await store(journal, said("a"))

    await journal.close()

    assert list(path.parent.iterdir()) == [path]


def write_until_killed(path):
    """Return the last id that another process was told is stored before it was killed."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline() for _ in range(1000)]
        writer.kill()
        lines += writer.stdout.readlines()
    return max(int(line) for line in lines if line.endswith("\n"))


async def test_what_was_acknowledged_is_there_when_the_writer_was_killed(open_file, path):
    """`kill -9` takes nothing that somebody was told is stored, and leaves no hole."""
    acknowledged = await asyncio.to_thread(write_until_killed, path)

    journal = await open_file(path, history=300)

    kept = await journal.since(0, 9999)
    assert journal.newest >= acknowledged
    assert [(event.id, event.text) for event in kept] == [
        (id, str(id)) for id in range(journal.newest - 299, journal.newest + 1)
    ]


def test_a_process_ends_in_silence_when_its_journal_was_never_closed(path):
    """The loop may end before the thread is done: nobody hangs, and nothing is raised anywhere."""
    command = [sys.executable, "-c", FORGETFUL, str(path)]

    # A whole Python has to start.
    forgetful = subprocess.run(
        command, capture_output=True, text=True, timeout=4 * WAIT, check=False
    )

    assert (forgetful.returncode, forgetful.stderr) == (0, "")


def test_nothing_is_raised_when_the_loop_is_closed_before_the_thread_is_done():
    """Nobody waits any more; an exception in a thread would fail the test."""
    closed = threading.Event()

    async def leave():
        worker = Worker("late")
        worker.do(lambda: closed.wait(WAIT))
        worker.stop()

    asyncio.run(leave())
    closed.set()

    for thread in threading.enumerate():
        if thread.name == "late":
            thread.join(WAIT)
