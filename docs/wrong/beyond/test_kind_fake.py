"""Wrong: a fake that nobody verified is kinder than what it stands for."""

import asyncio

import pytest

from chat.journal.memory import MemoryJournal
from tests.journal_contract import JournalContract as Contract
from tests.journal_contract import said


class ListJournal:
    """A fake in a few lines, and all that its author needed on that day."""

    def __init__(self):
        self.events = []

    def append(self, event):
        """Store at once, whatever happened before."""
        future = asyncio.get_running_loop().create_future()
        self.events.append(event.stored(len(self.events) + 1))
        future.set_result(self.events[-1])
        return future

    async def close(self):
        """Nothing has to be let go of."""


async def end_the_evening(journal):
    """Say the last words, with a bug: the journal is closed by then."""
    await journal.close()
    return await journal.append(said("good night"))


async def test_the_last_words_are_stored():
    """It passes."""
    assert (await end_the_evening(ListJournal())).text == "good night"


async def test_the_last_words_are_stored_in_a_verified_journal():
    """The same program, and a journal that keeps the contract."""
    assert (await end_the_evening(MemoryJournal())).text == "good night"


class TestListJournal:
    """What the fake would have been told, had anybody asked."""

    @pytest.fixture
    def journal(self):
        """The fake, in the place where a journal is asked for."""
        return ListJournal()

    test_an_append_fails_when_the_journal_is_closed = (
        Contract.test_an_append_fails_when_the_journal_is_closed
    )
