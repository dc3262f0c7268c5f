"""For the demo of tier 3: each test has a server of its own, so who is alone?"""

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
async def address():
    """Where a new server listens."""
    server = ChatServer(MemoryJournal(), Settings(host="127.0.0.1", port=PORT))
    TASKS.add(asyncio.create_task(server.start()))
    await asyncio.sleep(0.1)
    yield f"ws://127.0.0.1:{PORT}"


async def test_the_first_to_come_reads_what_she_said(address):
    """The history of a new chat begins with her."""
    async with connected(address) as ada:
        await ada.joins("ada")
        await ada.says("hello, nobody")

        assert await ada.hears() == "hello, nobody"


async def test_the_first_to_come_finds_no_history(address):
    """And so it is for anybody else, on a server of their own."""
    async with connected(address) as bob:
        await bob.joins("bob")
        await bob.says("am I alone?")

        assert await bob.hears() == "am I alone?"
