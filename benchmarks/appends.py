"""How many events a second each kind of journal stores."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from benchmarks.options import Options
from benchmarks.redis import is_here, redis_server
from benchmarks.results import Result, Table, spread
from chat import MemoryJournal, SqliteJournal
from chat.events import Event
from chat.journal import Journal

UNDER_WAY = 64
EVENT = Event("message", 1763790000.1, "benchmark", 1, "ada", "x" * 60)


async def measure(options: Options) -> Result:
    """Append for a while, one after the other and many at once."""
    rounds, seconds = options.rounds or 5, options.seconds / 3
    table = Table("appends a second", ("journal", "one at a time", f"{UNDER_WAY} under way"))
    result = Result("appends", [table])
    async with _journals(options) as journals:
        for name, journal in journals.items():
            singly = [await _rate(journal, seconds, _one) for _ in range(rounds)]
            many = [await _rate(journal, seconds, _many) for _ in range(rounds)]
            table.rows.append((name, spread(singly, 0), spread(many, 0)))
            result.data[name] = {"singly": singly, "many": many}
    if "Redis" not in result.data:
        result.notes.append("without Redis: apt install redis-server, pip install redis")
    return result


async def _rate(
    journal: Journal, seconds: float, append: Callable[[Journal], Awaitable[int]]
) -> float:
    count, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < seconds:
        count += await append(journal)
    return count / passed


async def _one(journal: Journal) -> int:
    await journal.append(EVENT)
    return 1


async def _many(journal: Journal) -> int:
    waiting = {journal.append(EVENT) for _ in range(UNDER_WAY)}
    count = 0
    while count < 10 * UNDER_WAY:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        count += len(done)
        waiting |= {journal.append(EVENT) for _ in done}
    await asyncio.wait(waiting)
    return count + UNDER_WAY


@asynccontextmanager
async def _journals(options: Options) -> AsyncIterator[dict[str, Journal]]:
    async with contextlib.AsyncExitStack() as stack:
        journals: dict[str, Journal] = {
            "memory": MemoryJournal(),
            "SQLite": await SqliteJournal.open(options.folder / "appends.db"),
        }
        if is_here():
            from chat.journal.redis import RedisJournal  # noqa: PLC0415  # an extra

            folder = options.folder / "appends-redis"
            folder.mkdir()
            url = await stack.enter_async_context(redis_server(folder))
            journals["Redis"] = await RedisJournal.open(url)
        for journal in journals.values():
            stack.push_async_callback(journal.close)
        yield journals
