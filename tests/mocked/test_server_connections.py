"""One connection among many: it may fail, hang or be slow, and must hurt nobody else.

The first half is told with fakes, which keep the promises of a Connection. The second half wants
what no good connection does, or how often it is written to: there mocks with a spec are at home.
"""

import asyncio
from unittest.mock import create_autospec

import pytest

from chat.connection import Connection
from chat.events import Event
from chat.journal import JournalError
from chat.messages import Join, Say
from chat.protocol import create_message
from tests.conftest import WAIT


async def test_everyone_else_hears_a_message_when_one_connection_is_lost(chat):
    """A connection that is lost does not silence the room."""
    ada, bob, lost = await chat.room_of("ada", "bob", "lost")

    lost.leaves()
    ada.says("hello")

    assert await bob.hears() == "ada: hello"


async def test_everyone_else_hears_a_message_when_one_reader_is_stuck(chat):
    """A member who stopped reading does not silence the room."""
    ada, bob, stuck = await chat.room_of("ada", "bob", "stuck")

    stuck.stops_reading()
    ada.says("hello")

    assert await bob.hears() == "ada: hello"


async def test_a_reader_leaves_the_room_when_it_was_dropped(chat):
    """Whoever is too far behind is a member no more, and its name is free."""
    ada, stuck = await chat.room_of("ada", "stuck")

    stuck.stops_reading()
    ada.says("hello")

    assert [await ada.hears(), await ada.hears()] == ["ada: hello", "stuck left"]


async def test_nobody_leaves_twice(chat):
    """One leave a member, however many notice that its connection has ended."""
    ada, lost = await chat.room_of("ada", "lost")
    lost.leaves()
    ada.says("hello")
    await ada.hears()
    await ada.hears()

    ada.says("marker")

    assert await ada.hears() == "ada: marker"


# With mocks


@pytest.fixture
def mock():
    """A connection that is open and takes whatever is delivered."""
    connection = create_autospec(Connection, instance=True, is_open=True)
    connection.deliver.return_value = True
    return connection


async def joined(server, connection, name):
    """Register a connection and let it join; return its peer."""
    peer = server.register(connection)
    await peer.take(create_message(Join(name)))
    connection.reset_mock()
    return peer


async def test_each_connection_gets_a_seat_of_its_own(chat, mock):
    """No two connections of a server are ever taken for each other."""
    server = await chat.start()

    seats = {server.register(mock).seat for _ in range(3)}

    assert len(seats) == 3
    assert {seat.server for seat in seats} == {server.id}


async def test_a_connection_hears_nothing_more_when_it_is_unregistered(chat, mock):
    """What is forgotten is not written to."""
    server = await chat.start()
    [ada] = await chat.room_of("ada")
    await joined(server, mock, "bob")

    server.unregister(mock)
    ada.says("hello")
    await ada.hears()

    mock.deliver.assert_not_called()


async def test_unregistering_does_nothing_when_the_connection_is_not_registered(chat, mock):
    """Whoever tidies up need not know what was tidied up before."""
    server = await chat.start()
    [ada] = await chat.room_of("ada")

    server.unregister(mock)
    ada.says("marker")

    assert await ada.hears() == "ada: marker"


async def test_each_connection_is_written_to_once_when_many_events_are_broadcast(chat, mock):
    """A batch is one write, whatever is in it."""
    server = await chat.start()
    peer = await joined(server, mock, "ada")

    server.broadcast([Event("message", 0, *peer.seat, "ada", text, id=9) for text in "abc"])

    mock.deliver.assert_called_once()
    assert len(mock.deliver.call_args.args[0].texts) == 3


async def test_a_message_is_serialised_once_when_many_hear_it(chat, monkeypatch):
    """Nobody can hear the difference, so a spy counts."""
    members = await chat.room_of("ada", "bob", "eve")
    spy = create_autospec(create_message, side_effect=create_message)
    monkeypatch.setattr("chat.connection.create_message", spy)

    members[0].says("hello")
    lines = [await member.hears() for member in members]

    assert lines == ["ada: hello"] * 3
    spy.assert_called_once()


async def test_a_member_leaves_when_its_connection_says_that_it_is_closed(chat, mock):
    """The server does not wait until whoever handles the connection finds out."""
    server = await chat.start()
    [ada] = await chat.room_of("ada")
    await joined(server, mock, "bob")
    mock.deliver.return_value = False

    ada.says("hello")

    assert [await ada.hears() for _ in range(3)] == ["bob joined", "ada: hello", "bob left"]


async def test_a_connection_is_not_written_to_again_when_it_said_that_it_is_closed(chat, mock):
    """One False is enough."""
    server = await chat.start()
    peer = await joined(server, mock, "ada")
    mock.deliver.return_value = False

    for id in (9, 10):
        server.broadcast([Event("message", 0, *peer.seat, "ada", "hello", id=id)])

    mock.deliver.assert_called_once()


# What must not happen


async def test_the_server_ends_loudly_when_its_delivery_loop_breaks(chat, mock):
    """A bug takes the server down, and whoever waits for it is told."""
    server = await chat.start()
    peer = await joined(server, mock, "ada")
    mock.deliver.side_effect = ZeroDivisionError

    await peer.take(create_message(Say("hello")))

    with pytest.raises(ZeroDivisionError):
        await chat.ends()


async def test_everyone_is_let_go_when_the_server_breaks(chat, mock):
    """A broken server leaves no connection hanging."""
    [ada] = await chat.room_of("ada")
    await joined(chat.server, mock, "bob")
    mock.deliver.side_effect = ZeroDivisionError

    ada.says("hello")
    with pytest.raises(ZeroDivisionError):
        await chat.ends()

    assert not ada.is_open


async def test_stopping_raises_what_broke_the_server(chat, mock):
    """Whoever only stops it learns of it as well."""
    server = await chat.start()
    await joined(server, mock, "ada")
    mock.close.side_effect = ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await chat.stop()


async def test_the_server_ends_loudly_when_its_journal_is_closed_under_it(chat):
    """A server that can deliver nothing any more does not pretend."""
    await chat.start()

    await chat.journal.close()

    with pytest.raises(JournalError, match="closed under a running server"):
        await chat.ends()


async def test_starting_raises_what_the_gate_raises(chat):
    """A server that cannot listen has not started."""
    chat.gate.open = create_autospec(chat.gate.open, side_effect=OSError("in use"))

    async with asyncio.timeout(WAIT):
        with pytest.raises(OSError, match="in use"):
            await chat.start()
