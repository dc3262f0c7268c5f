"""What the tests of this tier share: everything around the parts under test is replaced."""

import asyncio

import pytest

from tests.fakes import HeldJournal
from tests.staging import Chat


@pytest.fixture
async def chat():
    """A ChatServer among fakes; it must end well, unless the test has waited for its end."""
    async with Chat() as chat:
        yield chat


@pytest.fixture
async def held_chat():
    """The same, on a journal that stores when the test says so."""
    async with Chat(HeldJournal()) as chat:
        yield chat
        chat.journal.release()


@pytest.fixture
async def hangs():
    """Return `hangs(connection)`: its goodbye takes until the test ends. Ask for the chat first."""
    may_close = asyncio.Event()

    def hangs(connection):
        connection.close = lambda *_: may_close.wait()

    yield hangs
    may_close.set()


@pytest.fixture
def pass_time(monkeypatch):
    """Return `pass_time(seconds)`: the event loop's own clock moves, and time-outs run out."""

    async def pass_time(seconds):
        loop = asyncio.get_running_loop()
        now = loop.time
        monkeypatch.setattr(loop, "time", lambda: now() + seconds)
        all_due_have_run = loop.create_future()
        loop.call_later(0, all_due_have_run.set_result, None)
        await all_due_have_run

    return pass_time
