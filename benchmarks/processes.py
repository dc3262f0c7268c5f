"""Processes that serve: started, asked what they use, and ended by id whatever happens."""

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
START = 15.0  # seconds for a server to start
STOP = 10.0  # seconds for it to end when asked

_URL = re.compile(rb"ws://[\w.\[\]:]+:(\d+)")


class Served:
    """A running server."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self._seen = psutil.Process(process.pid)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has used so far, user and system, all threads."""
        # Linux has a clock for each process (clock_getcpuclockid(3)); psutil's comes in ticks of
        # 10 ms, which is fine over many of them.
        if sys.platform == "linux":
            return time.clock_gettime(~self.process.pid << 3 | 2)
        times = self._seen.cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> int:
        """Bytes of physical memory."""
        return self._seen.memory_info().rss

    @property
    def threads(self) -> int:
        """How many threads it has."""
        return self._seen.num_threads()

    @property
    def files(self) -> int:
        """How many descriptors, or handles, it has open."""
        return self._seen.num_fds() if os.name == "posix" else self._seen.num_handles()

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


async def start(command: Sequence[str], errors: Path | None = None) -> Served:
    """Start a server that prints its address, and return when it has.

    What it writes to standard error goes into the file `errors`, or to ours.
    """
    with contextlib.ExitStack() as stack:
        stderr = None if errors is None else stack.enter_context(errors.open("ab"))
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for us, and we end it
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START):
            while line := await process.stdout.readline():
                if found := _URL.search(line):
                    return Served(process, int(found[1]))
        raise RuntimeError(f"{command[:3]} ended before it served")
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        raise


async def stop(server: Served) -> None:
    """Ask a server to end; after a while, make it."""
    try:
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            server.process.terminate()
            async with asyncio.timeout(STOP):
                await server.process.wait()
    finally:
        await server.kill()


@asynccontextmanager
async def serving(command: Sequence[str], errors: Path | None = None) -> AsyncIterator[Served]:
    """Have a server for as long as the block lasts."""
    server = await start(command, errors)
    try:
        yield server
    finally:
        await stop(server)


def chat(journal: str | Path, port: int = 0) -> list[str]:
    """Return the command that starts our server, without a limit on messages a second."""
    options = f"--host 127.0.0.1 --port {port} --rate-limit 0"
    return [sys.executable, "-m", "chat", *options.split(), "--journal", str(journal)]
