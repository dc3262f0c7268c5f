"""What comes back for input that the wire does not allow: each row of the table, on a real socket.

What a frame may say is tested where it is parsed. Here it is shown what becomes of the connection.
"""

import asyncio
import contextlib
import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from chat.config import MAX_FRAME, MAX_TEXT
from tests.conftest import WAIT


def text_of(size):
    """A JSON object of exactly so many bytes, which says nothing that the wire knows."""
    return json.dumps({"type": "x" * (size - len('{"type": ""}'))})


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        pytest.param("hello", "JSON", id="not-json"),
        pytest.param("[" * 5000, "the message", id="nested-deep"),
        pytest.param("[]", "object", id="not-an-object"),
        pytest.param('{"type": "shout"}', "type", id="unknown-type"),
        pytest.param('{"type": "message"}', "text", id="missing-field"),
        pytest.param('{"type": "message", "text": 5}', "text", id="wrong-field"),
        pytest.param('{"type": "message", "text": ""}', "text", id="empty-text"),
        pytest.param('{"type": "message", "text": "\\ud800"}', "text", id="lone-surrogate"),
        pytest.param('{"type": "message", "text": "hi", "ref": true}', "ref", id="wrong-ref"),
        pytest.param('{"type": "history", "after": -1}', "after", id="wrong-page"),
        pytest.param(b'{"type": "message", "text": "hi"}', "binary", id="binary-frame"),
        pytest.param(text_of(MAX_FRAME), "type", id="as-long-as-a-frame-may-be"),
    ],
)
async def test_a_member_stays_after_a_bad_message(live_server, join, frame, field):
    """A bad message is answered with what is wrong with it, and the next one is heard."""
    ada = await join(live_server, "ada")

    await ada.socket.send(frame)
    await ada.says("still here")

    error = await ada.receives("error")
    assert error["code"] == "bad-message"
    assert field in error["detail"]
    assert await ada.hears() == "still here"


async def test_an_error_repeats_the_ref_of_the_message(live_server, join):
    """Who sent many messages learns which of them was refused."""
    ada = await join(live_server, "ada")

    await ada.says("", ref=7)

    assert (await ada.receives("error"))["ref"] == 7


async def test_a_text_is_refused_when_it_is_longer_than_512_code_points(live_server, join):
    """A text may have 512 code points, whatever they take on the wire, and not one more."""
    ada = await join(live_server, "ada")

    await ada.says("\N{WAVING HAND SIGN}" * (MAX_TEXT + 1))
    assert await ada.is_refused() == "too-long"

    await ada.says("\N{WAVING HAND SIGN}" * MAX_TEXT)
    assert len(await ada.hears()) == MAX_TEXT


@pytest.mark.parametrize("name", ["ada", "ADA", "a\u0301da", "\u00e1da"])
async def test_a_stranger_may_try_again_when_the_name_is_taken(live_server, connect, join, name):
    """A name belongs to one member at a time, in whatever case and spelling."""
    await join(live_server, "ada")
    await join(live_server, "\u00c1da")
    stranger = await connect(live_server)

    await stranger.sends(type="join", name=name)
    assert await stranger.is_refused() == "name-taken"

    await stranger.joins("bob")
    assert stranger.welcome["members"] == ["ada", "bob", "\u00c1da"]


async def test_one_of_many_gets_a_name_when_all_ask_for_it_at_once(live_server, connect):
    """A name belongs to the first who asked, however close the second was."""
    strangers = [await connect(live_server) for _ in range(10)]

    for stranger in strangers:
        await stranger.sends(type="join", name="ada")

    answers = [(await stranger.receives("welcome", "error")) for stranger in strangers]
    assert [answer["type"] for answer in answers].count("welcome") == 1
    assert [answer.get("code") for answer in answers].count("name-taken") == 9


@pytest.mark.parametrize("name", ["", "two words", "x" * 33, "tab\t"])
async def test_a_stranger_may_try_again_when_the_name_is_not_allowed(live_server, connect, name):
    """A name has 1 to 32 printable characters and no whitespace."""
    stranger = await connect(live_server)

    await stranger.sends(type="join", name=name)
    assert await stranger.is_refused() == "bad-name"

    await stranger.joins("bob")
    assert stranger.welcome["name"] == "bob"


@pytest.mark.parametrize(
    "message",
    [{"type": "message", "text": "hello"}, {"type": "history", "after": 0}],
    ids=["message", "history"],
)
async def test_a_stranger_is_told_to_join_first(live_server, connect, message):
    """Who has not joined can neither speak nor read, and may still join."""
    stranger = await connect(live_server)

    await stranger.sends(**message)
    assert await stranger.is_refused() == "join-first"

    await stranger.joins("bob")
    assert (await stranger.receives())["type"] == "join"


async def test_a_second_join_is_refused(live_server, join):
    """A member keeps the first name, for as long as the connection lasts."""
    ada = await join(live_server, "ada")

    await ada.sends(type="join", name="bob")
    assert await ada.is_refused() == "already-joined"

    await ada.says("who am I?")
    assert (await ada.receives("message"))["name"] == "ada"


async def test_a_stranger_is_closed_when_the_time_to_join_is_over(serve, connect):
    """Who does not join in time is told so and closed, whatever else was said."""
    server = await serve(join_deadline=0.05)
    stranger = await connect(server)

    assert await stranger.is_refused() == "join-first"
    assert await stranger.is_closed() == CloseCode.POLICY_VIOLATION


# How fast a connection may talk. Its clock stands still here, so nobody waits for it.


class Clock:
    """Tells the seconds since the start, as many as a test says have passed."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    """The clock of every connection's limit, standing still until a test moves it."""
    return Clock()


async def test_a_message_too_many_is_refused_and_not_delivered(serve, join, clock):
    """What comes too fast is told to its sender and heard by nobody; later messages are heard."""
    server = await serve(monotonic=clock, burst=2, rate_limit=1)
    ada = await join(server, "ada")

    await ada.says("in time")
    await ada.says("too fast", ref=7)
    error = await ada.receives("error")
    clock.seconds += 1
    await ada.says("in time again")

    assert (error["code"], error["ref"]) == ("rate-limited", 7)
    assert await ada.hears_all(2) == ["in time", "in time again"]


async def test_bad_frames_count_as_frames(serve, join, clock):
    """Nobody gets round the limit by sending nonsense."""
    server = await serve(monotonic=clock, burst=2)
    ada = await join(server, "ada")

    await ada.socket.send("nonsense")
    await ada.socket.send("nonsense")

    assert [await ada.is_refused() for _ in range(2)] == ["bad-message", "rate-limited"]


async def test_a_member_is_closed_after_50_refused_frames_in_a_row(serve, join, clock):
    """Who never stops is sent away, and told so."""
    server = await serve(monotonic=clock, burst=1)
    ada = await join(server, "ada")

    await ada.says(*["too fast"] * 50)

    assert [await ada.is_refused() for _ in range(50)] == ["rate-limited"] * 50
    assert await ada.is_closed() == CloseCode.POLICY_VIOLATION


async def test_a_member_stays_when_fewer_than_50_frames_in_a_row_are_refused(serve, join, clock):
    """One message in time, and the count begins anew."""
    server = await serve(monotonic=clock, burst=1, rate_limit=1)
    ada = await join(server, "ada")

    for said in "first", "second":
        await ada.says(*["too fast"] * 49)
        assert [await ada.is_refused() for _ in range(49)] == ["rate-limited"] * 49
        clock.seconds += 1
        await ada.says(said)
        assert await ada.hears() == said


async def test_a_flood_ends_within_bounds_when_the_flooder_never_stops(serve, join, clock):
    """Who is sent away goes, even while still sending."""
    server = await serve(monotonic=clock, burst=1, close_grace=0.05)
    ada = await join(server, "ada")
    bob = await join(server, "bob")

    flood = asyncio.create_task(flood_from(bob))

    assert (await ada.receives("leave"))["name"] == "bob"
    async with asyncio.timeout(WAIT):
        await flood


async def flood_from(member):
    """Send without a pause until the connection ends."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await member.socket.send(text_of(MAX_FRAME))


# Frames that break the WebSocket protocol (RFC 6455).


async def test_a_connection_is_closed_when_a_text_frame_is_not_utf_8(live_server, join):
    """Text is UTF-8; what is not ends the connection with 1007."""
    ada = await join(live_server, "ada")

    await ada.socket.send(b"\xff", text=True)

    assert await ada.is_closed() == CloseCode.INVALID_DATA


@pytest.mark.parametrize(
    "frame",
    [text_of(MAX_FRAME + 1), [text_of(MAX_FRAME), " "]],
    ids=["one-frame", "in-fragments"],
)
async def test_a_connection_is_closed_when_a_message_is_longer_than_8_kib(live_server, join, frame):
    """Nobody makes the server hold more than 8 KiB, in however many fragments: 1009."""
    ada = await join(live_server, "ada")

    await ada.socket.send(frame)

    assert await ada.is_closed() == CloseCode.MESSAGE_TOO_BIG


async def test_others_hear_the_leave_when_a_connection_is_closed_for_its_input(live_server, join):
    """Whoever is sent away is gone for everybody."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")

    await bob.socket.send(b"\xff", text=True)

    assert (await ada.receives("leave"))["name"] == "bob"


async def test_a_message_in_fragments_is_one_message(live_server, join):
    """A client may cut a message as it likes."""
    ada = await join(live_server, "ada")

    await ada.socket.send(['{"type": "mess', "", 'age", "text": "hel', 'lo"}'])

    assert await ada.hears() == "hello"
