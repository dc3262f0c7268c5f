"""What every Connection promises to the server: one suite, for the real one and for the fake.

A test class inherits the suite and has a fixture `link`: a connection with a peer at its other end.
"""

import asyncio
from abc import ABC, abstractmethod

import pytest

from chat.connection import Burst, Connection, Frame
from chat.messages import Notice
from tests.conftest import WAIT


class Link(ABC):
    """A connection, and its peer as the suite plays it. Each wait is bounded by WAIT."""

    connection: Connection

    @abstractmethod
    async def peer_sends(self, frame):
        """Send a text frame (str) or a binary one (bytes)."""

    @abstractmethod
    async def peer_hears(self):
        """Wait for the next message as a dictionary; EOFError when the connection has ended."""

    @abstractmethod
    async def peer_leaves(self):
        """Say goodbye."""

    @abstractmethod
    async def peer_vanishes(self):
        """Be gone without a word."""

    @abstractmethod
    def peer_stops_reading(self):
        """Read nothing more and answer nothing, but stay connected."""

    @abstractmethod
    async def peer_told(self):
        """Wait for the end of the connection, and return the code and reason the peer was told."""

    async def arrived(self):
        """Return the frames that arrive until the connection has ended."""
        async with asyncio.timeout(WAIT):
            return [frame async for frame in self.connection]


def burst(*texts):
    """Build what the server delivers."""
    return Burst(Frame(Notice(text)) for text in texts)


def notice(text):
    """Tell what the peer hears of it."""
    return {"type": "notice", "text": text}


class ConnectionContract:
    """The promises, one a test."""

    async def test_frames_arrive_in_order_when_the_peer_sends_them(self, link):
        """Text arrives as str and binary as bytes, in the order in which they were sent."""
        frames = aiter(link.connection)

        for frame in ("one", b"two", "three"):
            await link.peer_sends(frame)

        async with asyncio.timeout(WAIT):
            assert [await anext(frames) for _ in range(3)] == ["one", b"two", "three"]

    async def test_what_is_delivered_arrives_in_order_when_it_is_open(self, link):
        """Frames reach the peer in the order in which they were delivered, across bursts too."""
        delivered = [link.connection.deliver(burst("a", "b")), link.connection.deliver(burst("c"))]

        assert [await link.peer_hears() for _ in range(3)] == [notice(text) for text in "abc"]
        assert delivered == [True, True]

    async def test_what_the_peer_sent_still_arrives_when_it_has_left(self, link):
        """The iteration ends after the last frame, not before."""
        for frame in ("one", "two"):
            await link.peer_sends(frame)

        await link.peer_leaves()

        assert await link.arrived() == ["one", "two"]

    async def test_the_iteration_ends_when_the_peer_leaves(self, link):
        """A goodbye is the end of the iteration and no exception."""
        await link.peer_leaves()

        assert await link.arrived() == []
        assert not link.connection.is_open

    async def test_the_iteration_ends_when_the_peer_vanishes(self, link):
        """A lost connection is the end of the iteration and no exception either."""
        await link.peer_vanishes()

        assert await link.arrived() == []
        assert not link.connection.is_open

    async def test_an_iteration_under_way_ends_when_the_server_closes(self, link):
        """Who waits for the next frame is let go."""
        waiting = asyncio.create_task(link.arrived())
        await asyncio.sleep(0)  # until it waits

        await link.connection.close(1001, "bye")

        assert await waiting == []

    async def test_the_iteration_ends_at_once_when_it_begins_after_the_end(self, link):
        """Whoever asks again gets the same answer."""
        await link.connection.close(1001, "bye")

        assert [await link.arrived(), await link.arrived()] == [[], []]

    async def test_a_delivery_does_nothing_when_the_peer_is_gone(self, link):
        """What cannot arrive is dropped, and the server is told so."""
        await link.peer_vanishes()
        await link.arrived()

        assert link.connection.deliver(burst("too late")) is False

    async def test_a_delivery_does_nothing_when_the_peer_is_gone_with_something_unread(self, link):
        """Then the system resets the connection, and the end comes without a word of TCP's."""
        link.peer_stops_reading()
        link.connection.deliver(burst("unread"))

        await link.peer_vanishes()

        assert link.connection.deliver(burst("too late")) is False

    async def test_a_delivery_does_nothing_when_the_goodbye_is_on_its_way(self, link):
        """After the goodbye nothing is written, although the peer has not answered it yet."""
        link.peer_stops_reading()
        closing = asyncio.create_task(link.connection.close(1001, "bye"))
        await asyncio.sleep(0)  # until it is said

        assert link.connection.deliver(burst("too late")) is False

        await closing

    async def test_the_peer_hears_nothing_more_when_the_server_has_closed(self, link):
        """After the goodbye nothing is written."""
        link.connection.deliver(burst("before"))
        await link.connection.close(1001, "bye")

        assert link.connection.deliver(burst("after")) is False
        assert await link.peer_hears() == notice("before")
        with pytest.raises(EOFError):
            await link.peer_hears()

    async def test_the_peer_is_told_why_when_the_server_closes(self, link):
        """The goodbye says its code and reason."""
        await link.connection.close(1001, "bye")

        assert await link.peer_told() == (1001, "bye")

    async def test_the_first_goodbye_counts_when_the_server_closes_twice(self, link):
        """Closing twice is harmless."""
        await link.connection.close(1008, "first")
        await link.connection.close(1001, "second")

        assert await link.peer_told() == (1008, "first")

    async def test_closing_is_harmless_when_the_peer_is_gone(self, link):
        """Nobody is left to be told, and nobody minds."""
        await link.peer_vanishes()

        await link.connection.close(1001, "bye")

        assert not link.connection.is_open

    async def test_closing_ends_in_time_when_the_peer_does_not_answer(self, link):
        """A peer that hangs holds nobody up."""
        link.peer_stops_reading()

        async with asyncio.timeout(WAIT):
            await link.connection.close(1001, "bye")

        assert await link.arrived() == []
        assert not link.connection.is_open

    async def test_the_peer_is_dropped_when_it_is_too_far_behind(self, link):
        """What waits for one peer is bounded: past the limit the connection ends."""
        link.peer_stops_reading()
        much = burst("x" * 2**20)

        deliveries = [link.connection.deliver(much) for _ in range(100)]  # 100 MiB

        assert deliveries[-1] is False
        assert await link.arrived() == []
