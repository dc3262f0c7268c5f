"""What members may still see of the past, with a journal in memory and the real room."""

import json

import pytest

from chat.config import Settings
from chat.events import Event
from chat.history import History
from chat.journal.memory import MemoryJournal
from chat.room import Room


class Past:
    """A journal and the history of it, as the delivery loop would fill both."""

    def __init__(self, keeps=10_000, **settings):
        self.journal = MemoryJournal(keeps)
        self.history = History(self.journal, Settings(**settings))
        self._room = Room()

    async def happens(self, type, name=None, connection=1, **more):
        stored = await self.journal.append(Event(type, 0.0, "s", connection, name, **more))
        return self.history.record(stored, self._room.apply(stored))

    def replay(self, after=None):
        frames = self.history.replay(after, session=None)
        return [_line(json.loads(frame.text)) for frame in frames]

    async def page(self, after=0, limit=100):
        events = await self.history.page(after, limit, session=None)
        return [_line({"type": event.type, "text": event.text}) for event in events]


def _line(message):
    return message.get("text") or message["type"]


@pytest.fixture
async def past_of():
    """Return `past_of(*texts, **settings)`: ada joined, and said that."""

    async def past_of(*texts, **settings):
        past = Past(**settings)
        await past.happens("join", "ada")
        for text in texts:
            await past.happens("message", "ada", text=text)
        return past

    return past_of


async def test_the_frames_of_what_is_heard_come_back_when_an_event_is_recorded(past_of):
    """They are made once, for those who hear it now and for whoever reads it later."""
    past = await past_of()

    [frame] = (await past.happens("message", "ada", text="hello")).values()

    assert json.loads(frame.text)["text"] == "hello"


async def test_a_newcomer_sees_the_newest_events(past_of):
    """No more than a newcomer is meant to see, in order."""
    past = await past_of("a", "b", "c", replay=2)

    assert past.replay() == ["b", "c"]


async def test_memory_keeps_so_many_events(past_of):
    """The oldest are forgotten first."""
    past = await past_of("a", "b", "c", recent_events=2)

    assert past.replay(after=0) == ["b", "c"]


async def test_memory_keeps_so_many_bytes(past_of):
    """Long messages leave room for fewer."""
    past = await past_of("a" * 400, "b" * 400, "c" * 400, recent_bytes=1000)

    assert past.replay(after=0) == ["b" * 400, "c" * 400]


async def test_a_page_reaches_back_farther_than_memory(past_of):
    """What memory forgot, the journal still has."""
    past = await past_of("a", "b", "c", recent_events=1)

    assert await past.page() == ["join", "a", "b", "c"]


async def test_a_page_shows_nothing_of_an_event_that_did_nothing(past_of):
    """A refused join stands in the journal, and is nobody's past."""
    past = await past_of("a")
    await past.happens("join", "ada", connection=2)
    await past.happens("message", "ada", text="b")

    assert await past.page() == ["join", "a", "b"]


async def test_a_page_is_full_when_events_in_between_did_nothing(past_of):
    """A short page means the end, so the search goes on."""
    past = await past_of()
    await past.happens("join", "ada", connection=2)
    await past.happens("message", "ada", text="a")

    assert await past.page(limit=2) == ["join", "a"]


async def test_a_page_shows_everyone_leaving_when_a_server_stopped(past_of):
    """One event in the journal, a leave for each member in the past: never torn apart."""
    past = await past_of()
    await past.happens("join", "bob", connection=2)
    await past.happens("stopped")

    assert await past.page(after=2, limit=1) == ["leave", "leave"]


async def test_a_page_shows_nothing_that_was_not_delivered_yet(past_of):
    """Of what the delivery loop has not seen nobody knows what comes of it."""
    past = await past_of("a")

    await past.journal.append(Event("message", 0.0, "s", 1, "ada", "not yet"))

    assert await past.page() == ["join", "a"]


async def test_a_page_begins_with_the_oldest_event_when_the_journal_forgot_some(past_of):
    """What nobody keeps is not shown, and what is kept is not lost with it."""
    past = await past_of("a", "b", "c", keeps=2)

    assert await past.page() == ["b", "c"]
