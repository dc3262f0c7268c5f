"""Many who come at once, and many who come and go."""

import time

from benchmarks.member import Member, join, leave
from benchmarks.options import Options
from benchmarks.processes import Served, chat, serving
from benchmarks.results import Result, Table, Target, spread

CROWD = 1000
ROUNDS = 20  # of churn, after one that does not count: what a server keeps for all time it has then
KIBIBYTE = 1024


async def measure_connects(options: Options) -> Result:
    """Let a thousand members join, all at once."""
    took: list[float] = []
    missing = 0
    for number in range(options.rounds or 5):
        async with serving(chat(options.folder / f"connects{number}.db")) as server:
            begin = time.perf_counter()
            members = await join(server.port, _names("crowd", CROWD), at_once=CROWD)
            took.append(time.perf_counter() - begin)
            missing += CROWD - sum(member.joined.done() for member in members)
            leave(members)
    table = Table(f"{CROWD:,} members at once, SQLite", ("seconds until all are in", "not let in"))
    table.rows.append((spread(took), str(missing)))
    target = Target(f"connects: of {CROWD:,}, not let in", "0", str(missing), missing == 0)
    return Result("connects", [table], [target], data={"seconds": took, "missing": missing})


async def measure_churn(options: Options) -> Result:
    """Let members come and go, and see what of it stays with the server."""
    rounds = options.rounds or ROUNDS
    table = Table("come and gone, SQLite", ("connections", "memory, KiB", "threads", "descriptors"))
    async with serving(chat(options.folder / "churn.db")) as server:
        resident, (others,) = [], await join(server.port, ["resident"])
        seen = []
        for number in range(rounds + 1):
            await _come_and_go(server, others, number)
            resident.append(server.memory // KIBIBYTE)
            seen.append((server.threads, server.files))
            if number % max(1, rounds // 5) == 0:
                count = f"{(number + 1) * CROWD // 2:,}"
                table.rows.append((count, f"{resident[-1]:,}", *map(str, seen[-1])))
    # The second half of a leak is as long as its first.
    half = len(resident) // 2
    growth = max(resident[half:]) - max(resident[1 : half + 1])
    kept = max(files for _, files in seen[1:]) - seen[1][1]
    targets = [
        Target(
            "churn: memory, second half over first",
            "at most 1 MiB",
            f"{growth} KiB",
            growth <= 1024,
        ),
        Target("churn: descriptors more", "0", str(kept), kept <= 0),
    ]
    data = {"memory_kib": resident, "threads_files": seen}
    return Result("churn", [table], targets, data=data)


async def _come_and_go(server: Served, resident: Member, number: int) -> None:
    members = await join(server.port, _names(f"r{number}n", CROWD // 2))
    leave(members)
    # All leaves are stored once a later join is: the journal has one order.
    leave(await join(server.port, [f"last{number}"]))
    assert not resident.is_lost


def _names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]
