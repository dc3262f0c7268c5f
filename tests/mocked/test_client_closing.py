"""How a client ends: at any time, and nothing is left of it."""

import asyncio
import gc
from contextlib import AsyncExitStack

import pytest

from chat.messages import Heard, HistoryPage
from chat.outcomes import ClientEvent, Disconnected, NotConfirmed, NotConnected, Unconfirmed
from tests.conftest import WAIT
from tests.fakes import FakeClock
from tests.links import FakeLink, Script, client_of, heard, next_of, soon, welcome


@pytest.fixture(autouse=True)
async def nothing_is_left():
    """Fail a test that leaves a task, or an exception that nobody heard of."""
    unheard = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    gc.collect()
    gc.freeze()  # what was there before need not be looked through again
    yield
    gc.collect()
    assert unheard == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def link():
    """The connection over which the client joins."""
    return FakeLink(welcome())


async def remaining(client):
    """What is left to iterate over."""
    async with asyncio.timeout(WAIT):
        return [event async for event in client]


async def test_a_client_says_goodbye_when_it_is_closed(link):
    """The server need not find out by itself."""
    async with client_of(link) as ada:
        await next_of(ClientEvent, ada)

    assert link.is_closed


async def test_a_client_can_be_closed_as_soon_as_it_is_open(link):
    """Even before it has begun to listen."""
    async with client_of(link) as ada:
        pass

    assert link.is_closed
    assert len(await remaining(ada)) == 1


async def test_a_client_can_be_closed_while_it_waits(link):
    """It need not come back first."""
    link.vanishes()

    async with client_of(link, sleep=FakeClock().sleep) as ada:
        await next_of(Disconnected, ada)

    assert await remaining(ada) == []


async def test_a_client_can_be_closed_while_it_connects(link):
    """A server that does not answer holds nobody up."""
    link.vanishes()
    script = Script(link)

    async with client_of(connect=script.connect):
        await soon(script.is_over.wait())


async def test_a_client_can_be_closed_while_it_joins(link):
    """The connection that is not yet one is closed too."""
    link.vanishes()
    silent = FakeLink()

    async with client_of(link, silent):
        await silent.hears()

    assert silent.is_closed


async def test_a_client_can_be_closed_while_it_fills_a_gap(link):
    """In the pause between two pages."""
    link.vanishes()
    second = FakeLink(welcome(), heard(9), HistoryPage((heard(1),)))

    async with client_of(link, second, sleep=(clock := FakeClock()).sleep) as ada:
        await clock.next_sleep()
        await next_of(Heard, ada)

    assert second.is_closed


async def test_the_iteration_ends_when_the_client_is_closed(link):
    """After the last event, and for whoever iterates next."""
    async with client_of(link) as ada:
        link.says(heard(1))
        await next_of(Heard, ada)

    assert [await remaining(ada), await remaining(ada)] == [[], []]


async def test_an_iteration_under_way_ends_when_the_client_is_closed(link):
    """Nobody waits for ever."""
    async with client_of(link) as ada:
        iterating = asyncio.create_task(remaining(ada))
        await asyncio.sleep(0)  # until it waits

    assert len(await soon(iterating)) == 1


async def test_a_line_under_way_is_in_doubt_when_the_client_is_closed(link):
    """Nobody listens for its echo any more."""
    async with client_of(link) as ada:
        saying = asyncio.create_task(ada.say("said"))
        await link.hears("message")
        await ada.send("sent")

    with pytest.raises(NotConfirmed, match="said"):
        await soon(saying)
    assert Unconfirmed("sent") in await remaining(ada)


async def test_a_page_does_not_come_when_the_client_is_closed(link):
    """Who waits for it is told."""
    async with client_of(link) as ada:
        asking = asyncio.create_task(ada.history(0))
        await link.hears("history")

    with pytest.raises(NotConnected, match=r"^the connection broke$"):
        await soon(asking)


async def test_a_page_does_not_come_when_the_client_is_closed_while_it_comes_back(link):
    """Even if its request is stuck behind that of the resume."""
    link.vanishes()
    second = FakeLink()
    async with client_of(link, second) as ada:
        await second.hears("join")
        second.stops_reading()
        second.says(welcome())
        await second.hears("history")
        asking = asyncio.create_task(ada.history(0))
        await second.hears("history")

    with pytest.raises(NotConnected, match=r"^the connection broke$"):
        await soon(asking)


async def test_nothing_can_be_said_when_the_client_is_closed(link):
    """However early that was."""
    async with client_of(link) as ada:
        pass

    with pytest.raises(NotConnected, match=r"^there is no connection to the server now$"):
        await soon(ada.say("hello"))


async def test_a_line_is_in_doubt_when_coming_back_is_in_vain(link):
    """There is no resume that could bring it."""
    async with client_of(link, NotConnected("go away", is_final=True)) as ada:
        saying = asyncio.create_task(ada.say("said"))
        await link.hears("message")
        link.vanishes()
        with pytest.raises(NotConfirmed, match="said"):
            await soon(saying)


async def test_nobody_need_iterate_when_coming_back_is_in_vain(link):
    """Leaving is quiet: the failure was for whoever iterates."""
    async with client_of(link) as ada:
        link.closes(1008, "go away")
        with pytest.raises(NotConnected):
            await soon(ada.history(0))

    with pytest.raises(NotConnected, match=r"^go away$"):
        await remaining(ada)


@pytest.mark.parametrize(("method", "argument"), [("say", "hello"), ("history", 0)])
async def test_a_request_leaves_nothing_when_it_is_cancelled_while_it_is_sent(
    method, argument, link
):
    """Its failure would come to nobody when the client ends."""
    async with client_of(link) as ada:
        link.stops_reading()
        asking = asyncio.create_task(getattr(ada, method)(argument))
        await link.hears("message", "history")
        asking.cancel()
        await asyncio.wait({asking})


async def test_a_bug_is_raised_when_the_client_is_closed(link):
    """A failure of our own is never silent, whether anybody iterates or not."""

    async def sleep(seconds):
        raise ZeroDivisionError

    link.vanishes()
    async with AsyncExitStack() as stack:
        ada = await stack.enter_async_context(client_of(link, sleep=sleep))
        with pytest.raises(ZeroDivisionError):
            await remaining(ada)
        with pytest.raises(ZeroDivisionError):
            await stack.aclose()
