"""What a client says and asks for while it is connected."""

import asyncio

import pytest

from chat.config import SEND_TIMEOUT
from chat.messages import Error, HistoryPage, Members, Notice
from chat.outcomes import Disconnected, NotConnected, Refused
from tests.links import FakeLink, client_of, heard, ids_heard, next_of, soon, welcome


@pytest.fixture
async def link():
    """The client's connection: what the test does with it, the server does."""
    return FakeLink(welcome())


@pytest.fixture
async def ada(link):
    """A client that has joined over `link`."""
    async with client_of(link) as ada:
        await link.hears()
        yield ada


@pytest.fixture
def saying(ada, link):
    """Say a line in the background: return the task, and the message once it was sent."""

    async def say(line):
        task = asyncio.create_task(ada.say(line))
        return task, await link.hears()

    return say


async def test_say_returns_the_event_that_everybody_hears(saying, link):
    """The echo is the acknowledgement: with it comes the place in the order."""
    task, said = await saying("hello")

    link.echoes(said, id=7)

    event = await soon(task)
    assert (event.id, event.name, event.text) == (7, "ada", "hello")


async def test_each_say_returns_its_own_event(saying, link):
    """Two messages under way are told apart by their references."""
    task1, said1 = await saying("same")
    task2, said2 = await saying("same")

    link.echoes(said1, id=1)
    link.echoes(said2, id=2)

    assert ((await soon(task1)).id, (await soon(task2)).id) == (1, 2)


async def test_say_is_not_answered_by_what_another_says(saying, link):
    """A reference is its sender's own: others may use the same."""
    task, said = await saying("hello")

    link.says(heard(1, "bob", "hello", ref=said["ref"]))
    link.echoes(said, id=2)

    assert (await soon(task)).id == 2


async def test_what_was_said_is_seen_in_the_iteration_too(saying, link, ada):
    """Whoever shows the iteration shows everything."""
    _, said = await saying("hello")

    link.echoes(said, id=7)

    assert await ids_heard(ada, 1) == [7]


async def test_say_raises_what_the_server_says_when_it_refuses(saying, link, ada):
    """Who waits is told, so the iteration does not tell it again."""
    task, said = await saying("hello")

    link.says(Error("not-saved", "the disk is full", said["ref"]), Error("marker", ""))

    with pytest.raises(Refused, match=r"^the disk is full$") as refused:
        await soon(task)
    assert refused.value.code == "not-saved"
    assert (await next_of(Error, ada)).code == "marker"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("x" * 513, "too-long", id="too-long"),
        pytest.param("", "bad-message", id="empty"),
        pytest.param("a\nb", "bad-message", id="two-lines"),
    ],
)
async def test_a_line_that_may_not_be_said_is_refused_before_it_is_sent(line, code, ada, link):
    """What the server would refuse needs no journey."""
    with pytest.raises(Refused) as refused:
        await ada.say(line)

    await ada.send("marker")
    assert refused.value.code == code
    assert (await link.hears())["text"] == "marker"


@pytest.mark.parametrize("line", ["/who", "/help", "/me", "/dance"])
async def test_say_takes_no_line_that_nobody_hears(line, ada):
    """There will be no event to return: that is a mistake of our own code."""
    with pytest.raises(ValueError, match="use send"):
        await ada.say(line)


@pytest.mark.parametrize("answer", [Members(("ada", "bob")), Notice("/who (see who is here)")])
async def test_what_the_server_answers_to_a_command_is_seen_in_the_iteration(answer, ada, link):
    """Send takes lines that nobody else hears."""
    await ada.send("/who")

    assert (await link.hears())["text"] == "/who"
    link.says(answer)
    assert await next_of(type(answer), ada) == answer


async def test_a_refusal_is_seen_in_the_iteration_when_the_line_was_only_sent(ada, link):
    """Nobody waits for it elsewhere."""
    await ada.send("hello")
    error = Error("not-saved", "the disk is full", (await link.hears())["ref"])

    link.says(error)

    assert await next_of(Error, ada) == error


async def test_a_say_that_was_cancelled_is_forgotten(saying, link, ada):
    """Nobody waits any more, so the iteration tells what becomes of it."""
    task, said = await saying("hello")
    task.cancel()
    await asyncio.wait({task})

    link.says(Error("not-saved", "", said["ref"]))

    assert (await next_of(Error, ada)).ref == said["ref"]


async def test_a_line_may_be_said_again_after_one_was_cancelled(saying, link):
    """The late echo of the first is not taken for that of the second."""
    task1, said1 = await saying("hello")
    task1.cancel()
    task2, said2 = await saying("hello")

    link.echoes(said1, id=1)
    link.echoes(said2, id=2)

    assert (await soon(task2)).id == 2


async def test_an_echo_is_heard_when_it_comes_as_its_say_is_cancelled(saying, link, ada):
    """Whoever gives up takes nothing from the others."""
    task, said = await saying("hello")

    link.echoes(said, id=7)
    task.cancel()

    assert await ids_heard(ada, 1) == [7]


async def test_a_connection_is_given_up_when_the_server_does_not_read(ada, link, pass_time):
    """A server that hangs must not hang its clients."""
    link.stops_reading()
    sending = asyncio.create_task(ada.send("hello"))
    await link.hears()

    await pass_time(SEND_TIMEOUT)

    await soon(sending)
    assert await next_of(Disconnected, ada)


async def test_history_returns_a_page(ada, link):
    """Events as they were heard, the first after the id that was named."""
    asking = asyncio.create_task(ada.history(40, limit=2))
    assert await link.hears() == {"type": "history", "after": 40, "limit": 2}

    link.says(HistoryPage((heard(41), heard(42))))

    assert await soon(asking) == (heard(41), heard(42))


async def test_pages_that_were_asked_for_are_not_seen_in_the_iteration(ada, link):
    """They are old, and whoever asked knows what to do with them."""
    asking = asyncio.create_task(ada.history(0))
    await link.hears()

    link.says(HistoryPage((heard(1),)), heard(9))

    await soon(asking)
    assert await ids_heard(ada, 1) == [9]


@pytest.mark.parametrize("message", [HistoryPage(()), welcome("eve")], ids=["page", "welcome"])
async def test_what_nobody_asked_for_changes_nothing(message, ada, link):
    """A server that says too much does no harm."""
    link.says(message, heard(1))

    assert await ids_heard(ada, 1) == [1]
    assert ada.name == "ada"


async def test_history_raises_what_the_server_says_when_it_refuses(ada, link):
    """An error without a reference answers the request that has none."""
    asking = asyncio.create_task(ada.history(0))
    await link.hears()

    link.says(Error("rate-limited", "at most 10 messages a second"))

    with pytest.raises(Refused, match=r"^at most 10 messages a second$"):
        await soon(asking)


async def test_a_refused_message_is_not_taken_for_a_refused_page(saying, ada, link):
    """An error with a reference answers a message."""
    asking = asyncio.create_task(ada.history(0))
    await link.hears()
    _, said = await saying("hello")

    link.says(Error("not-saved", "", said["ref"]), HistoryPage((heard(1),)))

    assert await soon(asking) == (heard(1),)


async def test_history_raises_when_the_connection_breaks(ada, link):
    """The answer will not come any more."""
    asking = asyncio.create_task(ada.history(0))
    await link.hears()

    link.vanishes()

    with pytest.raises(NotConnected, match=r"^the connection broke$"):
        await soon(asking)


async def test_a_client_goes_on_when_nobody_waits_for_a_page_that_does_not_come(ada, link):
    """The connection breaks, and that is all."""
    asking = asyncio.create_task(ada.history(0))
    await link.hears()
    asking.cancel()

    link.vanishes()

    assert await next_of(Disconnected, ada)


async def test_a_page_goes_to_who_asked_for_it_when_another_gave_up(ada, link):
    """Answers come in the order of the requests, also of those that nobody waits for."""
    asking1, asking2 = (asyncio.create_task(ada.history(after)) for after in (0, 10))
    await link.hears()
    asking1.cancel()

    link.says(HistoryPage((heard(1),)), HistoryPage((heard(11),)))

    assert await soon(asking2) == (heard(11),)
