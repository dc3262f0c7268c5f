"""A Redis of our own: in its own folder, on a free port, ended by id."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.processes import START


def is_here() -> bool:
    """Return whether Redis and its client are installed."""
    return shutil.which("redis-server") is not None and find_spec("redis") is not None


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[str]:
    """Have a Redis that writes to `folder`, and its URL. Needs `redis-server`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--port {port} --bind 127.0.0.1 --save --appendonly yes --loglevel warning"
    process = await asyncio.create_subprocess_exec(
        "redis-server",
        *options.split(),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START):
            while not await _answers(port):  # noqa: ASYNC110  # Redis does not say when it is ready
                await asyncio.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def empty(url: str) -> None:
    """Forget everything in the database at `url`."""
    from redis.asyncio import Redis  # noqa: PLC0415  # an extra

    async with Redis.from_url(url) as client:
        await client.flushdb()


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith(b"+PONG")
    finally:
        writer.close()
