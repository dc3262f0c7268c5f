"""Wrong: a limit around the `yield` of a fixture. It never ends the test."""

import asyncio

import pytest

from docs.wrong.integration.slow import DELAY


@pytest.fixture
async def limit():
    """A limit for each test, or so it looks."""
    async with asyncio.timeout(DELAY / 2):
        yield


async def test_ada_takes_longer_than_the_limit_of_a_fixture(limit):
    """It passes: the limit would cancel a task that has ended long ago."""
    await asyncio.sleep(DELAY)


async def test_ada_takes_longer_than_the_limit_of_her_test():
    """It fails, as it should: here the limit is in the task that waits."""
    async with asyncio.timeout(DELAY / 2):
        await asyncio.sleep(DELAY)
