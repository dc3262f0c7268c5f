"""A disk that takes nothing more, for real: the journal says so, and recovers with the disk."""

import asyncio
from contextlib import contextmanager

import pytest

from chat.events import Event
from chat.journal import JournalError
from chat.journal.sqlite import SqliteJournal
from tests.conftest import WAIT

resource = pytest.importorskip("resource", reason="only POSIX can limit the size of files")


@contextmanager
def full_disk():
    """From here on no file of this process may be written (setrlimit(2), RLIMIT_FSIZE)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
async def journal(tmp_path):
    """A journal in a real file, with one event in it."""
    journal = await SqliteJournal.open(tmp_path / "chat.db")
    await append(journal, "before")
    yield journal
    await journal.close()


async def append(journal, *texts):
    """Append all at once; return the ids of those that are stored and the errors of the others."""
    events = [Event("message", 0.0, "here", 1, "ada", text) for text in texts]
    async with asyncio.timeout(WAIT):
        outcomes = await asyncio.gather(*map(journal.append, events), return_exceptions=True)
    return [getattr(outcome, "id", outcome) for outcome in outcomes]


async def rest_of(follower, journal):
    """Close the journal and return the texts that the follower had yet to hear."""
    async with asyncio.timeout(WAIT):
        await journal.close()
        return [event.text async for batch in follower for event in batch]


async def test_each_append_fails_in_words_when_the_disk_is_full(journal, tmp_path):
    """Whoever waits is told which file cannot be written, and nobody waits for ever."""
    with full_disk():
        errors = await append(journal, "a", "b", "c")

    assert [type(error) for error in errors] == [JournalError] * 3
    assert {str(error).partition(":")[0] for error in errors} <= {
        f"{tmp_path / 'chat.db'} cannot be written or read",
        f"{tmp_path / 'chat.db'} cannot grow",
    }


async def test_appends_work_again_without_a_hole_when_there_is_room_again(journal):
    """What failed is not there, what comes next has the next id."""
    with full_disk():
        await append(journal, "refused")
        await append(journal, "refused too")

    assert await append(journal, "after") == [2]
    assert [event.text for event in await journal.since(0, 9)] == ["before", "after"]


async def test_nobody_hears_of_what_could_not_be_stored(journal):
    """A follower hears what is stored, and only that."""
    follower = journal.follow(0)
    await anext(follower)

    with full_disk():
        await append(journal, "refused")
    await append(journal, "after")

    assert await rest_of(follower, journal) == ["after"]


async def test_what_is_stored_can_still_be_read_when_the_disk_is_full(journal):
    """The past does not depend on the future."""
    with full_disk():
        await append(journal, "refused")
        events = await journal.since(0, 9)

    assert [event.text for event in events] == ["before"]


async def test_all_that_was_stored_is_there_when_it_closed_on_a_full_disk(journal, tmp_path):
    """Closing cannot tidy up, and loses nothing."""
    with full_disk():
        await append(journal, "refused")
        await journal.close()

    reopened = await SqliteJournal.open(tmp_path / "chat.db")
    assert await append(reopened, "after") == [2]
    await reopened.close()


async def test_opening_fails_in_words_when_the_disk_is_full(tmp_path):
    """The operator is told before the first member is, and can try again."""
    path = tmp_path / "new.db"
    with full_disk(), pytest.raises(JournalError, match=f"{path} cannot"):
        await SqliteJournal.open(path)

    journal = await SqliteJournal.open(path)
    assert await append(journal, "after") == [1]
    await journal.close()
