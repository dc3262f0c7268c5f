"""What all the Python servers that ours is compared with say, and how they begin and end."""

import asyncio
import itertools
import json
import signal
import time

WELCOME = '{"type":"welcome"}'

_ids = itertools.count(1)


def echo(message: dict[str, object]) -> str:
    """Return what everybody hears of `message`."""
    values = {
        "type": "message",
        "id": next(_ids),
        "time": time.time(),
        "name": "somebody",
        "text": message["text"],
        "ref": message.get("ref"),
    }
    return json.dumps(values, separators=(",", ":"))


async def until_stopped(port: int) -> None:
    """Tell where the server listens, then wait for SIGTERM."""
    print(f"Server started on ws://127.0.0.1:{port}", flush=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
