"""A journal that cannot store: a model answer. No disk is filled, and no back-off takes long."""

import asyncio

import pytest

from chat.journal import JournalError
from chat.journal.memory import MemoryJournal
from chat.messages import GetHistory
from chat.protocol import create_message
from tests.staging import Chat


class FailingJournal(MemoryJournal):
    """A journal that stores and reads nothing as long as it has an `error`."""

    error = None

    async def since(self, after, limit):
        if self.error is not None:
            raise self.error
        return await super().since(after, limit)

    def append(self, event):
        if self.error is None:
            return super().append(event)
        future = asyncio.get_running_loop().create_future()
        future.set_exception(self.error)
        return future

    def fails(self):
        self.error = JournalError("the disk is full")

    def works(self):
        self.error = None


@pytest.fixture
async def chat():
    """A ChatServer among fakes, on a journal that may fail."""
    async with Chat(FailingJournal()) as chat:
        yield chat
        chat.journal.works()


# A message


@pytest.mark.parametrize("text", ["hello", "/me waves", "/msg bob psst"])
async def test_the_sender_is_told_when_its_message_cannot_be_stored(chat, text):
    """The error names the message, by its reference, and says why."""
    ada, _ = await chat.room_of("ada", "bob")
    chat.journal.fails()

    ada.says(text, ref=7)

    answer = await ada.receives()
    assert (answer["code"], answer["ref"]) == ("not-saved", 7)
    assert "the disk is full" in answer["detail"]


async def test_nobody_hears_a_message_that_cannot_be_stored(chat):
    """What is not kept is not said: an error is all that comes of it, for its sender alone."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails()
    ada.says("lost")
    await ada.receives()

    chat.journal.works()
    ada.says("marker")

    assert [await ada.hears(), await bob.hears()] == ["ada: marker"] * 2


async def test_messages_are_taken_in_when_many_before_them_could_not_be_stored(chat):
    """A failed message counts no more as under way."""
    [ada] = await chat.room_of("ada", max_under_way=2)
    chat.journal.fails()
    for text in ("1", "2", "3"):
        ada.says(text)
        await ada.receives()

    chat.journal.works()
    ada.says("4")

    assert await ada.hears() == "ada: 4"


# A join


async def test_a_newcomer_is_told_when_its_join_cannot_be_stored(chat):
    """Nobody is welcomed into a room that will not remember it."""
    await chat.start()
    chat.journal.fails()
    ada = chat.gate.lets_in()

    ada.joins("ada")

    assert await ada.hears() == "error not-saved"


async def test_a_newcomer_may_try_again_when_its_join_could_not_be_stored(chat):
    """The connection stays, and the name is not taken by the failure."""
    await chat.start()
    chat.journal.fails()
    ada = chat.gate.lets_in()
    ada.joins("ada")
    await ada.receives()

    chat.journal.works()
    ada.joins("ada")

    assert await ada.hears() == "welcome ada"


async def test_nobody_hears_of_a_join_that_cannot_be_stored(chat):
    """Who is not in the journal is not in the room."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()
    bob = chat.gate.lets_in()
    bob.joins("bob")
    await bob.receives()

    ada.says("/who")

    assert await ada.hears() == "here: ['ada']"


# A leave


async def test_a_leave_is_stored_when_the_journal_works_again(chat):
    """However long it takes: the others must learn that somebody has left."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails()
    bob.leaves()
    for _ in range(10):
        await chat.clock.next_sleep()

    chat.journal.works()

    assert await ada.hears() == "bob left"


async def test_a_leave_is_tried_again_later_and_later(chat):
    """The delay doubles up to its limit: a journal in trouble is not flooded."""
    _, bob = await chat.room_of("ada", "bob", retry_delay=1, max_retry_delay=5)
    chat.journal.fails()

    bob.leaves()

    assert [await chat.clock.next_sleep() for _ in range(5)] == [1, 2, 4, 5, 5]


async def test_a_leave_is_stored_once(chat):
    """No retry follows one that worked."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails()
    bob.leaves()
    await chat.clock.next_sleep()
    chat.journal.works()
    await ada.receives()

    chat.clock.advance(3600)
    ada.says("marker")
    await ada.receives()

    assert chat.journal.newest == 4  # two joins, one leave, the marker


async def test_the_name_is_free_when_the_leave_is_stored_at_last(chat):
    """That is what the retries are for."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails()
    bob.leaves()
    await chat.clock.next_sleep()
    chat.journal.works()
    await ada.receives()

    assert (await chat.join("bob")).welcome["name"] == "bob"


# The end


async def test_everyone_is_told_goodbye_when_the_end_cannot_be_stored(chat):
    """A full disk keeps nobody from stopping."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()

    await chat.stop()

    assert ada.closed_with == (1001, "the server stops")


async def test_the_server_stops_while_a_leave_waits_to_be_tried_again(chat):
    """The retries end with the server."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()
    ada.leaves()
    await chat.clock.next_sleep()

    await chat.stop()


async def test_the_server_ends_loudly_when_the_journal_has_a_bug(chat):
    """What is no JournalError is no trouble with the disk, and nobody hides it."""
    [ada] = await chat.room_of("ada")
    chat.journal.error = ZeroDivisionError()

    ada.says("hello")

    with pytest.raises(ZeroDivisionError):
        await chat.ends()


# The past


async def test_a_member_is_told_when_the_past_cannot_be_read(chat):
    """A page that cannot be read is an error in words, and the member stays."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()

    ada.sends(create_message(GetHistory(after=0)))

    assert (await ada.receives())["code"] == "not-saved"
    assert ada.is_open
