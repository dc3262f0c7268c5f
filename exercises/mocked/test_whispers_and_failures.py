"""Whispers, and a journal that fails.

The ChatServer here is the real one. Everything around it is replaced: connections by fakes that you
speak and listen through, the clock by one that stands still, the journal by one that fails when you
say so. Each step names the docstrings that hold its promises.

    tests/staging.py     Chat: a server among fakes. `room_of` and `join` return members who are in;
                         `room_of(..., retry_delay=1)` takes other settings; `stop` stops it
    tests/fakes.py       what members can do: joins, says, hears, receives, leaves; and a clock

    python -m exercises check mocked     what your tests catch, and what they would miss
    python -m exercises hint mocked      the way to one of those

Write each step below its heading, in one test or in several. What a step calls *more* is a bonus:
first go through all five.
"""

import asyncio

import pytest

from chat.journal import JournalError
from chat.journal.memory import MemoryJournal
from tests.staging import Chat


class FailingJournal(MemoryJournal):
    """Stores nothing as long as it `fails`.

    It is given to you: how a journal says no is its own affair; the question is what follows.
    """

    fails = False

    def append(self, event):
        if not self.fails:
            return super().append(event)
        future = asyncio.get_running_loop().create_future()
        future.set_exception(JournalError("the disk is full"))
        return future


@pytest.fixture
async def chat():
    """A ChatServer among fakes: `chat.journal.fails = True` makes its journal fail."""
    async with Chat(FailingJournal()) as chat:
        yield chat
        chat.journal.fails = False


async def before_the_marker(member):
    """Return what a member hears until somebody says "marker": nothing else has come by then."""
    lines = []
    while not (line := await member.hears()).endswith(": marker"):
        lines.append(line)
    return lines


async def test_the_sender_hears_its_own_whisper(chat):
    """That is the acknowledgement. If it did not come, there would be nothing before the marker."""
    ada, _ = await chat.room_of("ada", "bob")

    ada.says("/msg bob psst")
    ada.says("marker")

    assert await before_the_marker(ada) == ["ada to bob: psst"]


# Step 1: A whisper is for two
#
# Above is the first test of this step. Prove the rest of what `Heard` (chat/messages.py) says: the
# reader hears a whisper too, once, and nobody else does.
#
# More: in whatever case the name is typed, and where the two are one.


# Step 2: A whisper to nobody
#
# Prove that who whispers to a name that nobody bears is told so, and of which message: `Error`
# (chat/messages.py) says how, and `ada.says(text, ref=7)` numbers one.
#
# More: the sender stays. It is told also where the reader leaves while the whisper is under way
# (`Refused` in chat/room.py; HeldJournal in tests/fakes.py makes that moment long).


# Step 3: A whisper in the past
#
# Prove that a reader who comes back with the old session, under another name, finds the whisper
# again, and that whoever else comes does not (`Heard` and `Welcome` in chat/messages.py).
#
# More: a page of history (`GetHistory`) tells it to nobody else either.


# Step 4: What cannot be stored
#
# Prove that who says what the journal cannot store is told so, and of which message, and that the
# others go on once it works again (`JournalError` in chat/journal/__init__.py, `Say` in
# chat/messages.py).
#
# More: nobody else is told anything, and more messages may fail than may be under way at once
# (`room_of(..., max_under_way=2)`). Who cannot join or cannot read the past is told so too, and may
# try again: after `await chat.start()`, `chat.gate.lets_in()` is somebody who is yet to join.


# Step 5: Leaving when the journal fails
#
# Prove that a leave is tried again until it is stored (`Peer.leave` in chat/peer.py). No test may
# wait for that: `await chat.clock.next_sleep()` lets the time pass that the server sleeps.
#
# More: later and later, up to a limit; and a server whose journal fails still says goodbye when it
# stops (`ChatServer` in chat/server.py).


# Your own tests
#
# What else could a colleague get wrong?
