"""Whispers, and a journal that fails.

The ChatServer here is the real one. Everything around it is replaced: connections by fakes that you
speak and listen through, the clock by one that stands still, the journal by what you give it. What
is promised of whispers and failures stands in the docstrings of `Heard`, `Say`, `Welcome` and
`Error` (chat/messages.py), of `JournalError` (chat/journal/__init__.py), of `Peer.leave`
(chat/peer.py), of `Refused` (chat/room.py) and of `ChatServer` (chat/server.py).

    tests/staging.py     Chat: a server among fakes. `room_of` and `join` return members who are in,
                         `gate.lets_in` one who is yet to join; `Chat(journal)` takes a journal of
                         yours, `room_of(..., retry_delay=1)` other settings; `stop` stops it
    tests/fakes.py       what members can do: joins, says, sends any frame, hears, receives, leaves,
                         ends; a clock; HeldJournal

    python -m exercises check mocked     what your tests catch, and what they would miss
    python -m exercises hint mocked      the way to one of those

Write each step below its heading, in one test or in several.
"""

import pytest

from tests.staging import Chat


@pytest.fixture
async def chat():
    """A ChatServer among fakes."""
    async with Chat() as chat:
        yield chat


async def test_the_sender_hears_its_own_whisper(chat):
    """That is the acknowledgement. If it did not come, the marker would be what comes first."""
    ada, _ = await chat.room_of("ada", "bob")

    ada.says("/msg bob psst")
    ada.says("marker")

    assert await ada.hears() == "ada to bob: psst"


# Step 1: A whisper is for two
#
# Above is the first test of this step. Prove the rest of it: the reader hears a whisper in whatever
# case its name is typed, nobody else does, and nobody hears it twice. That nothing comes cannot be
# waited for: the marker above shows how to prove it all the same.


# Step 2: A whisper to nobody
#
# Prove that who whispers to a name that nobody bears is told so and of which message (its `ref`),
# that nobody else is told anything, and that the sender stays. Is it the same where the reader
# leaves while the whisper is under way?


# Step 3: A whisper in the past
#
# Prove that its two find a whisper again when they come back with their sessions, under whatever
# name, and in a page of history (`GetHistory`), and that nobody else does, not even under the name
# of its reader.


# Step 4: A message that cannot be stored
#
# Now replace the journal by one that fails when you say so: a subclass of MemoryJournal, or one
# whose `append` a mock replaces for a while (`mock.patch.object` with `autospec=True`). In place of
# the event, the future that `append` returns holds a JournalError. Prove that the sender alone is
# told that its message was not saved and which one, that nobody hears the message, and that all is
# as before once the journal works again.


# Step 5: Joins and pages when the journal fails
#
# Prove that who cannot join, and who cannot read the past, is told so, stays connected, and gets
# what it wanted once the journal works again.


# Step 6: Leaving when the journal fails
#
# Prove that a leave is tried again until it is stored, later and later up to a limit. No test may
# wait for that: `chat.clock` is yours. Prove too that a server whose journal fails still says
# goodbye when it stops.


# Your own tests
#
# What else could a colleague get wrong?
