"""The connection of the real gate keeps the promises of a Connection, with a real peer."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chat.config import Settings
from chat.gate import Gate
from tests.conftest import WAIT
from tests.connection_contract import ConnectionContract, Link

# A peer that reads nothing is let go at once, so that nobody waits for it here.
SETTINGS = Settings(host="127.0.0.1", port=0, drop_grace=0, close_grace=0.05)


class WebSocketLink(Link):
    """A connection of the gate, and a client of the library at its other end."""

    def __init__(self, connection, client):
        self.connection = connection
        self._client = client

    async def peer_sends(self, frame):
        await self._client.send(frame)

    async def peer_hears(self):
        async with asyncio.timeout(WAIT):
            try:
                return json.loads(await self._client.recv())
            except ConnectionClosed as error:
                raise EOFError from error

    async def peer_leaves(self):
        await self._client.close()

    async def peer_vanishes(self):
        self._client.transport.abort()
        await self.arrived()

    def peer_stops_reading(self):
        self._client.transport.pause_reading()

    async def peer_told(self):
        async with asyncio.timeout(WAIT):
            await self._client.wait_closed()
        return self._client.close_code, self._client.close_reason


class TestWebSocketConnection(ConnectionContract):
    """Every promise of the suite, kept on a real socket."""

    @pytest.fixture
    async def link(self):
        """A connection of a real server, and the client at its other end."""
        inside = asyncio.get_running_loop().create_future()
        over = asyncio.Event()

        async def handle(connection):
            inside.set_result(connection)
            await over.wait()

        gate = Gate(SETTINGS)
        async with gate.open(handle), connect(gate.url, proxy=None) as client:
            yield WebSocketLink(await asyncio.wait_for(inside, WAIT), client)
            over.set()
            client.transport.abort()
