"""The clock that tests move: whoever sleeps by it wakes when its time has come, and not before."""

import asyncio

from tests.conftest import WAIT
from tests.fakes import FakeClock


async def asleep(clock, *seconds):
    """Return tasks that sleep so long, and have begun to."""
    tasks = [asyncio.create_task(clock.sleep(each)) for each in seconds]
    await asyncio.sleep(0)
    return tasks


async def finished(task):
    """Wait until a task has ended."""
    async with asyncio.timeout(WAIT):
        await task


async def test_the_time_is_what_the_test_made_it():
    """No time passes by itself."""
    clock = FakeClock(now=5)

    clock.advance(2.5)

    assert clock() == 7.5


async def test_a_sleeper_wakes_when_its_time_has_come():
    """In one step or in many."""
    clock = FakeClock()
    [sleeper] = await asleep(clock, 3)

    for _ in range(3):
        clock.advance(1)

    await finished(sleeper)


async def test_a_sleeper_sleeps_on_when_its_time_has_not_come():
    """Who sleeps longer wakes later."""
    clock = FakeClock()
    early, late = await asleep(clock, 1, 2)

    clock.advance(1)
    await finished(early)
    assert not late.done()

    clock.advance(1)
    await finished(late)


async def test_the_next_sleep_is_told_and_passes():
    """A test that follows a back-off need not know how long it sleeps."""
    clock = FakeClock()

    [sleeper] = await asleep(clock, 3)

    assert await clock.next_sleep() == 3
    await finished(sleeper)


async def test_a_sleep_of_no_time_lets_others_run():
    """As asyncio.sleep(0) does: a loop around it starves nobody."""
    clock = FakeClock()
    ran = []
    asyncio.get_running_loop().call_soon(ran.append, "another")

    await clock.sleep(0)

    assert ran == ["another"]
