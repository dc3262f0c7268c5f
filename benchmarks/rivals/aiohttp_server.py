"""aiohttp's WebSocket, one awaited send after the other: its documentation's way."""

import asyncio
import json

from aiohttp import web

from benchmarks.rivals.echoes import WELCOME, echo, until_stopped

members: set[web.WebSocketResponse] = set()


async def handle(request: web.Request) -> web.WebSocketResponse:
    """Serve one member."""
    connection = web.WebSocketResponse(compress=False)
    await connection.prepare(request)
    try:
        async for frame in connection:
            message = json.loads(frame.data)
            if message["type"] == "join":
                members.add(connection)
                await connection.send_str(WELCOME)
            else:
                said = echo(message)
                for member in list(members):
                    await member.send_str(said)
    finally:
        members.discard(connection)
    return connection


async def main() -> None:
    """Serve until stopped."""
    application = web.Application()
    application.router.add_get("/", handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    await until_stopped(runner.addresses[0][1])


asyncio.run(main())
