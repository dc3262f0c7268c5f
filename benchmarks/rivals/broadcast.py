"""websockets with its own `broadcast`: what everything else is compared with."""

import asyncio
import json

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.rivals.echoes import WELCOME, echo, until_stopped

members: set[ServerConnection] = set()


async def handle(connection: ServerConnection) -> None:
    """Serve one member."""
    try:
        async for raw in connection:
            message = json.loads(raw)
            if message["type"] == "join":
                members.add(connection)
                await connection.send(WELCOME)
            else:
                broadcast(members, echo(message))
    except ConnectionClosed:
        pass  # members leave without a word
    finally:
        members.discard(connection)


async def main() -> None:
    """Serve until stopped."""
    async with serve(handle, "127.0.0.1", 0, compression=None, backlog=2048) as server:
        await until_stopped(server.sockets[0].getsockname()[1])


asyncio.run(main())
