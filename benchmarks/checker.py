"""What it costs to check a finished exercise, and what one variant costs beside a new pytest.

A variant is a bug, or some refactorings at once; it is two where the program is slow and each of
two runs has half of the tests. What one of them costs is found by a second check, of the same tests
in an exercise that has no variants: the difference is theirs, with all that the hosts do for them.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

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
        seconds, cpu, runs = _checked(exercise, rounds)
        _, rest, others = _checked(replace(exercise, bugs=(), refactorings=()), rounds)
        variants = runs - others
        each = (cpu - rest) / variants
        new = [_new_process(exercise.solution) for _ in range(rounds)]
        ratios = [one / each for one in new]
        result.tables[0].rows.append(
            (
                exercise.name,
                spread(seconds),
                f"{cpu:.2f}",
                f"{variants}",
                f"{1000 * each:.0f}",
                spread([1000 * one for one in new], 0),
                spread(ratios, 1),
            )
        )
        kept = {"seconds": seconds, "cpu": cpu, "variants": variants, "each": each, "new": new}
        result.data[exercise.name] = kept | {"ratios": ratios}
        result.targets += _targets(exercise, median(seconds), median(ratios))
    return result


def _checked(exercise: Exercise, rounds: int) -> tuple[list[float], float, int]:
    """Return the seconds of each warm check, the CPU of one, and of how many runs it is made."""
    once, _, runs = _session(exercise, 0)
    cpu, seconds, _ = _session(exercise, rounds)
    return seconds, (cpu - once) / rounds, runs


def _session(exercise: Exercise, rounds: int) -> tuple[float, list[float], int]:
    """Check once to warm up, then a few times more. The CPU is that of all of it."""
    before, seconds, told = _cpu(), list[float](), list[Progress]()
    with Checker() as checker:
        checker.check(exercise, exercise.solution, progress=told.append)
        for _ in range(rounds):
            begin = time.perf_counter()
            verdict = checker.check(exercise, exercise.solution)
            seconds.append(time.perf_counter() - begin)
            assert verdict.is_done, "only what is finished is measured"
    return _cpu() - before, seconds, len(told)


def _new_process(files: Sequence[Path]) -> float:
    before = _cpu()
    options = ["-q", "--no-cov", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, files)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return _cpu() - before


def _cpu() -> float:
    """Return the seconds of CPU of all processes that were started here and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
