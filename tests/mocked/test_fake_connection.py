"""The fake keeps the promises of a Connection: tests that believe it may do so."""

import pytest

from tests.connection_contract import ConnectionContract, Link
from tests.fakes import FakeConnection


class FakeLink(Link):
    """The fake plays both ends."""

    def __init__(self):
        self.connection = FakeConnection()

    async def peer_sends(self, frame):
        self.connection.sends(frame)

    async def peer_hears(self):
        return await self.connection.receives()

    async def peer_leaves(self):
        self.connection.leaves()

    async def peer_vanishes(self):
        self.connection.leaves()

    def peer_stops_reading(self):
        self.connection.stops_reading(room=1024 * 1024)

    async def peer_told(self):
        return await self.connection.ends()


class TestFakeConnection(ConnectionContract):
    """Every promise of the suite, kept by the fake."""

    @pytest.fixture
    def link(self):
        """A fake connection, with the test at its other end."""
        return FakeLink()
