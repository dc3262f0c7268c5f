"""Wrong: nobody stops the server, and nobody awaits a coroutine."""

import asyncio

import pytest

from chat.config import Settings
from chat.journal.memory import MemoryJournal
from chat.server import ChatServer


@pytest.fixture
async def nothing_left():
    """Fail the test that leaves a task behind."""
    tasks = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - tasks - {asyncio.current_task()}
    assert sorted(task.get_name() for task in left) == []


@pytest.fixture
async def live_server(nothing_left):
    """A server on a free port that listens when the test begins, and for ever after."""
    server = ChatServer(MemoryJournal(), Settings(host="127.0.0.1", port=0))
    await server.start()
    return server


async def test_a_server_has_an_address(live_server):
    """It passes, and then the fixture looks around."""
    assert live_server.url.startswith("ws://127.0.0.1:")


async def test_ada_may_leave_at_once(serve, join):
    """Whoever comes may go."""
    ada = await join(await serve(), "ada")

    ada.socket.close()  # `await` is missing: this does nothing
