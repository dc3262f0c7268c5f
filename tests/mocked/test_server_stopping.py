"""A graceful end: nobody new, nothing lost, a goodbye to everyone, and all in bounded time."""

import asyncio

import pytest

from chat.journal.memory import MemoryJournal
from chat.server import ChatServer
from tests.conftest import WAIT
from tests.fakes import FakeGate
from tests.staging import Chat


class LateJournal(MemoryJournal):
    """A journal that stores at once, and tells what it stored when the test lets it."""

    def __init__(self):
        super().__init__()
        self.may_yield = asyncio.Event()
        self.may_yield.set()

    async def follow(self, after):
        async for events in super().follow(after):
            await self.may_yield.wait()
            yield events


@pytest.fixture
async def stopping(held_chat):
    """Return ada and bob; what ada said is not stored yet, and the server has begun to stop."""
    members = await held_chat.room_of("ada", "bob")
    held_chat.journal.hold()
    members[0].says("last words")
    await held_chat.journal.holds(1)
    held_chat.server.begin_stop()
    async with asyncio.timeout(WAIT):
        await held_chat.gate.was_shut.wait()
    return members


async def stored(chat):
    """Return the types of what the journal has, the joins aside."""
    return [event.type for event in await chat.journal.since(0, 100) if event.type != "join"]


async def test_nobody_gets_in_when_the_server_stops(held_chat, stopping):
    """The first thing is to listen no more, while the members are still there."""
    with pytest.raises(ConnectionRefusedError):
        held_chat.gate.lets_in()

    assert all(member.is_open for member in stopping)


async def test_what_was_taken_in_is_delivered_when_the_server_stops(held_chat, stopping):
    """A message that is under way is stored and heard before the goodbye."""
    _, bob = stopping

    held_chat.journal.release()

    assert await bob.hears() == "ada: last words"


async def test_what_is_stored_is_delivered_when_the_server_stops():
    """Nobody is told goodbye before everything that was said, however late it is delivered."""
    async with Chat(LateJournal()) as chat:
        ada, bob = await chat.room_of("ada", "bob")
        chat.journal.may_yield.clear()

        ada.says("last words")
        ada.says("/who")  # once this is answered, what came before it is stored
        await ada.receives()
        chat.server.begin_stop()
        await chat.gate.was_shut.wait()
        chat.journal.may_yield.set()

        assert await bob.hears() == "ada: last words"


async def test_what_waits_for_its_turn_is_delivered_when_the_server_stops(held_chat):
    """It was taken in before the end began, though it could not be appended yet."""
    ada, bob = await held_chat.room_of("ada", "bob", max_under_way=1)
    held_chat.journal.hold()
    ada.says("last")
    ada.says("words")
    bob.says("/who")  # once this is answered, what came before it was taken in
    await bob.receives()

    held_chat.server.begin_stop()
    held_chat.journal.store()
    await held_chat.journal.holds(1)
    held_chat.journal.release()

    assert [await bob.hears(), await bob.hears()] == ["ada: last", "ada: words"]


async def test_what_comes_later_is_not_taken_in_when_the_server_stops(held_chat, stopping):
    """After the end has begun nothing is read."""
    ada, _ = stopping

    ada.says("too late")
    held_chat.journal.release()
    await held_chat.ends()

    assert await stored(held_chat) == ["message", "stopped"]


async def test_one_event_stands_for_all_who_leave_when_the_server_stops(chat):
    """The journal keeps one `stopped` in place of many leaves."""
    await chat.room_of("ada", "bob", "eve")

    await chat.stop()

    assert await stored(chat) == ["stopped"]


async def test_everyone_is_told_when_the_server_stops(chat):
    """Each peer gets the close code for it, who has not joined too."""
    members = await chat.room_of("ada", "bob")
    stranger = chat.gate.lets_in()
    stranger.says("who has not joined")
    await stranger.hears()

    await chat.stop()

    goodbyes = {peer.closed_with for peer in (*members, stranger)}
    assert goodbyes == {(1001, "the server stops")}


async def test_nobody_hears_that_the_others_leave_when_the_server_stops(chat):
    """They all leave themselves: the goodbye is enough."""
    ada, _ = await chat.room_of("ada", "bob")

    await chat.stop()

    assert ada.heard == []


async def test_nobody_waits_for_another_when_the_server_says_goodbye(chat):
    """One peer that is slow to answer its goodbye keeps it from nobody."""
    slow, other = await chat.room_of("slow", "other")
    may_end = asyncio.Event()
    slow.close = lambda code, reason: may_end.wait()

    chat.server.begin_stop()
    await other.ends()
    may_end.set()

    assert other.closed_with == (1001, "the server stops")


async def test_names_are_free_on_the_same_journal_when_a_server_has_stopped(chat):
    """The next server finds nobody in the room."""
    await chat.room_of("ada")
    await chat.stop()

    async with Chat(chat.journal) as another:
        await another.start()
        ada = await another.join("ada")
        assert ada.welcome["members"] == ["ada"]


async def test_stopping_ends_when_the_journal_does_not_answer(held_chat):
    """The grace for the journal is bounded: a server can always be stopped."""
    [ada] = await held_chat.room_of("ada", stop_grace=0)
    held_chat.journal.hold()
    ada.says("lost")
    await held_chat.journal.holds(1)

    held_chat.server.begin_stop()

    await held_chat.ends()


async def test_everyone_is_told_when_storing_breaks_while_the_server_stops(
    held_chat, stopping, caplog
):
    """A bug that shows so late takes the goodbye from nobody, and is raised all the same."""
    _, being_stored = held_chat.journal.held.popleft()

    being_stored.set_exception(ZeroDivisionError())
    held_chat.journal.release()
    with pytest.raises(ZeroDivisionError):
        await held_chat.ends()

    assert {member.closed_with for member in stopping} == {(1001, "the server stops")}
    assert not caplog.records


async def test_nothing_runs_on_when_a_start_is_given_up():
    """Who does not wait for a slow journal any longer is left with no part of a server."""
    journal = MemoryJournal()
    journal.snapshot = asyncio.Event().wait
    server = ChatServer(journal, gate=FakeGate())
    starting = asyncio.create_task(server.start())
    await asyncio.sleep(0)

    starting.cancel()

    for end in (starting, server.wait_closed()):
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(end, WAIT)


async def test_stopping_twice_is_as_good_as_once(chat):
    """Whoever stops a server need not know who else did."""
    server = await chat.start()

    await server.stop()

    await chat.stop()


async def test_stopping_does_nothing_when_the_server_was_not_started():
    """Whoever tidies up need not know how far the start got."""
    server = ChatServer(MemoryJournal(), gate=FakeGate())

    async with asyncio.timeout(WAIT):
        await server.stop()


async def test_a_server_cannot_be_started_twice(chat):
    """It lives once, and the attempt disturbs nobody."""
    [ada] = await chat.room_of("ada")

    with pytest.raises(RuntimeError, match="started before"):
        await chat.server.start()

    ada.says("marker")
    assert await ada.hears() == "ada: marker"
