"""A journal that cannot store: a model answer. No disk is filled, and no back-off takes long."""

import asyncio
from math import inf

import pytest
from websockets.frames import CloseCode

from chat.journal import JournalError
from chat.journal.memory import MemoryJournal
from chat.messages import GetHistory
from chat.protocol import create_message
from tests.staging import Chat


class FailingJournal(MemoryJournal):
    """A journal that stores and reads nothing as long as it `fails`, or so many times."""

    error = JournalError  # made anew each time: one that was raised keeps all that it passed

    def __init__(self):
        super().__init__()
        self._failures = 0

    def fails(self, times=inf):
        self._failures = times

    def works(self):
        self._failures = 0

    async def since(self, after, limit):
        if self._is_to_fail():
            raise self.error("the disk is full")
        return await super().since(after, limit)

    def append(self, event):
        if not self._is_to_fail():
            return super().append(event)
        future = asyncio.get_running_loop().create_future()
        future.set_exception(self.error("the disk is full"))
        return future

    def _is_to_fail(self):
        self._failures -= 1
        return self._failures >= 0


@pytest.fixture
async def chat():
    """A ChatServer among fakes, on a journal that may fail."""
    async with Chat(FailingJournal()) as chat:
        yield chat
        chat.journal.works()


# Step 4: What cannot be stored


@pytest.mark.parametrize("text", ["hello", "/me waves", "/msg bob psst"])
async def test_the_sender_is_told_when_its_message_cannot_be_stored(chat, text):
    """The error names the message, by its reference, and says why."""
    ada, _ = await chat.room_of("ada", "bob")
    chat.journal.fails(times=1)

    ada.says(text, ref=7)
    ada.says("marker")

    answer = await ada.receives()
    assert (answer["type"], answer.get("code"), answer.get("ref")) == ("error", "not-saved", 7)
    assert "the disk is full" in answer["detail"]


async def test_nobody_else_hears_of_a_message_that_cannot_be_stored(chat):
    """What is not kept is not said, and the error goes to its sender alone."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails(times=1)

    ada.says("lost")
    ada.says("marker")

    assert await bob.hears() == "ada: marker"


async def test_the_chat_goes_on_when_the_journal_works_again(chat):
    """A full disk costs what was said meanwhile, and nothing else."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails(times=1)
    ada.says("lost")
    await ada.receives()

    bob.says("marker")

    assert [await ada.hears(), await bob.hears()] == ["bob: marker"] * 2


async def test_messages_are_taken_in_when_many_before_them_could_not_be_stored(chat):
    """A failed message counts no more as under way."""
    [ada] = await chat.room_of("ada", max_under_way=2)
    chat.journal.fails(times=3)

    for text in ("1", "2", "3", "4"):
        ada.says(text)

    assert [await ada.hears() for _ in range(4)] == ["error not-saved"] * 3 + ["ada: 4"]


async def test_the_server_ends_loudly_when_the_journal_has_a_bug(chat):
    """What is no JournalError is no trouble with the disk, and nobody hides it."""
    [ada] = await chat.room_of("ada")
    chat.journal.error = ZeroDivisionError
    chat.journal.fails()

    ada.says("hello")

    with pytest.raises(EOFError):
        await ada.hears()
    with pytest.raises(ZeroDivisionError):
        await chat.ends()


# More of it: joins and pages


@pytest.fixture
async def stranger(chat):
    """Return somebody who is connected and has not joined."""
    await chat.start()
    return chat.gate.lets_in()


async def test_a_newcomer_is_told_when_its_join_cannot_be_stored(chat, stranger):
    """Nobody is welcomed into a room that will not remember it."""
    chat.journal.fails()

    stranger.joins("ada")

    assert await stranger.hears() == "error not-saved"


async def test_a_newcomer_may_try_again_when_its_join_could_not_be_stored(chat, stranger):
    """The connection stays, and the name is not taken by the failure."""
    chat.journal.fails(times=1)

    stranger.joins("ada")
    stranger.joins("ada")

    assert [await stranger.hears(), await stranger.hears()] == ["error not-saved", "welcome ada"]


async def test_nobody_hears_of_a_join_that_cannot_be_stored(chat, stranger):
    """Who is not in the journal is not in the room."""
    ada = await chat.join("ada")
    ada.forgets()
    chat.journal.fails()
    stranger.joins("bob")
    await stranger.receives()

    ada.says("/who")

    assert await ada.hears() == "here: ['ada']"


async def test_a_member_is_told_when_the_past_cannot_be_read(chat):
    """A page that cannot be read is an error in words, and the member stays."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails(times=1)

    ada.sends(create_message(GetHistory(after=0)))
    ada.says("marker")

    assert [await ada.hears(), await ada.hears()] == ["error not-saved", "ada: marker"]


# Step 5: Leaving when the journal fails


async def test_a_leave_is_stored_when_the_journal_works_again(chat):
    """However long it takes: the others must learn that somebody has left."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails(times=10)

    bob.leaves()
    for _ in range(10):
        await chat.clock.next_sleep()

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
    chat.journal.fails(times=1)
    bob.leaves()
    await chat.clock.next_sleep()
    await ada.receives()

    chat.clock.advance(3600)
    ada.says("marker")

    assert await ada.hears() == "ada: marker"


async def test_the_name_is_free_when_the_leave_is_stored_at_last(chat):
    """That is what the retries are for."""
    ada, bob = await chat.room_of("ada", "bob")
    chat.journal.fails(times=1)
    bob.leaves()
    await chat.clock.next_sleep()
    await ada.receives()

    assert (await chat.join("bob")).welcome["name"] == "bob"


async def test_everyone_is_told_goodbye_when_the_end_cannot_be_stored(chat):
    """A full disk keeps nobody from stopping."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()

    await chat.stop()

    code, _ = ada.closed_with
    assert code == CloseCode.GOING_AWAY


async def test_the_server_stops_while_a_leave_waits_to_be_tried_again(chat):
    """The retries end with the server."""
    [ada] = await chat.room_of("ada")
    chat.journal.fails()
    ada.leaves()
    await chat.clock.next_sleep()

    await chat.stop()
