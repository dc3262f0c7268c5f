"""Wrong: silence for a moment is taken for silence.

Both tests say what is not so, that the sender does not hear its own message. Both should fail.
"""

import asyncio

import pytest

from docs.wrong.integration.slow import DELAY, SlowJournal


@pytest.fixture
async def ada(serve, join):
    """A member of a chat whose disk takes its time."""
    return await join(await serve(journal=SlowJournal()), "ada")


async def test_ada_hears_nothing_for_a_moment(ada):
    """It passes: the message comes a moment later."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer(ada), DELAY / 2)


async def test_ada_hears_nothing_before_the_marker(ada):
    """It fails: what comes at all comes before what is said later."""
    await ada.says("hello")
    await ada.says("marker")

    assert await ada.hears() == "marker"


async def answer(member):
    """Say something and return what is heard."""
    await member.says("hello")
    return await member.hears()
