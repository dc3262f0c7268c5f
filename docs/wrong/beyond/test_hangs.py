"""Wrong: tests that wait for ever. A limit ends each of them, and each tells something else."""

import asyncio
import sys
import threading
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

LIMIT = 0.2  # seconds: nothing here is ever reached

pytestmark = pytest.mark.timeout(1)


async def hand_on(inbox, outbox):
    """Hand on what comes in. The colleague who wrote it had pairs in mind."""
    while True:
        await outbox.put([await inbox.get(), await inbox.get()])


@pytest_asyncio.fixture
async def boxes():
    """What goes in, and what comes out."""
    inbox, outbox = asyncio.Queue(), asyncio.Queue()
    task = asyncio.create_task(hand_on(inbox, outbox), name="hand_on")
    yield inbox, outbox
    task.cancel()
    await asyncio.wait([task])


async def test_what_comes_in_goes_out(boxes):
    """It waits for what never comes, and the last resort ends it."""
    inbox, outbox = boxes
    inbox.put_nowait("hello")

    assert await outbox.get() == ["hello"]


@asynccontextmanager
async def limit(seconds):
    """As asyncio.timeout; when it is reached, tell where everybody else waits."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.print_stack(file=sys.stdout)
        raise


async def test_what_comes_in_goes_out_in_time(boxes):
    """It waits for the same, with a limit of its own."""
    inbox, outbox = boxes
    inbox.put_nowait("hello")

    async with limit(LIMIT):
        assert await outbox.get() == ["hello"]


async def test_a_thread_is_done_in_time():
    """It stops the event loop itself, and with it each limit that the loop keeps."""
    is_done = threading.Event()

    async with limit(LIMIT):
        is_done.wait()
