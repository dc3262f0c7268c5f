"""The fake keeps the promises of a Link: tests that believe it may do so."""

import pytest

from tests.link_contract import Ends, LinkContract
from tests.links import FakeLink


class FakeEnds(Ends):
    """The fake plays both ends."""

    def __init__(self):
        self.link = FakeLink()

    async def server_sends(self, frame):
        self.link.says(frame)

    async def server_hears(self):
        return await self.link.hears()

    async def server_closes(self, code, reason):
        self.link.closes(code, reason)

    async def server_vanishes(self):
        self.link.vanishes()

    def server_stops_reading(self):
        self.link.stops_reading()


class TestFakeLink(LinkContract):
    """Every promise of the suite, kept by the fake."""

    @pytest.fixture
    def ends(self):
        """A fake link, with the test at its other end."""
        return FakeEnds()
