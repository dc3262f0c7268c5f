"""What a client may believe of its connection: one suite, for the real one and for the fake.

A test class inherits the suite and has a fixture `ends`: a link, and the server at its other end.
"""

import asyncio
from abc import ABC, abstractmethod

import pytest
from websockets.exceptions import ConnectionClosed

from chat.link import Link
from tests.conftest import WAIT


class Ends(ABC):
    """A link, and its server as the suite plays it. Each wait is bounded by WAIT."""

    link: Link

    @abstractmethod
    async def server_sends(self, frame):
        """Send a text frame (str) or a binary one (bytes)."""

    @abstractmethod
    async def server_hears(self):
        """Wait for the next text frame, and return it."""

    @abstractmethod
    async def server_closes(self, code, reason):
        """Say goodbye."""

    @abstractmethod
    async def server_vanishes(self):
        """Be gone without a word."""

    @abstractmethod
    def server_stops_reading(self):
        """Read nothing more and answer nothing, but stay connected."""

    async def next_frame(self):
        async with asyncio.timeout(WAIT):
            return await self.link.recv()

    async def end(self):
        """Receive to the end, and return the exception that it is."""
        try:
            while True:
                await self.next_frame()
        except ConnectionClosed as closed:
            return closed


class LinkContract:
    """The promises, one a test."""

    async def test_frames_arrive_in_order_when_the_server_sends_them(self, ends):
        """Text arrives as str and binary as bytes."""
        for frame in ("one", b"two", "three"):
            await ends.server_sends(frame)

        assert [await ends.next_frame() for _ in range(3)] == ["one", b"two", "three"]

    async def test_the_server_hears_in_order_what_is_sent(self, ends):
        """Each send is one frame."""
        for frame in ('"one"', '"two"'):
            await ends.link.send(frame)

        assert [await ends.server_hears() for _ in range(2)] == ["one", "two"]

    async def test_what_came_before_the_end_is_received_first(self, ends):
        """A goodbye overtakes nothing."""
        await ends.server_sends("last words")
        await ends.server_closes(1001, "bye")

        assert await ends.next_frame() == "last words"
        await ends.end()

    async def test_receiving_tells_code_and_reason_when_the_server_closes(self, ends):
        """As often as it is asked."""
        await ends.server_closes(1008, "go away")

        closes = [(await ends.end()).rcvd for _ in range(2)]

        assert [(close.code, close.reason) for close in closes] == [(1008, "go away")] * 2

    async def test_receiving_tells_of_no_goodbye_when_the_server_vanishes(self, ends):
        """A lost connection has neither code nor reason."""
        await ends.server_vanishes()

        assert (await ends.end()).rcvd is None

    async def test_who_waits_for_a_frame_is_told_of_the_end(self, ends):
        """Nobody waits for ever at a connection that has ended."""
        waiting = asyncio.create_task(ends.end())
        await asyncio.sleep(0)  # until it waits

        await ends.server_closes(1012, "again soon")

        assert (await waiting).rcvd.code == 1012

    async def test_sending_fails_when_the_connection_has_ended(self, ends):
        """With the exception that receiving raises."""
        await ends.server_closes(1001, "bye")
        await ends.end()

        with pytest.raises(ConnectionClosed):
            await ends.link.send("too late")

    async def test_nothing_is_sent_or_received_when_the_client_has_closed(self, ends):
        """Closed is closed, and closing twice is harmless."""
        await ends.link.close()
        await ends.link.close()

        with pytest.raises(ConnectionClosed):
            await ends.link.send("too late")
        await ends.end()

    async def test_closing_is_harmless_when_the_server_is_gone(self, ends):
        """Nobody is left to be told, and nobody minds."""
        await ends.server_vanishes()

        await ends.link.close()

        await ends.end()

    async def test_closing_frees_who_sends_to_a_server_that_does_not_read(self, ends):
        """Sending may wait for the server, closing may not."""
        ends.server_stops_reading()
        sending = asyncio.create_task(ends.link.send("x" * 2**24))
        await asyncio.sleep(0)  # until it waits

        await ends.link.close()

        async with asyncio.timeout(WAIT):
            await asyncio.gather(sending, return_exceptions=True)
