"""Wrong: a pause for the server to start in, and a limit that says how fast it has to be."""

import asyncio

import pytest

from chat.config import Settings
from chat.server import ChatServer
from docs.wrong.integration.ports import chosen_port
from docs.wrong.integration.slow import DELAY, SlowJournal, StuckJournal
from tests.conftest import WAIT
from tests.integration.member import connected

PORT = chosen_port()


@pytest.fixture
async def live_server():
    """A server that had a tenth of a second to start, and whose disk is still busy."""
    journal = StuckJournal()
    server = ChatServer(journal, Settings(host="127.0.0.1", port=PORT))
    starting = asyncio.create_task(server.start())
    await asyncio.sleep(0.1)
    yield server
    journal.is_free.set()  # after the test: it is to fail on the fastest machine too
    await starting
    await server.stop()


async def test_ada_is_welcome(live_server):
    """Whoever comes gets in."""
    async with connected(f"ws://127.0.0.1:{PORT}") as ada:
        await ada.joins("ada")


@pytest.mark.parametrize("limit", [DELAY / 2, WAIT], ids=["soon", "in-time"])
async def test_ada_hears_herself(serve, join, limit):
    """The sender hears it too, on a disk that takes its time."""
    ada = await join(await serve(journal=SlowJournal()), "ada")

    async with asyncio.timeout(limit):
        await ada.says("hello")

        assert await ada.hears() == "hello"
