"""Whispers in the pages of history: a model answer."""

import pytest

from chat.config import Settings
from chat.events import Event
from chat.history import History
from chat.journal.memory import MemoryJournal
from chat.room import Room


class BusyJournal(MemoryJournal):
    """A journal in which much is said while somebody reads for the first time."""

    def __init__(self):
        super().__init__(history=3)
        self.news = range(9)
        self.room = Room()
        self.past = History(self, Settings())

    async def store(self, type, name, **more):
        stored = await self.append(Event(type, 0.0, "here", ord(name[0]), name, **more))
        self.past.record(stored, self.room.apply(stored))

    async def since(self, after, limit):
        events = await super().since(after, limit)
        news, self.news = self.news, ()
        for number in news:
            await self.store("message", "ada", text=str(number))
        return events


@pytest.fixture
async def journal():
    """Ada whispered to bob."""
    journal = BusyJournal()
    await journal.store("join", "ada", session="of ada")
    await journal.store("join", "bob", session="of bob")
    await journal.store("whisper", "ada", to="bob", text="psst")
    return journal


async def test_a_whisper_is_not_shown_to_others_when_it_goes_while_it_is_read(journal):
    """Whatever is forgotten meanwhile, nobody else may read it."""
    page = await journal.past.page(0, 100, "of eve")

    assert "whisper" not in [message.type for message in page]
