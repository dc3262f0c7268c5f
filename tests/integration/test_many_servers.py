"""Several servers on one Redis are one chat."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from chat.config import Settings
from chat.events import Event
from chat.journal import stream
from chat.server import ChatServer
from tests.conftest import WAIT
from tests.integration.conftest import no_errors_logged
from tests.integration.redis_server import (
    own_redis,
    redis_client,
    redis_program,
    redis_server,
    shared_redis,
)

__all__ = ["own_redis", "redis_program", "redis_server", "shared_redis"]  # the fixtures

# Seconds; the shorter, the sooner a server finds one that is dead, and an outage. On a busy machine
# it may be held for dead itself, so whoever it has for members can be sent away.
SHORT = 0.3


@pytest.fixture
async def serve_on(redis_program):
    """Start a server on a Redis: `east = await serve_on(redis_server)`."""
    from chat.journal.redis import RedisJournal  # noqa: PLC0415  # needs the extra `redis`

    # Not `running`: the library's own tasks come and go beside the servers.
    async with AsyncExitStack() as stack:
        stack.enter_context(no_errors_logged())

        async def start(redis, history=1000, **changes):
            settings = Settings(host="127.0.0.1", port=0, **changes)
            journal = await RedisJournal.open(redis.url(), history, settings.lifetime)
            stack.push_async_callback(journal.close)
            return await stack.enter_async_context(ChatServer(journal, settings))

        yield start


@pytest.fixture
async def east_and_west(serve_on, redis_server):
    """Two servers that are one chat."""
    return await serve_on(redis_server), await serve_on(redis_server)


async def test_members_of_two_servers_hear_one_order(east_and_west, join):
    """The journal decides the order, and it is the same for everybody."""
    east, west = east_and_west
    ada, bob = await join(east, "ada"), await join(west, "bob")

    await asyncio.gather(
        ada.says(*(f"a{number}" for number in range(8))),
        bob.says(*(f"b{number}" for number in range(8))),
    )

    heard = await ada.hears_all(16)
    assert heard == await bob.hears_all(16)
    assert [text for text in heard if text[0] == "a"] == [f"a{number}" for number in range(8)]


async def test_a_name_is_refused_when_somebody_bears_it_on_another_server(
    east_and_west, join, connect
):
    """Names belong to the chat, not to a server."""
    east, west = east_and_west
    await join(east, "ada")
    stranger = await connect(west)

    await stranger.sends(type="join", name="Ada")

    assert await stranger.is_refused() == "name-taken"


async def test_the_members_of_all_servers_are_listed(east_and_west, join):
    """Wherever one is connected."""
    east, west = east_and_west
    await join(east, "ada")

    bob = await join(west, "bob")

    assert bob.welcome["members"] == ["ada", "bob"]


async def test_a_member_goes_on_where_it_was_when_it_resumes_on_another_server(
    east_and_west, join, connect
):
    """The session, what was missed and what was whispered come along."""
    east, west = east_and_west
    ada, bob = await join(east, "ada"), await join(east, "bob")
    known = {"journal": ada.welcome["journal"], "session": ada.welcome["session"]}
    await bob.says("/msg ada psst", "hello")
    await bob.hears()

    again = await connect(west)
    await again.joins("ada", after=ada.welcome["id"], **known)

    assert (await again.receives("whisper"))["text"] == "psst"
    assert await again.hears() == "hello"


async def test_the_members_of_a_dead_server_leave_once(serve_on, redis_server, join):
    """Whoever survives finds out, and nobody hears it twice, although all find out."""
    east, west = await serve_on(redis_server), await serve_on(redis_server, lifetime=SHORT)
    ada = await join(east, "ada")
    await east.journal.append(Event("join", 0.0, "dead", 1, "ghost"))
    await ada.receives("join")

    left = await ada.receives("leave")
    await east.journal.append(Event("lost", 0.0, "dead"))
    bob = await join(west, "bob")

    assert left["name"] == "ghost"
    assert bob.welcome["members"] == ["ada", "bob"]
    assert (await ada.receives("leave", "join"))["name"] == "bob"


async def test_members_are_sent_away_when_others_hold_their_server_for_dead(east_and_west, join):
    """For the others they have left; 1012 brings them back, to the same server under a new id."""
    east, west = east_and_west
    ada = await join(east, "ada")

    await west.journal.append(Event("lost", 0.0, east.id))

    assert await ada.is_closed() == 1012
    again = await join(east, "ada")
    assert again.welcome["members"] == ["ada"]


async def test_members_are_told_when_redis_is_away_and_lose_nothing(own_redis, serve_on, join):
    """In words; what is said meanwhile waits, and comes once."""
    east = await serve_on(own_redis, lifetime=SHORT)
    ada = await join(east, "ada")

    own_redis.stop()
    assert "cannot be reached" in (await ada.receives("notice"))["text"]
    await ada.says("while you were away")
    own_redis.start()

    async with asyncio.timeout(2 * WAIT):
        assert await ada.hears() == "while you were away"
    await ada.says("marker")
    assert await ada.hears() == "marker"


async def test_a_join_is_refused_in_time_while_redis_is_away(own_redis, serve_on, connect):
    """It may be tried again; nobody waits for the deadline in vain."""
    east = await serve_on(own_redis, store_timeout=0.1, stop_grace=0.1)
    stranger = await connect(east)
    own_redis.stop()

    await stranger.sends(type="join", name="ada")

    assert await stranger.is_refused() == "not-saved"


async def test_a_server_knows_who_is_here_when_somebody_trimmed_by_hand(
    serve_on, redis_server, join, connect
):
    """Those who live tell it, so that names stay unique."""
    east = await serve_on(redis_server, lifetime=SHORT)
    ada = await join(east, "ada")
    await ada.says("marker")
    await ada.hears()
    with redis_client(redis_server) as client:
        client.xtrim(stream.EVENTS, maxlen=1, approximate=False)

    stranger = await connect(await serve_on(redis_server))

    await stranger.sends(type="join", name="Ada")
    assert await stranger.is_refused() == "name-taken"


async def test_a_newcomer_is_told_how_far_history_goes_when_it_was_trimmed(
    serve_on, redis_server, join
):
    """Everything before `oldest` is gone, on all servers."""
    east = await serve_on(redis_server, history=20, rate_limit=0)
    ada = await join(east, "ada")
    await ada.says(*map(str, range(50)))
    await ada.hears_all(50)

    bob = await join(await serve_on(redis_server, history=20), "bob")

    assert bob.welcome["oldest"] == bob.welcome["id"] - 19
    assert (await anext(bob.pages()))["id"] == bob.welcome["oldest"]
