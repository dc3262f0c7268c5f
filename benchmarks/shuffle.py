"""The tests in a new order each time, more runs at once than there are cores to run them."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.options import Options
from benchmarks.processes import ROOT
from benchmarks.results import Result, Table, Target

LIMIT = 1200.0  # seconds for one run of the tests
AT_ONCE = 2 * (os.cpu_count() or 1)  # each run is the load of the others
PARTS = {
    # name: what to run, how often by default, and with --full
    "shuffle": (["tests/unit", "tests/mocked"], 10, 1000),
    "shuffle-all": (["tests"], 1, 100),
}


async def measure(name: str, options: Options) -> Result:
    """Run the tests again and again; each failure is told with the seed that repeats it.

    Ctrl-C ends it early, and the figures are those of the runs that ended.
    """
    what, few, many = PARTS[name]
    runs = options.rounds or (many if options.full else few)
    rng = random.Random(options.seed)
    seeds = iter([rng.randrange(2**32) for _ in range(runs)])
    ended: list[str] = []  # what failed in each run, or nothing

    async def run() -> None:
        for seed in seeds:
            ended.append(await _run(what, seed))  # noqa: PERF401  # those before a Ctrl-C count

    begin = time.perf_counter()
    with suppress(asyncio.CancelledError):  # by Ctrl-C: what has been seen until then counts
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(run())
    runs, failed = len(ended), [note for note in ended if note]
    each = (time.perf_counter() - begin) / max(runs, 1)
    title = f"{' '.join(what)}, shuffled, {AT_ONCE} runs at once"
    table = Table(title, ("runs", "failures", "s each"))
    table.rows.append((str(runs), str(len(failed)), f"{each:.1f}"))
    target = Target(f"{name}: failures in {runs} runs", "0", str(len(failed)), not failed)
    data = {"runs": runs, "failures": len(failed), "seconds": each}
    return Result(name, [table], [target], failed, data)


async def _run(what: Sequence[str], seed: int) -> str:
    """Return what failed, or nothing."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "pytest", *what, "-q", "--no-cov", f"--randomly-seed={seed}"],
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # so that what the tests started can be ended with them
    )
    try:
        async with asyncio.timeout(LIMIT):
            output, _ = await process.communicate()
    except TimeoutError:
        output = b"longer than %d seconds" % LIMIT
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode == 0:
        return ""
    lines = output.decode(errors="replace").splitlines()
    failures = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    repeat = f"pytest {' '.join(what)} --randomly-seed={seed}"
    return "; ".join([repeat, *(failures or lines[-3:])])
