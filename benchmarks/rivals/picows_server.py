"""picows: a WebSocket in Cython, with callbacks in place of coroutines."""

import asyncio
import json

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

from benchmarks.rivals.echoes import WELCOME, echo, until_stopped

members: set[WSTransport] = set()


class Member(WSListener):
    """Serve one member."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        message = json.loads(frame.get_payload_as_bytes())
        if message["type"] == "join":
            members.add(transport)
            transport.send(WSMsgType.TEXT, WELCOME.encode())
        else:
            said = echo(message).encode()
            for member in members:
                member.send(WSMsgType.TEXT, said)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        members.discard(transport)


async def main() -> None:
    """Serve until stopped."""
    server = await ws_create_server(lambda _: Member(), "127.0.0.1", 0, backlog=2048)
    await until_stopped(server.sockets[0].getsockname()[1])


asyncio.run(main())
