"""A server that stops says goodbye to everyone and loses nothing, whatever its peers do."""

import asyncio
from urllib.parse import urlsplit

import pytest
from websockets.frames import CloseCode

from chat.journal.sqlite import SqliteJournal
from tests.conftest import WAIT


async def test_everyone_is_told_when_the_server_stops(live_server, connect, join):
    """Members and strangers alike are closed with 1001: going away."""
    peers = [await join(live_server, name) for name in ("ada", "bob")]
    peers.append(await connect(live_server))

    await stopped(live_server)

    assert [await peer.is_closed() for peer in peers] == [CloseCode.GOING_AWAY] * 3


async def test_what_was_said_last_is_heard_when_the_server_stops(live_server, join):
    """What the server has taken in is stored and goes out before the goodbye."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")
    await bob.says("one", "two", "three")
    await bob.socket.send("nonsense, answered at once: the server has read all before it")
    await bob.is_refused()

    await stopped(live_server)

    assert await ada.hears_all(3) == ["one", "two", "three"]


async def test_nobody_seems_to_leave_when_the_server_stops(live_server, join):
    """Each is told of the end, and not of how all the others go."""
    ada = await join(live_server, "ada")
    await join(live_server, "bob")

    await stopped(live_server)

    assert [message["type"] for message in await ada.rest()] == ["join", "join"]


async def test_the_history_is_stored_when_the_server_has_stopped(serve, join, tmp_path):
    """What was said is in the file, and one event says that all have left."""
    journal = await SqliteJournal.open(tmp_path / "kept.db")
    server = await serve(journal=journal)
    ada = await join(server, "ada")
    await ada.says("remember me")
    await ada.hears()

    await stopped(server)
    await journal.close()

    journal = await SqliteJournal.open(tmp_path / "kept.db")
    events = await journal.since(0, 100)
    await journal.close()
    assert [event.type for event in events] == ["join", "message", "stopped"]
    assert events[1].text == "remember me"


async def test_nobody_gets_in_when_the_server_has_stopped(live_server, connect):
    """The port is free again at once."""
    await stopped(live_server)

    with pytest.raises(ConnectionRefusedError):
        await connect(live_server)


async def test_stopping_twice_is_harmless(live_server):
    """Whoever else stops the server waits for the same end."""
    await asyncio.gather(stopped(live_server), stopped(live_server))
    await stopped(live_server)


# Peers that do not go by themselves.


async def test_a_stop_is_bounded_when_a_reader_is_stuck(serve, join):
    """Who does not answer the goodbye is let go, and the others hear it all the same."""
    server = await serve(close_grace=0.05)
    ada = await join(server, "ada")
    stuck = await join(server, "stuck")
    stuck.stops_reading()

    await stopped(server)

    assert await ada.is_closed() == CloseCode.GOING_AWAY


async def test_a_stop_is_bounded_when_much_waits_for_a_stuck_reader(serve, join):
    """Nor does it wait for what will never be read."""
    server = await serve(rate_limit=0, close_grace=0.05)
    ada = await join(server, "ada")
    (await join(server, "stuck")).stops_reading()
    await ada.says(*["x" * 500] * 1000)
    await ada.hears_all(1000)

    await stopped(server)

    assert await ada.is_closed() == CloseCode.GOING_AWAY


async def test_a_stop_is_bounded_when_a_peer_says_nothing(live_server, plain_socket):
    """Who connected and never sent a request holds up nobody."""
    await plain_socket(live_server)

    await stopped(live_server)


async def test_a_stop_is_bounded_when_a_tls_handshake_hangs(serve, plain_socket, tls):
    """Nor does who never began to encrypt: it is let go."""
    server = await serve(tls=tls.server)
    peer = await plain_socket(server, ssl=tls.client)

    await stopped(server)

    async with asyncio.timeout(WAIT):
        assert await peer.read() == b""


async def stopped(server):
    """Stop a server, within bounds."""
    async with asyncio.timeout(WAIT):
        await server.stop()


@pytest.fixture
async def plain_socket(connect):
    """Open a TCP connection that the server has surely taken, and say nothing."""
    writers = []

    async def enter(server, **options):
        url = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writers.append(writer)
        await connect(server, **options)  # the server takes them in one after the other
        return reader

    yield enter
    for writer in writers:
        writer.close()
