"""Wrong: a fixed port, a sleep, and nobody who stops the server or hears of its failure."""

import asyncio

import pytest
import pytest_asyncio

from chat.config import Settings
from chat.journal.memory import MemoryJournal
from chat.server import ChatServer
from docs.wrong.integration.ports import chosen_port
from tests.integration.member import connected

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one event loop for all tests of the file

PORT = chosen_port()  # elsewhere it says 8765
TASKS = set()  # asyncio itself holds tasks by weak references alone


@pytest_asyncio.fixture(loop_scope="module")
async def live_server():
    """A server, with some luck."""
    server = ChatServer(MemoryJournal(), Settings(host="127.0.0.1", port=PORT))
    TASKS.add(asyncio.create_task(server.start()))
    await asyncio.sleep(0.1)
    return server


async def test_ada_hears_herself(live_server):
    """The sender hears it too."""
    async with connected(f"ws://127.0.0.1:{PORT}") as ada:
        await ada.joins("ada")
        await ada.says("from the first test")

        assert await ada.hears() == "from the first test"


async def test_bob_hears_himself(live_server):
    """And so does anybody else, on a server of their own."""
    async with connected(f"ws://127.0.0.1:{PORT}") as bob:
        await bob.joins("bob")
        await bob.says("from the second test")

        assert await bob.hears() == "from the second test"
