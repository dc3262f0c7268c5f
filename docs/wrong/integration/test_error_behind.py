"""Wrong: the server dies in the background, and a test that does not look passes."""

import pytest

from chat.config import Settings
from chat.journal.memory import MemoryJournal
from chat.server import ChatServer

SETTINGS = Settings(host="127.0.0.1", port=0)
SERVERS = []  # keeps them: asyncio tells of a lost error when its task is garbage, in whatever test


@pytest.fixture
async def forgotten_server():
    """A server that nobody stops, so nobody learns how it ended."""
    server = ChatServer(MemoryJournal(), SETTINGS)
    await server.start()
    SERVERS.append(server)
    return server


@pytest.fixture
async def stopped_server():
    """A server that is stopped, and then says what went wrong."""
    async with ChatServer(MemoryJournal(), SETTINGS) as server:
        yield server


async def test_bob_is_let_go_by_a_server_that_is_forgotten(forgotten_server, join):
    """It passes, although the server has died."""
    await is_let_go(await join(forgotten_server, "bob"), forgotten_server)


async def test_bob_is_let_go_by_a_server_that_is_stopped(stopped_server, join):
    """The same test, and the same server."""
    await is_let_go(await join(stopped_server, "bob"), stopped_server)


async def is_let_go(member, server):
    """Say something that is not heard, and wait for the end."""
    server.room.apply = None  # a bug: the next event cannot be applied
    await member.says("hello")
    await member.is_closed()
