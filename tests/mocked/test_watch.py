"""What members hear while the journal that their servers share cannot be reached."""

import pytest

from chat.journal import JournalError
from chat.journal.memory import MemoryJournal
from tests.staging import Chat


class SharedJournal(MemoryJournal):
    """A journal that other servers could share, and that is away when the test says so."""

    is_shared = True
    is_away = False

    async def say_alive(self, server):
        if self.is_away:
            raise JournalError("away")


@pytest.fixture
async def shared_chat():
    """A ChatServer that watches over others."""
    async with Chat(SharedJournal()) as chat:
        yield chat


async def test_members_are_told_once_of_an_outage_and_once_of_its_end(shared_chat):
    """However long it is: who waits knows why, and when to go on."""
    [ada] = await shared_chat.room_of("ada")

    for shared_chat.journal.is_away in (True, True, True, False, False, False):
        await shared_chat.clock.next_sleep()
    await shared_chat.stop()

    assert ada.heard == [
        "notice: The history cannot be reached: what you say waits until it can.",
        "notice: The history is back, and what was said goes on.",
    ]
