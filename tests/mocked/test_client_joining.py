"""How a client gets into the room, and how it does not."""

import asyncio
from unittest.mock import Mock

import pytest

import chat.link
from chat.config import JOIN_TIMEOUT
from chat.link import open_link
from chat.messages import Error, Members
from chat.outcomes import Connected, NotConnected, Refused
from tests.links import FakeLink, Script, client_of, next_of, soon, welcome


async def enters(*items, **options):
    """Come and go."""
    async with client_of(*items, **options) as client:
        return client


async def test_a_client_joins_with_its_name_and_nothing_else_when_it_is_new():
    """There is nothing to resume yet."""
    link = FakeLink(welcome())

    await enters(link)

    assert await link.hears() == {"type": "join", "name": "ada"}


async def test_a_client_connects_to_its_address_with_its_token():
    """What it was given goes to the connection as it is."""
    script = Script(FakeLink(welcome()))

    await enters(connect=script.connect, token="secret")

    assert script.addresses == [("ws://chat.example", "secret")]


async def test_the_first_event_is_the_welcome():
    """It tells who is here; what was seen before, if anything, is of no use."""
    async with client_of(FakeLink(welcome())) as ada:
        assert await next_of(object, ada) == Connected(welcome(), fresh=True)


async def test_a_client_is_called_what_the_server_calls_it():
    """The welcome has the name that the others see."""
    client = await enters(FakeLink(welcome("Ada")))

    assert client.name == "Ada"


async def test_entering_raises_what_the_server_says_when_it_refuses():
    """The code is for the program, the words are for the user."""
    link = FakeLink(Error("name-taken", "the name ada is taken"))

    with pytest.raises(Refused, match=r"^the name ada is taken$") as refused:
        await enters(link)

    assert refused.value.code == "name-taken"
    assert link.is_closed


async def test_entering_raises_when_there_is_no_connection():
    """It does not try again: whoever enters wants to know now."""
    script = Script(NotConnected("no server answers"), FakeLink(welcome()))

    with pytest.raises(NotConnected, match=r"^no server answers$"):
        await enters(connect=script.connect)

    assert len(script.addresses) == 1


async def test_entering_tells_what_a_proxy_takes_when_this_python_lacks_it(monkeypatch):
    """The library imports it when it needs it."""
    lacking = Mock(spec=chat.link.connect, side_effect=ImportError("python-socks is needed"))
    monkeypatch.setattr(chat.link, "connect", lacking)

    with pytest.raises(NotConnected, match="cannot be used: python-socks is needed"):
        await enters(connect=open_link)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("hello", id="not-json"),
        pytest.param(b"{}", id="binary"),
        pytest.param('{"type": "greeting"}', id="unknown-type"),
        pytest.param(Members(("ada",)), id="no-welcome"),
    ],
)
async def test_entering_raises_when_the_server_talks_nonsense(answer):
    """It is no chat, or one of another time: there is no use in trying again."""
    link = FakeLink(answer)

    with pytest.raises(NotConnected, match=r"^the server said what this client does not") as error:
        await enters(link)

    assert error.value.is_final
    assert link.is_closed


async def test_entering_tells_why_when_the_server_closes_at_once():
    """In the words that a later goodbye has."""
    link = FakeLink()
    link.closes(1001)

    with pytest.raises(NotConnected, match=r"^the server stopped$"):
        await enters(link)


async def test_entering_raises_when_the_server_does_not_answer(pass_time):
    """A server that accepts connections and says nothing holds nobody up."""
    link = FakeLink()
    entering = asyncio.create_task(enters(link))
    await link.hears()

    await pass_time(JOIN_TIMEOUT)

    with pytest.raises(NotConnected, match=r"^the server does not answer as a chat does$"):
        await soon(entering)
    assert link.is_closed


async def test_no_connection_is_left_when_entering_is_cancelled():
    """Who loses patience leaves nothing behind."""
    link = FakeLink()
    entering = asyncio.create_task(enters(link))
    await link.hears()

    entering.cancel()
    await asyncio.wait({entering})

    assert link.is_closed
