"""A wire between clients and a server, which a test can cut and mend."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """Carries bytes to the server at a URL, and back; `url` leads through it.

    It is an async context manager. `mended` takes the place of a client's sleep: a client that
    waits before it comes back waits until the wire is mended, not for a time.
    """

    def __init__(self, url):
        self._server = urlsplit(url)
        self._is_whole = asyncio.Event()
        self._carrying = {}  # the task of each connection, and its two ends

    async def __aenter__(self):
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        self._is_whole.set()
        return self

    async def __aexit__(self, *_):
        self._listener.close()
        self.cut()
        await asyncio.gather(*self._carrying)
        await self._listener.wait_closed()

    def cut(self):
        """End all connections without a word, and refuse others, until `mend`."""
        self._is_whole.clear()
        for end in [end for ends in self._carrying.values() for end in ends]:
            end.transport.abort()

    def mend(self):
        """Let connections through again."""
        self._is_whole.set()

    async def mended(self, seconds):
        """Wait until the wire is whole, for however long it was to be."""
        await self._is_whole.wait()

    async def _carry(self, reader, writer):
        ends = self._carrying[asyncio.current_task()] = [writer]
        try:
            if self._is_whole.is_set():
                server = await asyncio.open_connection(self._server.hostname, self._server.port)
                ends.append(server[1])
                await asyncio.gather(_pump(reader, server[1]), _pump(server[0], writer))
        finally:
            for end in ends:
                end.transport.abort()
            del self._carrying[asyncio.current_task()]


async def _pump(reader, writer):
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()
