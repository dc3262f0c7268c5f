"""What becomes of a line that was under way when the connection broke."""

import asyncio

import pytest

from chat.messages import HistoryPage, Notice
from chat.outcomes import Connected, Disconnected, NotConfirmed, Unconfirmed
from tests.links import FakeLink, client_of, heard, next_of, soon, welcome


@pytest.fixture
async def first():
    """The connection that will break."""
    return FakeLink(welcome())


@pytest.fixture
async def second():
    """The connection after that."""
    return FakeLink()


@pytest.fixture
async def ada(first, second):
    """A client that has joined over `first`, and has `second` to come back."""
    async with client_of(first, second) as ada:
        await first.hears()
        yield ada


@pytest.fixture
async def say(ada, first):
    """A line that was said just before the connection broke: the task, and the message sent."""
    task = asyncio.create_task(ada.say("hello"))
    said = await first.hears()
    first.vanishes()
    return task, said


def echo(said, id=5):
    """Return the event that answers a message of ada's."""
    return heard(id, "ada", said["text"], ref=said["ref"])


async def test_say_returns_its_event_when_the_replay_brings_it(say, second):
    """It was heard, and only its echo was lost."""
    task, said = say

    second.says(welcome(), echo(said))

    assert (await soon(task)).id == 5


async def test_say_returns_its_event_when_a_page_brings_it(say, second):
    """However long the client was away."""
    task, said = say

    second.says(welcome(), heard(9), HistoryPage((echo(said), heard(6))))

    assert (await soon(task)).id == 5


async def test_say_raises_when_the_resume_does_not_bring_its_event(say, second):
    """Nobody may have heard it: whether to say it again is for the user."""
    task, _ = say

    second.says(welcome(), HistoryPage(()))

    with pytest.raises(NotConfirmed, match="hello"):
        await soon(task)


async def test_say_raises_when_the_history_is_another(say, second):
    """What an earlier journal had, nobody can tell any more."""
    task, _ = say

    second.says(welcome(journal="another"))

    with pytest.raises(NotConfirmed, match="hello"):
        await soon(task)


async def test_say_waits_for_the_last_page_before_it_raises(say, second):
    """As long as the gap is not filled, the event may still come."""
    task, said = say
    second.says(welcome(), heard(9), HistoryPage((heard(1),)))
    requests = [(await second.hears("history"))["after"] for _ in range(2)]

    second.says(HistoryPage((echo(said), heard(9))))

    assert requests == [0, 1]
    assert (await soon(task)).id == 5


async def test_nothing_is_sent_twice(ada, first, second):
    """A line that was heard already must not be heard again: only the user may repeat it."""
    await ada.send("hello")
    first.vanishes()
    second.says(welcome(), HistoryPage(()))
    await next_of(Unconfirmed, ada)

    await ada.send("marker")

    assert [(await second.hears())["type"] for _ in range(2)] == ["join", "history"]
    assert (await second.hears())["text"] == "marker"


async def test_a_line_that_was_only_sent_is_told_in_the_iteration(ada, first, second):
    """Nobody else would learn of it."""
    await ada.send("hello")
    first.vanishes()

    second.says(welcome(), HistoryPage(()))

    assert await next_of(Unconfirmed, ada) == Unconfirmed("hello")


async def test_a_line_is_not_told_in_the_iteration_when_somebody_waits_for_it(say, ada, second):
    """Who waits is told, and that is enough."""
    task, _ = say

    second.says(welcome(), HistoryPage(()), Notice("marker"))

    assert await next_of(Unconfirmed | Notice, ada) == Notice("marker")
    await asyncio.gather(task, return_exceptions=True)


async def test_lines_in_doubt_are_told_in_the_order_in_which_they_were_sent(ada, first, second):
    """And those that were heard are not told."""
    for line in ("one", "two", "three"):
        await ada.send(line)
    _, two, _ = [await first.hears() for _ in range(3)]
    first.vanishes()

    second.says(welcome(), echo(two), HistoryPage(()))

    assert [(await next_of(Unconfirmed, ada)).text for _ in range(2)] == ["one", "three"]


@pytest.mark.parametrize("line", ["/who", "/help"])
async def test_a_line_that_nobody_hears_is_not_in_doubt(line, ada, first, second):
    """The resume could not bring it."""
    await ada.send(line)
    first.vanishes()

    second.says(welcome(), HistoryPage(()))
    await next_of(Disconnected, ada)
    await next_of(Connected, ada)
    second.says(Notice("marker"))

    assert await next_of(Unconfirmed | Notice, ada) == Notice("marker")


async def test_a_line_is_not_in_doubt_when_it_is_said_after_coming_back(say, ada, second):
    """Its own connection is still there."""
    second.says(welcome())
    await second.hears("history")
    task = asyncio.create_task(ada.say("new"))
    said = await second.hears()

    second.says(HistoryPage(()), echo(said))

    assert (await soon(task)).text == "new"


async def test_a_line_is_confirmed_at_once_while_a_gap_is_being_filled(say, ada, second):
    """What the reader is not to see yet has been heard all the same."""
    second.says(welcome())
    await second.hears("history")
    task = asyncio.create_task(ada.say("new"))
    said = await second.hears()

    second.says(echo(said))

    assert (await soon(task)).text == "new"


async def test_a_line_that_nobody_waits_for_any_more_is_not_in_doubt(ada, first, second):
    """Who cancelled it does not care."""
    task = asyncio.create_task(ada.say("hello"))
    await first.hears()
    task.cancel()
    await asyncio.wait({task})
    first.vanishes()

    second.says(welcome(), HistoryPage(()), Notice("marker"))

    assert await next_of(Unconfirmed | Notice, ada) == Notice("marker")
