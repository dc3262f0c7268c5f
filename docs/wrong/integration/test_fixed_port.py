"""Wrong: a fixed port, and nobody who gives it back."""

import pytest
import pytest_asyncio

from chat.config import Settings
from chat.journal.memory import MemoryJournal
from chat.server import ChatServer
from docs.wrong.integration.ports import chosen_port
from tests.integration.member import connected

pytestmark = pytest.mark.asyncio(loop_scope="module")

PORT = chosen_port()


@pytest_asyncio.fixture(loop_scope="module")
async def live_server():
    """A server that listens when the test begins, or an error."""
    server = ChatServer(MemoryJournal(), Settings(host="127.0.0.1", port=PORT))
    await server.start()
    return server


async def test_ada_hears_herself(live_server):
    """The sender hears it too."""
    async with connected(live_server.url) as ada:
        await ada.joins("ada")
        await ada.says("from the first test")

        assert await ada.hears() == "from the first test"


async def test_bob_hears_himself(live_server):
    """And so does anybody else, on a server of their own."""
    async with connected(live_server.url) as bob:
        await bob.joins("bob")
        await bob.says("from the second test")

        assert await bob.hears() == "from the second test"
