"""Kinds of load, and what a server needs for each: a flood, and one message at a time.

Nothing in here spins: a flood is kept going by what the senders hear, a pace by the loop's clock.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import Any

from benchmarks.member import Member, everybody_heard, join, leave
from benchmarks.processes import Served

SENDERS = 10  # of a flood, at most
UNDER_WAY = 64  # messages of one sender that it has not heard yet
PACE = 50.0  # messages a second, where they come at a pace
TIMED = 20  # of so many members, one whose delays are kept: all would cost too much

Load = Callable[[Sequence[Member]], Coroutine[Any, Any, int]]


@dataclass(frozen=True)
class Run:
    """What one server needed for one load. Times are in seconds."""

    deliveries: int
    lost: int  # deliveries that did not come
    seconds: float
    server_cpu: float
    load_cpu: float
    p50: float
    p99: float

    @property
    def cpu(self) -> float:
        """Seconds of the server's CPU for one delivery."""
        return self.server_cpu / self.deliveries

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds


async def flood(members: Sequence[Member], seconds: float, size: int = 60, fill: str = "x") -> int:
    """Let members say as much as the server takes for a while; return how many messages."""
    senders = list(members[:SENDERS])
    sent = dict.fromkeys(senders, 0)
    end = time.perf_counter() + seconds
    over = asyncio.Event()

    def go_on(sender: Member) -> None:
        if time.perf_counter() >= end or sender.is_lost:
            over.set()
            return
        # All hear the same, so an equal share of what one has heard is its own.
        room = UNDER_WAY - (sent[sender] - (sender.heard - begun) // len(senders))
        if room > 0:
            sender.say(room, size, fill)
            sent[sender] += room

    begun = senders[0].heard
    for sender in senders:
        sender.on_news = partial(go_on, sender)
        go_on(sender)
    async with asyncio.timeout(seconds + 30):
        await over.wait()
    for sender in senders:
        sender.on_news = lambda: None
    return sum(sent.values())


async def in_turn(members: Sequence[Member], seconds: float) -> int:
    """Let one after the other say something, as soon as all have heard the last; count that."""
    end, said, heard = time.perf_counter() + seconds, 0, members[0].heard
    while time.perf_counter() < end:
        members[said % len(members)].say()
        said += 1
        await everybody_heard(members, heard + said)
    return said


async def paced(members: Sequence[Member], seconds: float, pace: float = PACE) -> int:
    """Let one after the other say something, at a steady pace; return how much that was."""
    loop = asyncio.get_running_loop()
    begin, count = loop.time(), int(seconds * pace)
    for number in range(count):
        await asyncio.sleep(begin + number / pace - loop.time())
        members[number % len(members)].say()
    return count


async def gathered(server: Served, count: int) -> list[Member]:
    """Let `count` members join, and return when all hear each other."""
    members = await join(server.port, [f"member{number}" for number in range(count)])
    members[0].say()  # a server may tell of joins in its own way, but all hear this one last
    await everybody_heard(members, 1)
    return members


async def measure(server: Served, members: Sequence[Member], load: Load) -> Run:
    """Return what `server` needs to deliver `load` to all members."""
    timed = members[:: min(TIMED, max(1, len(members) // 5))]
    for member in timed:
        member.keep_delays = True
    heard = [member.heard for member in members]
    server_cpu, load_cpu, begin = server.cpu, time.process_time(), time.perf_counter()
    said = await load(members)
    await everybody_heard(members, heard[0] + said)
    seconds = time.perf_counter() - begin
    server_cpu, load_cpu = server.cpu - server_cpu, time.process_time() - load_cpu
    came = sum(member.heard for member in members) - sum(heard)
    delays = [delay for member in timed for delay in member.delays]
    percentiles = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
    return Run(
        deliveries=came,
        lost=said * len(members) - came,
        seconds=seconds,
        server_cpu=server_cpu,
        load_cpu=load_cpu,
        p50=percentiles[49],
        p99=percentiles[98],
    )


async def one_run(server: Served, count: int, load: Load) -> Run:
    """Let `count` members join, measure, and let them go."""
    members = await gathered(server, count)
    try:
        return await measure(server, members, load)
    finally:
        leave(members)
