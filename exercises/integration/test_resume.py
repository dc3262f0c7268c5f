"""Restarting and resuming.

Here everything is real: servers that listen on free ports, members with sockets, and a history in a
file. A chat outlives its servers, and who comes back misses nothing and hears nothing twice. What
is promised stands in the docstrings of `Join`, `Welcome`, `Heard` and `GetHistory` in
chat/messages.py, of `Journal` in chat/journal/__init__.py, of `Room.apply` in chat/room.py and of
`ChatServer` in chat/server.py.

    tests/integration/member.py     what members can do: joins, says, receives, hears, pages
    tests/conftest.py               WAIT, the longest that any test waits

    python -m exercises check integration     what your tests catch, and what they would miss
    python -m exercises hint integration      the way to one of those

Write each step below its heading, in one test or in several.
"""

from chat.config import Settings
from chat.journal.sqlite import SqliteJournal
from chat.server import ChatServer
from tests.integration.member import connected

SETTINGS = Settings(host="127.0.0.1", port=0, rate_limit=0)  # any free port, and talk as you like


async def test_a_newcomer_hears_what_was_said_before(tmp_path):
    """A talk is there to be read, also for who comes late."""
    journal = await SqliteJournal.open(tmp_path / "chat.db")
    server = ChatServer(journal, SETTINGS)
    async with server, connected(server.url) as ada, connected(server.url) as bob:
        await ada.joins("ada")
        await ada.says("hello")
        await ada.hears()

        await bob.joins("bob")
        await bob.says("marker")

        assert await bob.hears() == "hello"
    await journal.close()


# Step 1: A server that can be restarted
#
# The test above begins with lines that each test would have to repeat, and when it fails the
# journal stays open. Write a fixture for a chat that can be restarted on the same journal, and that
# leaves nothing running, whatever a test does. It is judged by what happens to it. Prove with it
# that what was said before a restart is there after it, and that the journal is still the same one.


# Step 2: Coming back after a broken connection
#
# Prove that who comes back, with what the last welcome said and the last id that was read, hears
# exactly what was missed: all of it, in order, and nothing that was known already. How a
# connection breaks off is up to you: `member.socket.transport.abort()` is one way.


# Step 3: Coming back after a restart
#
# Prove that it is the same where the server has been restarted meanwhile: no gap and no double, and
# a member is still who it was, with its session and its whispers.


# Step 4: Another history
#
# Prove that who comes back to a server with another journal is a newcomer there, with another
# session, and sees what a newcomer sees.


# Step 5: Taking over from oneself
#
# Prove that who comes back while the old connection still hangs takes over from it, that nobody
# else hears of that, and that the old connection hears nothing more. Can somebody else do so?


# Step 6: In the middle of a talk
#
# Prove that however often one comes back while others are talking, everything is heard once and in
# order, and that pages reach back to all that is kept. Let them talk for as long as one comes back:
# what is all said beforehand is no talk.


# Your own tests
#
# What else could a colleague get wrong?
