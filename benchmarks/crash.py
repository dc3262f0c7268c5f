"""`kill -9` while everybody talks: what was acknowledged must be there, once."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from benchmarks.options import Options
from benchmarks.processes import Served, chat, start
from benchmarks.redis import empty, is_here, redis_server
from benchmarks.results import Result, Table, Target
from chat import ChatClient
from chat.link import Link, open_link
from chat.messages import Heard
from chat.outcomes import ChatError, Connected

TALKERS = 50
LIMIT = 60.0  # seconds for one round


@dataclass
class _Found:
    acknowledged: int = 0
    missing: int = 0
    doubled: int = 0
    resumed: int = 0


class _Talker:
    """A client that says one thing after the other and keeps what it hears."""

    def __init__(self, name: str, urls: list[str]) -> None:
        self.name = name
        self.acknowledged: list[str] = []
        self.heard: Counter[str] = Counter()
        self.resumed = 0
        self._news = asyncio.Event()
        # The first server as long as it answers, then the next, and so on.
        self._urls = itertools.cycle(urls)
        self.client = ChatClient(urls[0], name, connect=self._connect)

    async def _connect(self, _: str, token: str | None) -> Link:
        return await open_link(next(self._urls), token)

    async def talk(self, is_over: asyncio.Event) -> None:
        """Say things until it is over; what is not confirmed may be missing."""
        for number in itertools.count():
            if is_over.is_set():
                return
            text = f"{self.name} {number}"
            try:
                await self.client.say(text)
            except ChatError:
                await asyncio.sleep(0.05)  # away: the client comes back by itself
            else:
                self.acknowledged.append(text)
                self._news.set()

    async def has_said(self, count: int) -> None:
        """Wait until so many messages are acknowledged."""
        while len(self.acknowledged) < count:
            self._news.clear()
            await self._news.wait()

    async def listen(self, last: str) -> None:
        """Keep what is heard, up to the text `last`."""
        async for event in self.client:
            if isinstance(event, Connected):
                self.resumed += not event.fresh
            if isinstance(event, Heard) and event.text is not None:
                if event.text == last:
                    return
                self.heard[event.text] += 1


async def measure(options: Options) -> Result:
    """Kill and start again, as often as asked for."""
    rounds = options.rounds or (100 if options.full else 5)
    result = Result("crash")
    table = Table(
        f"kill -9 while {TALKERS} clients talk, {rounds} times",
        ("journal", "acknowledged", "missing", "doubled", "resumed"),
    )
    result.tables.append(table)
    await _many(options, "SQLite, one server", rounds, result)
    if is_here():
        folder = options.folder / "crash-redis"
        folder.mkdir()
        async with redis_server(folder) as url:
            await _many(options, "Redis, one of two servers", rounds, result, url)
    else:
        result.notes.append("without Redis: apt install redis-server, pip install redis")
    return result


async def _many(
    options: Options, name: str, rounds: int, result: Result, redis: str | None = None
) -> None:
    found = _Found()
    for number in range(rounds):
        rng = random.Random(f"{options.seed} {number}")
        async with asyncio.timeout(LIMIT):
            if redis is None:
                journal = str(options.folder / f"crash{number}.db")
                await _one(journal, 1, rng, found)
            else:
                await empty(redis)
                await _one(redis, 2, rng, found)
    numbers = found.acknowledged, found.missing, found.doubled, found.resumed
    result.tables[0].rows.append((name, *map("{:,}".format, numbers)))
    for what, count in ("missing", found.missing), ("doubled", found.doubled):
        result.targets.append(Target(f"crash, {name}: {what}", "0", str(count), count == 0))
    result.data[name] = dict(
        zip(("acknowledged", "missing", "doubled", "resumed"), numbers, strict=True)
    )


async def _one(journal: str, servers: int, rng: random.Random, found: _Found) -> None:
    async with _servers(journal, servers) as running:
        urls = [server.url for server in running]
        talkers = [
            _Talker(f"talker{number}", urls[number % servers :] + urls[: number % servers])
            for number in range(TALKERS)
        ]
        async with AsyncExitStack() as stack:
            for talker in talkers:
                await stack.enter_async_context(talker.client)
            await _kill_while_they_talk(talkers, running, journal, rng)
    for talker in talkers:
        found.acknowledged += len(talker.acknowledged)
        found.resumed += talker.resumed
        found.doubled += sum(count - 1 for count in talker.heard.values())
        found.missing += sum(
            text not in talker.heard for other in talkers for text in other.acknowledged
        )


async def _kill_while_they_talk(
    talkers: list[_Talker], running: list[Served], journal: str, rng: random.Random
) -> None:
    last, is_over = "that is all", asyncio.Event()
    async with asyncio.TaskGroup() as group:
        talking = [group.create_task(talker.talk(is_over)) for talker in talkers]
        for talker in talkers:
            group.create_task(talker.listen(last))
        await asyncio.sleep(rng.uniform(0.2, 1.0))
        await running[0].kill()
        if len(running) == 1:  # otherwise its members find the other
            running[0] = await start(chat(journal, running[0].port))
        # Until all who were thrown out have come back and said more.
        goals = [len(talker.acknowledged) + 2 for talker in talkers]
        await asyncio.gather(*map(_Talker.has_said, talkers, goals))
        is_over.set()
        await asyncio.wait(talking)
        await talkers[0].client.say(last)


@asynccontextmanager
async def _servers(journal: str, count: int) -> AsyncIterator[list[Served]]:
    running: list[Served] = []
    try:
        while len(running) < count:
            running.append(await start(chat(journal)))
        yield running
    finally:
        for server in running:
            await server.kill()
