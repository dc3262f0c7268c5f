"""What it costs to check a finished exercise, and what one variant costs beside a new pytest.

A variant is a bug, or some refactorings at once. What one of them costs is found by a second check,
of the same tests in an exercise that has no variants: the difference is theirs, with all that the
hosts do for them.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

import psutil

from benchmarks.options import Options
from benchmarks.results import Result, Table, Target, spread
from exercises.checker.check import Checker
from exercises.checker.load import exercises
from exercises.checker.model import Exercise, Progress

ROOT = Path(__file__).parents[1]
MOST = {"unit": 2.0, "mocked": 2.0, "integration": 6.0}  # seconds for a warm check
LEAST = 8.0  # times that a new process is dearer than a variant


async def measure(options: Options) -> Result:
    """Check each solution with hosts that are warm; run it in new processes too."""
    rounds = options.rounds or 3
    columns = ("exercise", "seconds", "s of CPU", "variants", "ms CPU each", "new pytest", "ratio")
    result = Result("checker", [Table("checking a finished exercise, warm", columns)])
    for exercise in exercises(ROOT)[0]:
        seconds, cpu, each, new, variants = _measured(exercise, rounds)
        ratios = [one / variant for one, variant in zip(new, each, strict=True)]
        result.tables[0].rows.append(
            (
                exercise.name,
                spread(seconds),
                spread(cpu),
                f"{variants}",
                spread([1000 * one for one in each], 0),
                spread([1000 * one for one in new], 0),
                spread(ratios, 1),
            )
        )
        kept = {"seconds": seconds, "cpu": cpu, "variants": variants, "each": each, "new": new}
        result.data[exercise.name] = kept | {"ratios": ratios}
        result.targets += _targets(exercise, median(seconds), median(ratios))
    return result


Figures = list[float]  # one for each round


def _measured(exercise: Exercise, rounds: int) -> tuple[Figures, Figures, Figures, Figures, int]:
    """Return the seconds of a check, its CPU, that of a variant and of a new pytest; how many.

    What is compared follows each other, so that a machine has as much to do for one as for another.
    """
    bare = replace(exercise, bugs=(), refactorings=())
    all_seconds, cpu, each, new = Figures(), Figures(), Figures(), Figures()
    with Checker() as checker:
        # To warm up: in a new tree, the first of each leaves behind what the others find.
        variants = _check(checker, exercise)[2] - _check(checker, bare)[2]
        if (
            exercise.tier == "integration"
        ):  # where two runs have half of the tests each, that is one
            variants -= sum(one.is_slow for one in exercise.refactorings)
        _new_process(exercise.solution)
        for _ in range(rounds):
            seconds, whole, _ = _check(checker, exercise)
            _, rest, _ = _check(checker, bare)
            all_seconds.append(seconds)
            cpu.append(whole)
            each.append((whole - rest) / variants)
            new.append(_new_process(exercise.solution))
    return all_seconds, cpu, each, new, variants


def _check(checker: Checker, exercise: Exercise) -> tuple[float, float, int]:
    """Check a solution; return the seconds, those of CPU, and of how many runs it is made."""
    told = list[Progress]()
    before, begin = _cpu(), time.perf_counter()
    verdict = checker.check(exercise, exercise.solution, progress=told.append)
    seconds = time.perf_counter() - begin
    assert verdict.is_done, "only what is finished is measured"
    return seconds, _cpu() - before, len(told)


def _new_process(files: Sequence[Path]) -> float:
    """Return the CPU of a new pytest. Each core has one, since variants share the cores too."""
    before, cores = _cpu(), os.cpu_count() or 1
    options = ["-q", "--no-cov", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, files)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(cores)]
    ended = [process.wait() for process in started]
    assert not any(ended), "the tests of a solution pass"
    return (_cpu() - before) / cores


def _cpu() -> float:
    """Return the seconds of CPU of all that was started here: of hosts and of what they started.

    Only Linux tells the latter as long as a host lives.
    """
    used = getrusage(RUSAGE_CHILDREN)
    hosts = [sum(host.cpu_times()[:4]) for host in psutil.Process().children()]
    return used.ru_utime + used.ru_stime + sum(hosts)


def _targets(exercise: Exercise, seconds: float, ratio: float) -> list[Target]:
    most = MOST[exercise.tier]
    return [
        Target(
            f"{exercise.name}: a warm check",
            f"at most {most:g} s",
            f"{seconds:.2f} s",
            seconds <= most,
        ),
        Target(
            f"{exercise.name}: a new pytest by a variant, CPU",
            f"at least {LEAST:g}x",
            f"{ratio:.1f}x",
            ratio >= LEAST,
        ),
    ]
