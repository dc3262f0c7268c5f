"""One member who stopped reading, among a hundred under flood."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from statistics import median
from typing import NamedTuple

from benchmarks.load import Run, flood, gathered
from benchmarks.load import measure as measure_load
from benchmarks.member import join, leave, read_little
from benchmarks.options import Options
from benchmarks.processes import Served, chat, serving
from benchmarks.results import Result, Table, Target, spread

MEMBERS = 100
# Two KiB in each message: the kernel alone holds megabytes for who does not read.
LONG = {"size": 500, "fill": "\N{WAVING HAND SIGN}"}
LEAST = 4.0  # seconds of a flood, to be more than that on a slow machine too
MEBIBYTE = 2**20


class _Found(NamedTuple):
    run: Run
    growth: float  # MiB, at its greatest
    dropped: int  # connections that the server has let go of


async def measure(options: Options) -> Result:
    """Measure with and without the stuck member, in turns."""
    rounds = options.rounds or 3
    free, stuck = [], []
    for number in range(rounds):
        turns = [(free, False), (stuck, True)]
        for found, is_stuck in turns if number % 2 else turns[::-1]:
            found.append(await _one(options, is_stuck))
    return _report(free, stuck)


async def _one(options: Options, is_stuck: bool) -> _Found:
    for file in options.folder.glob("stuck.db*"):
        file.unlink()
    async with serving(chat(options.folder / "stuck.db")) as server:
        readers = await gathered(server, MEMBERS - 1)
        load = partial(flood, seconds=max(LEAST, 2 * options.seconds), **LONG)
        # What a server takes for its first flood it keeps, stuck readers or not.
        await measure_load(server, readers, load)
        [last] = await join(server.port, ["last"])
        if is_stuck:
            read_little(last)
        files = server.files
        try:
            async with _growth(server) as grown:
                run = await measure_load(server, readers, load)
            return _Found(run, max(grown) / MEBIBYTE, files - server.files)
        finally:
            leave([*readers, last])


@asynccontextmanager
async def _growth(server: Served) -> AsyncIterator[list[int]]:
    """Have a list that gets the bytes by which the server has grown, again and again."""
    before, grown = server.memory, [0]

    async def look() -> None:
        while True:
            await asyncio.sleep(0.05)
            grown.append(server.memory - before)

    looking = asyncio.create_task(look())
    try:
        yield grown
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking


def _report(free: list[_Found], stuck: list[_Found]) -> Result:
    ratios = [one.run.rate / other.run.rate for one, other in zip(stuck, free, strict=True)]
    extra = [one.growth - other.growth for one, other in zip(stuck, free, strict=True)]
    lost = sum(found.run.lost for found in stuck)
    table = Table(
        f"one stuck reader among {MEMBERS} under flood, SQLite",
        ("stuck reader", "deliveries/s to the others", "lost", "dropped", "memory growth, MiB"),
    )
    for name, all_found in ("without", free), ("with", stuck):
        table.rows.append(
            (
                name,
                spread([found.run.rate for found in all_found], 0),
                str(sum(found.run.lost for found in all_found)),
                f"{sum(found.dropped for found in all_found)} in {len(all_found)} runs",
                spread([found.growth for found in all_found], 1),
            )
        )
    dropped = sum(found.dropped for found in stuck)
    rate, grown = median(ratios), median(extra)
    targets = [
        Target("stuck: the others' rate", "at least 0.9x", f"{rate:.2f}x", rate >= 0.9),
        Target("stuck: deliveries lost to the others", "0", str(lost), lost == 0),
        Target("stuck: readers dropped", str(len(stuck)), str(dropped), dropped == len(stuck)),
        Target("stuck: memory more than without", "at most 4 MiB", f"{grown:.1f}", grown <= 4),
    ]
    data = {"rates": ratios, "lost": lost, "extra_mib": extra}
    return Result("stuck", [table], targets, data=data)
