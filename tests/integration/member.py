"""Somebody in the chat, as a test speaks and listens for them over a real socket."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

import websockets
from websockets.exceptions import ConnectionClosed

from tests.conftest import WAIT


class Member:
    """One connection to a server. Whatever it waits for comes within WAIT, or the test fails."""

    def __init__(self, socket):
        self.socket = socket
        self.welcome = {}
        self.seen = 0  # the id of the newest event that it has read

    async def joins(self, name, **fields):
        """Ask for a name and wait for the welcome."""
        await self.sends(type="join", name=name, **fields)
        self.welcome = await self.receives("welcome")

    async def says(self, *texts, **fields):
        for text in texts:
            await self.sends(type="message", text=text, **fields)

    async def sends(self, **message):
        await self.socket.send(json.dumps(message))

    async def receives(self, *types):
        """Return the next message of one of these types, or just the next one."""
        async with asyncio.timeout(WAIT):
            while True:
                message = json.loads(await self.socket.recv())
                if message["type"] != "welcome":  # which tells an id that is yet to come
                    self.seen = message.get("id", self.seen)
                if not types or message["type"] in types:
                    return message

    async def hears(self):
        """Return the text that is said next."""
        return (await self.receives("message"))["text"]

    async def hears_all(self, count):
        """Return the next `count` texts."""
        return [await self.hears() for _ in range(count)]

    async def pages(self, after=0, limit=100):
        """Yield all events after an id, oldest first, asking for one page after the other."""
        while True:
            await self.sends(type="history", after=after, limit=limit)
            page = (await self.receives("history"))["events"]
            if not page:
                return
            for event in page:
                yield event
            after = page[-1]["id"]

    async def is_refused(self):
        """Return the code of the next error."""
        return (await self.receives("error"))["code"]

    async def rest(self):
        """Return all messages that still come before the connection ends."""
        messages = []
        async with asyncio.timeout(WAIT):
            with suppress(ConnectionClosed):
                while True:
                    messages.append(await self.receives())
        return messages

    async def is_closed(self):
        """Read to the end and return the close code (RFC 6455, section 7.4)."""
        await self.rest()
        return self.socket.close_code

    def stops_reading(self):
        """Hang: nothing is taken from the socket any more, and so no ping is answered."""
        self.socket.transport.pause_reading()

    def reads_again(self):
        self.socket.transport.resume_reading()


@asynccontextmanager
async def connected(url, **options):
    """Connect to the server at `url`; `options` are those of `websockets.connect`."""
    plain = {"proxy": None, "compression": None, "ping_interval": None, "open_timeout": WAIT}
    async with websockets.connect(url, **plain | {"close_timeout": WAIT} | options) as socket:
        try:
            yield Member(socket)
        finally:
            socket.transport.abort()  # a goodbye would wait behind all that it never read
