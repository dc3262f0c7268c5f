"""What real networks do: connections break, hang, or take nothing in. Others must not notice."""

import asyncio
import socket
import struct

import pytest
from websockets.frames import CloseCode, Frame, Opcode

from tests.conftest import WAIT

LONG = "\N{WAVING HAND SIGN}" * 500  # two KiB on the wire
SYSTEM_BUFFER = 64 * 1024
PING = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)


async def test_others_hear_the_leave_when_a_connection_is_reset(live_server, join):
    """A peer that vanishes in the middle of everything leaves as any other."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")

    reset(bob)

    assert (await ada.receives("leave"))["name"] == "bob"


async def test_a_name_is_free_again_when_a_connection_is_reset(live_server, join):
    """Who lost the connection may come back under the same name."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")

    reset(bob)
    await ada.receives("leave")

    assert (await join(live_server, "bob")).welcome["members"] == ["ada", "bob"]


async def test_what_was_said_is_heard_when_the_speaker_vanishes_at_once(live_server, join):
    """A message that arrived is not lost with its connection."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")

    await bob.says("last words")
    await bob.socket.close()

    assert [(await ada.receives("message", "leave"))["type"] for _ in range(2)] == [
        "message",
        "leave",
    ]


def reset(member):
    """End a connection with a RST: no goodbye, not even of the operating system."""
    transport = member.socket.transport
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


async def test_a_member_who_answers_no_ping_is_dropped(serve, join):
    """A peer behind a cut cable is gone for everybody, soon."""
    # Not too soon: on a busy machine, whoever is about to join needs a moment for a pong.
    server = await serve(ping_interval=0.01, ping_timeout=1.0, close_grace=0.01)
    ghost = await join(server, "ghost")

    ghost.stops_reading()

    await left(server, "ghost")


async def left(server, name):
    """Wait for a leave, where nobody who might be dropped as well has to hear it."""
    async with asyncio.timeout(WAIT):
        async for events in server.journal.follow(0):
            if any((event.type, event.name) == ("leave", name) for event in events):
                return


# Slow readers.


@pytest.fixture
def join_slowly(join):
    """Join and then read nothing. The system keeps little of what waits, so the server has to."""

    async def enter(server, name, **options):
        slow = await join(server, name, **options)
        address = slow.socket.local_address
        for transport in server._gate.transports:
            if transport.get_extra_info("peername") == address:
                near_end = transport.get_extra_info("socket")
                near_end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER)
        slow.stops_reading()
        return slow

    return enter


async def test_others_hear_everything_when_one_reads_nothing(serve, join, join_slowly):
    """A stuck reader is dropped, and takes nothing from the others."""
    server = await serve(rate_limit=0, drop_limit=64 * 1024, drop_grace=0)
    ada = await join(server, "ada")
    await join_slowly(server, "stuck")

    said, heard = await talk_until_somebody_leaves(ada)

    assert heard == said


async def test_a_stuck_reader_is_dropped_behind_tls_too(serve, join, join_slowly, tls):
    """What waits for a reader is bounded, encrypted or not."""
    server = await serve(tls=tls.server, rate_limit=0, drop_limit=64 * 1024, drop_grace=0)
    ada = await join(server, "ada", ssl=tls.client)
    await join_slowly(server, "stuck", ssl=tls.client)

    said, heard = await talk_until_somebody_leaves(ada)

    assert heard == said


async def test_a_slow_reader_is_told_why_it_was_dropped(serve, join, join_slowly):
    """Who reads on in time finds the reason behind all that waited: 1013."""
    server = await serve(rate_limit=0, drop_limit=64 * 1024, drop_grace=2 * WAIT)
    ada = await join(server, "ada")
    slow = await join_slowly(server, "slow")

    await talk_until_somebody_leaves(ada)
    slow.reads_again()

    assert await slow.is_closed() == CloseCode.TRY_AGAIN_LATER


async def talk_until_somebody_leaves(member):
    """Say long texts. Return what was said and what was heard."""
    said, heard = [], []
    async with asyncio.timeout(WAIT):
        while True:
            said += (texts := [f"{len(said) + number} {LONG}" for number in range(10)])
            await member.says(*texts)
            while heard != said:
                message = await member.receives("message", "leave")
                if message["type"] == "leave":
                    return said, heard + await member.hears_all(len(said) - len(heard))
                heard.append(message["text"])


async def test_a_reader_who_is_less_behind_than_the_limit_stays(serve, join, join_slowly):
    """Being slow is allowed: what waits is read later, and nothing of it is missing."""
    server = await serve(rate_limit=0)
    ada = await join(server, "ada")
    slow = await join_slowly(server, "slow")

    await ada.says(*[LONG] * 100)
    await ada.hears_all(100)
    slow.reads_again()

    assert await slow.hears_all(100) == [LONG] * 100


async def test_who_asks_and_never_reads_is_dropped(serve, join, join_slowly):
    """Answers pile up no further than chat does."""
    server = await serve(rate_limit=0, drop_limit=64 * 1024, drop_grace=0)
    ada = await join(server, "ada")
    await ada.says(*[LONG] * 10)
    await ada.hears_all(10)
    asker = await join_slowly(server, "asker")

    for _ in range(200):
        await asker.sends(type="history", after=0)

    assert (await ada.receives("leave"))["name"] == "asker"


async def test_who_floods_pings_and_never_reads_is_dropped(serve, join, join_slowly):
    """Pongs pile up no further than chat does."""
    server = await serve(drop_limit=64 * 1024, drop_grace=0)
    ada = await join(server, "ada")
    flooder = await join_slowly(server, "flooder")

    flooder.socket.transport.write(PING * 20_000)

    assert (await ada.receives("leave"))["name"] == "flooder"


async def test_who_floods_pings_and_reads_the_pongs_is_sent_away(live_server, join):
    """Pings cost the server as much as chat does, and nobody needs so many."""
    flooder = await join(live_server, "flooder")

    flooder.socket.transport.write(PING * 100)

    assert await flooder.is_closed() == CloseCode.POLICY_VIOLATION
