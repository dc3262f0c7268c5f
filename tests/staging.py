"""A real ChatServer, with fakes for all that stands around it."""

import asyncio

from chat.config import Settings
from chat.journal.memory import MemoryJournal
from chat.server import ChatServer
from tests.conftest import WAIT
from tests.fakes import FakeClock, FakeGate


class Chat:
    """A ChatServer among fakes. It starts with `start`, or with the first who joins."""

    def __init__(self, journal=None):
        self.journal = journal or MemoryJournal()
        self.gate = FakeGate()
        self.clock = FakeClock()
        self.server = None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        if self.server is not None:
            await self.stop()

    async def start(self, **settings):
        """Start the server, with settings that are not the default, and return it."""
        clock = self.clock
        server = ChatServer(
            self.journal,
            Settings(**settings),
            self.gate,
            clock=clock,
            monotonic=clock,
            sleep=clock.sleep,
        )
        await server.start()
        self.server = server
        return server

    async def room_of(self, *names, **settings):
        """Return connections that have joined under `names`, and have heard all there was."""
        if self.server is None:
            await self.start(**settings)
        members = [await self.join(name) for name in names]
        for member in members:
            member.forgets()
        return members

    async def join(self, name, **more):
        """Return a connection that has joined; the past is what it hears next."""
        if self.server is None:
            await self.start()
        newcomer = self.gate.lets_in()
        newcomer.joins(name, **more)
        newcomer.welcome = await newcomer.receives()
        assert newcomer.welcome["type"] == "welcome", newcomer.welcome
        return newcomer

    async def stop(self):
        """Stop the server. Raises what broke it."""
        server, self.server = self.server, None
        async with asyncio.timeout(WAIT):
            await server.stop()

    async def ends(self):
        """Wait until the server has ended by itself. Raises what broke it."""
        server, self.server = self.server, None
        async with asyncio.timeout(WAIT):
            await server.wait_closed()
