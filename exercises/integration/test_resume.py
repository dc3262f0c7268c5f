"""Restarting and resuming.

Here everything is real: servers that listen on free ports, members with sockets, and a history in a
file. A chat outlives its servers, and who comes back misses nothing and hears nothing twice. Each
step names the docstrings that hold its promises.

    tests/integration/member.py     what members can do: says, sends, receives, hears, hears_all
    tests/conftest.py               WAIT, the longest that any test waits

    python -m exercises check integration     what your tests catch, and what they would miss
    python -m exercises hint integration      the way to one of those

Write each step below its heading, in one test or in several. What a step calls *more* is a bonus:
first go through all five.
"""

import asyncio
from contextlib import AsyncExitStack

import pytest

from chat.config import Settings
from chat.journal.sqlite import SqliteJournal
from chat.server import ChatServer
from tests.integration.member import connected

SETTINGS = Settings(host="127.0.0.1", port=0, rate_limit=0)  # any free port, and talk as you like
NUMBERS = [str(number) for number in range(300)]  # a talk that is not over when one comes back


@pytest.fixture
async def join():
    """Connect and join: `ada = await join(server.url, "ada")`. All are gone when the test ends."""
    async with AsyncExitStack() as stack:

        async def enter(url, name, **fields):
            member = await stack.enter_async_context(connected(url))
            await member.joins(name, **fields)
            return member

        yield enter


def place_of(member):
    """Return what tells a server where one was: `await join(url, "ada", **place_of(ada))`.

    It is given to you, for each step needs it: what comes of it is what you prove.
    """
    welcome = member.welcome
    return {"after": member.seen, "journal": welcome["journal"], "session": welcome["session"]}


async def talk(member):
    """Say all NUMBERS, one in each turn of the event loop: the others have turns in between."""
    for number in NUMBERS:
        await member.says(number)
        await asyncio.sleep(0)


async def test_a_newcomer_hears_what_was_said_before(tmp_path, join):
    """A talk is there to be read, also for who comes late."""
    journal = await SqliteJournal.open(tmp_path / "chat.db")
    async with ChatServer(journal, SETTINGS) as server:
        ada = await join(server.url, "ada")
        await ada.says("hello")
        await ada.hears()

        bob = await join(server.url, "bob")
        await bob.says("marker")

        assert await bob.hears() == "hello"
    await journal.close()


# Step 1: A server that can be restarted
#
# The test above begins with lines that each test would have to repeat, and when it fails the
# journal stays open. Write a fixture `chat` for the tests below: `chat.server` is the server that
# runs now, and `await chat.restart()` puts another one in its place, on the same file. Whatever a
# test does, nothing is left running: that is judged too. Prove with it that what was said before a
# restart is there after it (`ChatServer` in chat/server.py).
#
# More: the journal is still the same one (`Journal` in chat/journal/__init__.py).


# Step 2: Coming back after a broken connection
#
# Prove that who comes back from where it was hears what was missed, in order, and nothing that was
# known already: `Join` (chat/messages.py). `ada.socket.transport.abort()` breaks a connection.
#
# More: however much was missed.


# Step 3: Coming back after a restart
#
# Prove that who comes back to a server that was restarted is still who it was: it has its session
# (`Join`, chat/messages.py).
#
# More: its whispers are there too. But a server on another file knows nobody: who comes back to
# that is a newcomer, with another session, and hears what a newcomer hears.


# Step 4: Taking over from oneself
#
# Prove that who comes back while the old connection is still there takes over from it, and that
# nobody else hears of that (`Join` in chat/messages.py, `Room.apply` in chat/room.py).
#
# More: the old connection hears nothing more, and who has another session can take over nothing.


# Step 5: In the middle of a talk
#
# Prove that however often one comes back while somebody talks, all that is said is heard once and
# in order (`Welcome` in chat/messages.py). It is a talk only while it goes on: let `talk` above run
# in a task of its own.


# Your own tests
#
# What else could a colleague get wrong?
