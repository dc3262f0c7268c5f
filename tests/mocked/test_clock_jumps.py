"""Somebody sets the clock on the wall: by hand, by NTP, or because a laptop slept."""

import pytest

from tests.fakes import FakeClock

NOON, HOUR = 1763812800.0, 3600.0

either_way = pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forwards", "back"])


@pytest.fixture
async def wall(chat):
    """The clock on the wall. The server's other one, `chat.clock`, only ever goes on."""
    server = await chat.start(rate_limit=1, burst=2)
    server.clock = FakeClock(NOON)
    return server.clock


@either_way
async def test_an_event_bears_the_time_on_the_wall_when_that_has_jumped(chat, wall, jump):
    """A time is what the clock said, and no more."""
    [ada] = await chat.room_of("ada")

    wall.advance(jump)
    ada.says("what time is it?")

    assert (await ada.receives())["time"] == NOON + jump


@either_way
async def test_messages_keep_their_order_when_the_clock_has_jumped(chat, wall, jump):
    """The journal gives the order, and the time says nothing of it."""
    [ada] = await chat.room_of("ada")
    ada.says("before")
    wall.advance(jump)
    chat.clock.advance(1)
    ada.says("after")
    await ada.receives()
    await ada.receives()

    bob = await chat.join("bob")

    assert [await bob.hears() for _ in range(4)][1:3] == ["ada: before", "ada: after"]


@either_way
async def test_a_member_resumes_where_it_was_when_the_clock_has_jumped(chat, wall, jump):
    """What was missed is told by ids."""
    ada, bob = await chat.room_of("ada", "bob")
    ada.leaves()
    await bob.hears()
    left = chat.journal.newest
    wall.advance(jump)
    bob.says("while you were away")

    known = {"journal": ada.welcome["journal"], "session": ada.welcome["session"]}
    again = await chat.join("ada", after=left, **known)

    assert await again.hears() == "bob: while you were away"


async def test_nobody_may_say_more_when_the_clock_has_jumped_forwards(chat, wall):
    """An hour that did not pass refills no burst."""
    [ada] = await chat.room_of("ada")
    ada.says("hello")

    wall.advance(HOUR)
    ada.says("too soon")

    assert {await ada.hears(), await ada.hears()} == {"ada: hello", "error rate-limited"}


async def test_nobody_is_silenced_when_the_clock_has_jumped_back(chat, wall):
    """Nor does anybody wait until the hour has passed once more."""
    [ada] = await chat.room_of("ada")
    ada.says("hello")
    await ada.hears()

    wall.advance(-HOUR)
    chat.clock.advance(1)
    ada.says("in time")

    assert await ada.hears() == "ada: in time"
