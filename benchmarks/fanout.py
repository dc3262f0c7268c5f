"""What it costs to let everybody hear a message.

Servers take turns, two to each run of the base, and each is compared with the base's run next to
it: what slows the machine down for a while slows both.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from statistics import median

from benchmarks.contenders import BASE, Contender, contenders, fresh
from benchmarks.load import PACE, Load, Run, flood, in_turn, one_run, paced
from benchmarks.member import join, leave
from benchmarks.options import Options
from benchmarks.results import Result, Table, Target, spread

SIZES = (10, 100, 1000)  # members
IDLE = 500  # connections, to see how much memory one takes
_Pairs = dict[str, list[tuple[Run, Run]]]  # by contender: its run, and the base's next to it

_PROMISED = [
    # load, members, contender, what, worst or least
    ("flood", 100, "ours, SQLite", "CPU", 0.15),
    ("flood", 100, "ours, SQLite", "rate", 4.0),
    ("in turn", 100, "ours, memory", "CPU", 0.85),
    ("in turn", 100, "ours, SQLite", "CPU", 1.0),
]


async def measure(options: Options) -> Result:
    """Measure all servers under each load, at several sizes."""
    rounds = options.rounds or 3
    result = Result("fanout")
    async with contenders(options) as (servers, notes):
        result.notes += notes
        for size in SIZES:
            # A thousand members at 50 messages a second are more than some servers can bear.
            pace = PACE if size < 1000 else PACE / 10
            loads: dict[str, Load] = {
                "flood": partial(flood, seconds=options.seconds),
                "in turn": partial(in_turn, seconds=options.seconds),
                "paced": partial(paced, seconds=2 * options.seconds, pace=pace),
            }
            for name, load in loads.items():
                print(f"... {name}, {size} members", file=sys.stderr, flush=True)
                pairs = await _compare(servers, size, load, rounds)
                _report(result, name, size, pairs)
        result.tables.append(await _idle(servers, result))
    return result


async def _compare(servers: Sequence[Contender], size: int, load: Load, rounds: int) -> _Pairs:
    base, *others = servers
    pairs: _Pairs = defaultdict(list)
    for number in range(rounds):
        order = random.Random(number).sample(others, len(others))
        for first, second in zip(order[::2], [*order[1::2], None], strict=False):
            before = await _run(first, size, load)
            between = await _run(base, size, load)
            pairs[first.name].append((before, between))
            pairs[base.name].append((between, between))
            if second is not None:
                pairs[second.name].append((await _run(second, size, load), between))
    return {server.name: pairs[server.name] for server in servers}


async def _run(contender: Contender, size: int, load: Load) -> Run:
    async with fresh(contender) as server:
        return await one_run(server, size, load)


def _report(result: Result, load: str, size: int, pairs: _Pairs) -> None:
    columns = ("server", "CPU ratio", "rate ratio", "us CPU", "deliveries/s", "p50 ms", "p99 ms")
    table = Table(
        f"{load}, {size} members: CPU per delivery, and deliveries a second",
        (*columns, "server busy", "load busy"),
    )
    for name, runs in pairs.items():
        own = [run for run, _ in runs]
        ratios = {
            "CPU": [run.cpu / base.cpu for run, base in runs],
            "rate": [run.rate / base.rate for run, base in runs],
        }
        table.rows.append(
            (
                name,
                "1" if name == BASE else spread(ratios["CPU"]),
                "1" if name == BASE else spread(ratios["rate"]),
                spread([1e6 * run.cpu for run in own]),
                f"{_median(own, lambda run: run.rate):,.0f}",
                f"{_median(own, lambda run: 1e3 * run.p50):.2f}",
                f"{_median(own, lambda run: 1e3 * run.p99):.2f}",
                f"{_median(own, lambda run: run.server_cpu / run.seconds):.0%}",
                f"{_median(own, lambda run: run.load_cpu / run.seconds):.0%}",
            )
        )
        kept = result.data.setdefault(load, {}).setdefault(str(size), {})
        kept[name] = {"runs": [asdict(run) for run in own], "ratios": ratios}
        result.targets += _targets(load, size, name, ratios)
        if lost := sum(run.lost for run in own):
            result.notes.append(f"{load}, {size} members, {name}: {lost:,} deliveries lost")
    result.tables.append(table)


def _median(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    return median(map(of, runs))


def _targets(load: str, size: int, name: str, ratios: dict[str, list[float]]) -> list[Target]:
    targets = []
    for *where, what, limit in _PROMISED:
        if where == [load, size, name]:
            found = median(ratios[what])
            reached = found <= limit if what == "CPU" else found >= limit
            targets.append(
                Target(
                    f"{load}, {size} members, {name}: {what} against broadcast",
                    f"{'at most' if what == 'CPU' else 'at least'} {limit:g}x",
                    f"{found:.2f}x",
                    reached,
                )
            )
    return targets


async def _idle(servers: Sequence[Contender], result: Result) -> Table:
    table = Table(f"memory of an idle member, of {IDLE}", ("server", "KiB"))
    found = result.data.setdefault("idle", {})
    for contender in servers:
        async with fresh(contender) as server:
            first = await join(server.port, ["first"])
            before = server.memory
            members = await join(server.port, [f"member{number}" for number in range(IDLE)])
            found[contender.name] = (server.memory - before) / IDLE / 1024
            leave([*first, *members])
        table.rows.append((contender.name, f"{found[contender.name]:.1f}"))
    return table
