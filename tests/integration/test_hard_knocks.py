"""Peers that mean no good, or know no better: they come slowly, or again and again.

Heavier loads of the same kind are scripts: `python -m benchmarks --help`.
"""

import asyncio
import gc
import itertools
from collections import Counter
from contextlib import AsyncExitStack, suppress
from urllib.parse import urlsplit

import pytest
from websockets.frames import Frame, Opcode

from tests.conftest import WAIT

# Who sends slowly: a handshake or a frame that never ends (slow loris).

HEADERS = b"X-Loris: " + b"x" * 1000 + b"\r\n"  # the library takes 128 of them
HALF_A_FRAME = Frame(Opcode.TEXT, b"x" * 1000).serialize(mask=True)[:500]


@pytest.fixture
async def drip():
    """Send a request byte by byte, on and on: `reader = await drip(server)`."""
    async with asyncio.TaskGroup() as group, AsyncExitStack() as stack:

        async def begin(server):
            url = urlsplit(server.url)
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            stack.callback(writer.transport.abort)
            group.create_task(send_slowly(writer))
            return reader

        yield begin


async def send_slowly(writer):
    """Send one byte each time that others had their turn, until the connection ends."""
    for byte in itertools.chain(b"GET / HTTP/1.1\r\n", itertools.cycle(HEADERS)):
        if writer.is_closing():
            return
        writer.write(bytes([byte]))
        await asyncio.sleep(0)


async def ends(reader):
    """Return what still comes before the other side lets go."""
    async with asyncio.timeout(WAIT):
        with suppress(ConnectionError):
            return await reader.read()
    return b""


async def test_who_sends_a_request_byte_by_byte_is_let_go(serve, drip):
    """Some bytes now and then put no deadline off."""
    server = await serve(open_timeout=0.05)

    assert await ends(await drip(server)) == b""


async def test_who_never_begins_to_encrypt_is_let_go(serve, tls):
    """The deadline is for what comes before the request as well."""
    server = await serve(open_timeout=0.05, tls=tls.server)

    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port)

    assert await ends(reader) == b""
    writer.close()


async def test_others_come_in_while_many_requests_never_end(live_server, drip, join):
    """Who is slow takes nobody's turn."""
    slow = [await drip(live_server) for _ in range(20)]

    ada = await join(live_server, "ada")
    await ada.says("hello")

    assert await ada.hears() == "hello"
    assert not any(reader.at_eof() for reader in slow)


async def test_who_never_ends_a_frame_is_dropped(serve, join):
    """Half a frame holds up the answer to a ping, and so counts as silence."""
    server = await serve(ping_interval=0.05, ping_timeout=1.0)
    slow = await join(server, "slow")

    slow.socket.transport.write(HALF_A_FRAME)

    assert await slow.is_closed() == 1011


# Who comes and goes.


async def test_nothing_is_left_of_those_who_came_and_went(serve, join):
    """Neither a task nor anything that the server keeps of a peer."""
    server = await serve(rate_limit=0)
    ada = await join(server, "ada")
    before = left()

    for number in range(50):
        (await join(server, f"guest{number}")).socket.transport.abort()
        await ada.receives("leave")

    async with asyncio.timeout(WAIT):
        while left() != before:
            await ada.says("this takes its turn, and the last to go have theirs")
            await ada.hears()


def left():
    """Count what there is for each peer: tasks, and objects that nobody may keep."""
    gc.collect()
    kept = Counter(type(thing).__name__ for thing in gc.get_objects())
    return len(asyncio.all_tasks()), kept["Peer"], kept["ChatConnection"]
