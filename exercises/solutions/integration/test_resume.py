"""A chat outlives its servers: who comes back misses nothing and hears nothing twice."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from chat.config import Settings
from chat.journal.sqlite import SqliteJournal
from chat.server import ChatServer
from tests.integration.member import connected

SETTINGS = Settings(host="127.0.0.1", port=0, rate_limit=0)


class Chat:
    """One history in one file, kept by one server after the other.

    What is set here is for the next server: `file` and `settings` may change before a restart.
    """

    def __init__(self, file):
        self.file = file
        self.settings = SETTINGS

    async def start(self):
        """Start a server. Whatever happens on the way, nothing stays half open."""
        async with AsyncExitStack() as stack:
            journal = await SqliteJournal.open(self.file)
            stack.push_async_callback(journal.close)
            self.server = await stack.enter_async_context(ChatServer(journal, self.settings))
            self._running = stack.pop_all()

    async def stop(self):
        """Stop the server, then close its journal. Twice is as good as once."""
        await self._running.aclose()

    async def restart(self):
        await self.stop()
        await self.start()


@pytest.fixture
async def chat(tmp_path):
    """A chat that can be restarted, with its history in a file."""
    chat = Chat(tmp_path / "chat.db")
    await chat.start()
    yield chat
    await chat.stop()


@pytest.fixture
async def join(chat):
    """Join the server that runs now: `ada = await join("ada")`. All leave when the test ends."""
    async with AsyncExitStack() as stack:

        async def enter(name, **fields):
            member = await stack.enter_async_context(connected(chat.server.url))
            await member.sends(type="join", name=name, **fields)
            member.welcome = await member.receives()
            assert member.welcome["type"] == "welcome", member.welcome
            member.seen = 0  # the welcome tells an id that is yet to come
            return member

        yield enter


@pytest.fixture
def come_back(join):
    """Join anew as who one was, from where one had read: `ada = await come_back(ada)`."""

    async def enter(member):
        again = await join(
            member.welcome["name"],
            after=member.seen,
            journal=member.welcome["journal"],
            session=member.welcome["session"],
        )
        again.seen = member.seen
        return again

    return enter


async def breaks_off(member, witness):
    """Lose the connection, and wait until the others know."""
    member.socket.transport.abort()
    await witness.receives("leave")


async def events_up_to(member, text):
    """Return all that a member hears until somebody says `text`."""
    events = [await member.receives()]
    while events[-1].get("text") != text:
        events.append(await member.receives())
    return events


def texts_of(events):
    """Return what was said, and nothing of who came and went."""
    return [event["text"] for event in events if event["type"] == "message"]


# Step 1: A server that can be restarted


async def test_what_was_said_is_there_when_the_server_has_restarted(chat, join):
    """A newcomer hears what was said before the restart."""
    ada = await join("ada")
    await ada.says("hello")
    await ada.hears()

    await chat.restart()
    bob = await join("bob")
    await bob.says("marker")

    assert await bob.hears() == "hello"


async def test_the_journal_is_the_same_when_the_server_has_restarted(chat, join):
    """Another server that keeps the same history says so, and goes on counting."""
    ada = await join("ada")

    await chat.restart()

    bob = await join("bob")
    assert bob.welcome["journal"] == ada.welcome["journal"]
    assert bob.welcome["id"] > ada.welcome["id"]


async def test_all_have_left_when_the_server_has_restarted(chat, join):
    """Members belong to their server: names are free again, and the history says why."""
    await join("ada")

    await chat.restart()

    bob = await join("bob")
    await bob.says("marker")
    past = await events_up_to(bob, "marker")
    assert bob.welcome["members"] == ["bob"]
    assert [event["name"] for event in past if event["type"] == "leave"] == ["ada"]


# Step 2: Coming back after a broken connection


async def test_who_comes_back_hears_exactly_what_was_missed(join, come_back):
    """After a broken connection the replay goes on where the reading ended."""
    ada, bob = await join("ada"), await join("bob")
    await ada.receives("join")
    await breaks_off(ada, witness=bob)
    await bob.says("one", "two")
    await bob.hears_all(2)

    ada = await come_back(ada)
    await bob.says("three")

    events = await events_up_to(ada, "three")
    assert [event["id"] for event in events] == list(range(2, 8))
    assert texts_of(events) == ["one", "two", "three"]


async def test_who_missed_nothing_hears_only_what_is_new(join, come_back):
    """Who has read everything is told nothing again, except of the own coming and going."""
    ada, bob = await join("ada"), await join("bob")
    await bob.says("known")
    await ada.hears()
    await breaks_off(ada, witness=bob)

    ada = await come_back(ada)
    await bob.says("new")

    types = [event["type"] for event in await events_up_to(ada, "new")]
    assert types == ["leave", "join", "message"]


async def test_who_comes_back_hears_more_than_a_newcomer_sees(chat, join, come_back):
    """A newcomer is spared what is long gone; who comes back wants all of it."""
    chat.settings = replace(SETTINGS, replay=2)
    await chat.restart()
    ada, bob = await join("ada"), await join("bob")
    await ada.receives("join")
    await breaks_off(ada, witness=bob)
    missed = [str(number) for number in range(12)]
    await bob.says(*missed)
    await bob.hears_all(12)

    ada = await come_back(ada)
    await bob.says("marker")

    assert texts_of(await events_up_to(ada, "marker")) == [*missed, "marker"]


# Step 3: Coming back after a restart


async def test_who_comes_back_to_another_server_hears_exactly_what_was_missed(
    chat, join, come_back
):
    """A restart makes no gap and no double: the same history, from the same place."""
    ada, bob = await join("ada"), await join("bob")
    await bob.says("one", "two", "three")
    assert await ada.hears() == "one"

    await chat.restart()
    ada, bob = await come_back(ada), await come_back(bob)
    await bob.says("four")

    events = await events_up_to(ada, "four")
    assert texts_of(events) == ["two", "three", "four"]
    assert len({event["id"] for event in events if event["type"] == "message"}) == 3


async def test_who_comes_back_is_who_left(chat, join, come_back):
    """The session is kept, and so one may come back again and again."""
    ada = await join("ada")

    for _ in range(3):
        await chat.restart()
        before, ada = ada, await come_back(ada)
        assert ada.welcome["session"] == before.welcome["session"]


@pytest.fixture
async def three(join):
    """Three members, of whom ada has whispered to bob, and nobody has read it yet."""
    ada, bob, cid = await join("ada"), await join("bob"), await join("cid")
    await ada.says("begin")
    for member in ada, bob, cid:
        await events_up_to(member, "begin")
    seen = bob.seen
    await ada.says("/msg bob psst")
    await bob.receives("whisper")
    bob.seen = seen
    return ada, bob, cid


async def test_a_whisper_is_replayed_to_those_two_alone(chat, join, come_back, three):
    """Who missed a whisper hears it on coming back, and nobody else ever does."""
    await chat.restart()

    ada, bob, cid = [await come_back(member) for member in three]
    await ada.says("end")

    for member, whispers in (ada, ["psst"]), (bob, ["psst"]), (cid, []):
        events = await events_up_to(member, "end")
        assert [e["text"] for e in events if e["type"] == "whisper"] == whispers


async def test_a_whisper_is_not_replayed_to_who_bears_the_name_now(chat, join, three):
    """A whisper belongs to two sessions, whatever their holders are called."""
    await chat.restart()

    impostor = await join("bob", after=0)
    await impostor.says("end")

    events = await events_up_to(impostor, "end")
    assert "whisper" not in [event["type"] for event in events]


async def test_a_page_shows_a_whisper_to_its_sessions_alone(chat, join, come_back, three):
    """What the replay keeps from others, history keeps from them too."""
    await chat.restart()

    for member, count in zip([await come_back(member) for member in three], (1, 1, 0), strict=True):
        types = [event["type"] async for event in member.pages()]
        assert types.count("whisper") == count


async def test_a_whisper_is_replayed_whatever_its_reader_is_called_now(chat, join, three):
    """The session counts, and not the name that it bears."""
    _, bob, _ = three
    await chat.restart()

    robert = await join(
        "robert", after=0, journal=bob.welcome["journal"], session=bob.welcome["session"]
    )
    await robert.says("end")

    assert "psst" in [event.get("text") for event in await events_up_to(robert, "end")]


# More of it: another history


@pytest.fixture
async def lost(chat, join, tmp_path):
    """Return ada as she was in a history of which the next server knows nothing."""
    ada = await join("ada")
    await ada.says("one", "two")
    await ada.hears_all(2)
    chat.file = tmp_path / "other.db"
    await chat.restart()
    return ada


async def test_who_comes_to_another_history_sees_what_a_newcomer_sees(join, come_back, lost):
    """An id says nothing in another journal, and so nothing is left out there."""
    bob = await join("bob")
    await bob.says("a", "b", "c", "d")
    await bob.hears_all(4)

    ada = await come_back(lost)
    await bob.says("marker")

    assert texts_of(await events_up_to(ada, "marker")) == ["a", "b", "c", "d", "marker"]


async def test_who_comes_to_another_history_is_somebody_new(come_back, lost):
    """A session is known to the journal that it was made for, and to no other."""
    ada = await come_back(lost)

    assert ada.welcome["journal"] != lost.welcome["journal"]
    assert ada.welcome["session"] != lost.welcome["session"]


# Step 4: Taking over from oneself


async def test_who_comes_back_takes_over_while_the_old_connection_hangs(join, come_back):
    """A session is worth more than a connection: nobody waits for the old one to end."""
    ada, bob = await join("ada"), await join("bob")
    ada.stops_reading()

    again = await come_back(ada)
    await again.says("it is me")

    assert again.welcome["members"] == ["ada", "bob"]
    message = await bob.receives("message")
    assert (message["name"], message["text"]) == ("ada", "it is me")


async def test_the_old_connection_hears_nothing_more_after_a_takeover(join, come_back):
    """One member has one connection: the older one is told why it ends (1008)."""
    ada = await join("ada")

    again = await come_back(ada)
    await again.says("still here")

    with pytest.raises(ConnectionClosed):
        await events_up_to(ada, "still here")
    assert ada.socket.close_code == CloseCode.POLICY_VIOLATION


async def test_nobody_hears_of_a_takeover(join, come_back):
    """For the others, who took over never left."""
    ada, bob = await join("ada"), await join("bob")
    await bob.says("before")
    await bob.hears()

    again = await come_back(ada)
    await ada.is_closed()
    await again.says("still here")

    events = await events_up_to(bob, "still here")
    assert [event["type"] for event in events] == ["message"]


async def test_a_name_is_taken_for_who_has_another_session(chat, join):
    """Only the holder's own session takes a name over."""
    ada = await join("ada")

    async with connected(chat.server.url) as stranger:
        await stranger.sends(
            type="join", name="ada", journal=ada.welcome["journal"], session="a-guess", after=0
        )
        assert (await stranger.receives()).get("code") == "name-taken"


# Step 5: In the middle of a talk


async def talks(member, texts):
    """Say one text in each turn of the event loop, so that the others have turns in between."""
    for text in texts:
        await member.says(text)
        await asyncio.sleep(0)


async def test_nothing_is_missed_or_doubled_while_others_talk(join, come_back):
    """However often one comes back in the middle of a talk, it is heard once and in order."""
    ada, bob = await join("ada"), await join("bob")
    said = [str(number) for number in range(200)]
    talk = asyncio.create_task(talks(bob, said))

    for start in range(0, 200, 40):
        assert await ada.hears_all(40) == said[start : start + 40]
        ada = await come_back(ada)  # while the old connection is there: its end would race

    await talk
    await bob.says("end")
    assert await ada.hears() == "end"


async def test_pages_reach_from_the_first_event_to_the_last(join):
    """Whoever asks finds all that is kept."""
    ada = await join("ada")
    await ada.says("one", "two")
    await ada.hears_all(2)

    assert [event["id"] async for event in ada.pages()] == [1, 2, 3]


async def test_pages_fill_what_the_replay_leaves_out(chat, join, come_back):
    """After a longer absence, pages reach from what one knew to where the replay begins."""
    chat.settings = replace(SETTINGS, recent_events=10)
    await chat.restart()
    ada, bob = await join("ada"), await join("bob")
    await bob.says("known", *map(str, range(20)))
    await bob.hears_all(21)
    known = (await ada.receives("message"))["id"]
    await breaks_off(ada, witness=bob)

    ada = await come_back(ada)

    replay = [await ada.receives() for _ in range(10)]
    pages = [event async for event in ada.pages(after=known) if event["id"] < replay[0]["id"]]
    assert [event["id"] for event in pages + replay] == list(range(known + 1, known + 23))
