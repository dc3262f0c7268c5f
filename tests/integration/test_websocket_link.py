"""The connection that a client opens keeps the promises of a Link, with a real server."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from chat import link
from chat.link import open_link
from tests.conftest import WAIT
from tests.link_contract import Ends, LinkContract


class WebSocketEnds(Ends):
    """A link, and a server of the library at its other end."""

    def __init__(self, link, server):
        self.link = link
        self._server = server

    async def server_sends(self, frame):
        await self._server.send(frame)

    async def server_hears(self):
        async with asyncio.timeout(WAIT):
            return json.loads(await self._server.recv())

    async def server_closes(self, code, reason):
        await self._server.close(code, reason)

    async def server_vanishes(self):
        self._server.transport.abort()

    def server_stops_reading(self):
        self._server.transport.pause_reading()


class TestWebSocketLink(LinkContract):
    """Every promise of the suite, kept on a real socket."""

    async def test_a_frame_arrives_when_it_names_a_great_many_members(self, ends):
        """The library alone would refuse a frame over 1 MiB."""
        await ends.server_sends("x" * 2**22)

        assert len(await ends.next_frame()) == 2**22

    @pytest.fixture
    async def ends(self, monkeypatch):
        """A link over a real socket, and the server at its other end."""
        monkeypatch.setattr(link, "CLOSE_TIMEOUT", 0.05)  # nobody waits long for a stuck server
        inside = asyncio.get_running_loop().create_future()
        over = asyncio.Event()

        async def handle(connection):
            inside.set_result(connection)
            await over.wait()
            connection.transport.abort()

        async with serve(handle, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            opened = await open_link(f"ws://127.0.0.1:{port}", None)
            yield WebSocketEnds(opened, await asyncio.wait_for(inside, WAIT))
            over.set()
            await opened.close()
