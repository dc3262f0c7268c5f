"""One submission under examination: which runs make the evidence, and in what order.

The plain run comes first: it tells which tests there are. Then everything else at once, in an order
that is shuffled and always the same, with runs of the correct program among the variants.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exercises.checker import plant, transcript
from exercises.checker.jobs import Job
from exercises.checker.judge import kill_of
from exercises.checker.load import DATA
from exercises.checker.model import Bug, End, Evidence, Exercise, Progress, Refactoring, Run
from exercises.checker.pool import Pool
from exercises.checker.stages import set_aside, unended

CORRECT = "correct"
HASHES = (1, 2)  # hash seeds, one for each host
AGAIN = 3  # how often a variant runs again without what hung, crashed or no longer counts

# The orders of the steady runs. Those that share a process share its state too.
STEADY = (((1, 2, 3), 1), ((4, 5), 1), ((6, 7, 8), 2), ((9, 10), 2))
_CONTROLS = 2

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Task:
    """One job, and what it is for."""

    kind: str  # as in Progress
    variant: str
    job: Job


class Examination:
    """Runs one submission until the evidence is whole."""

    def __init__(
        self,
        exercise: Exercise,
        files: Mapping[str, bytes],
        program: Mapping[str, bytes],
        pool: Pool,
        tell: Tell | None,
    ) -> None:
        self._exercise = exercise
        self._files = files
        parts: list[Bug | Refactoring] = [*exercise.bugs, *exercise.refactorings]
        self._changed = {part.id: _planted(exercise, part, program) for part in parts}
        self._pool = pool
        self._tell = tell or (lambda _: None)
        self._count = 0
        self._imports: tuple[str, ...] = ()

    def evidence(self) -> Evidence:
        """Run what it takes, and return what was seen."""
        plain = self._plain()
        passed = [
            test.test
            for run in plain
            for test in run.tests
            if test.failure is None and test.skipped is None
        ]
        if not passed or any(run.end is End.NOT_COLLECTED for run in plain):
            return Evidence(correct=tuple(plain))
        left_out = _others(plain, passed)
        tasks = [
            *self._on_correct(left_out),
            *self._on_refactorings(left_out),
            *self._on_bugs(left_out, stops=True),
        ]
        random.Random(self._exercise.name).shuffle(tasks)
        runs = self._run(tasks)
        evidence = Evidence(
            correct=(*plain, *runs.get("steady", {}).get(CORRECT, ())),
            refactored=runs.get("refactoring", {}),
            planted=runs.get("bug", {}),
        )
        controls = runs["control"][CORRECT]
        return self._controlled(self._settled(evidence, passed, left_out), controls)

    def matrix(self) -> Mapping[str, tuple[Run, ...]]:
        plain = self._plain()
        tasks = [*self._on_refactorings(()), *self._on_bugs((), stops=False)]
        found = {CORRECT: tuple(plain)}
        for _ in range(AGAIN):
            for of_kind in self._run(tasks).values():
                for variant, runs in of_kind.items():
                    found[variant] = (*found.get(variant, ()), *runs)
            tasks = [
                self._task(task.kind, task.variant, unended(found[task.variant]))
                for task in tasks
                if found[task.variant][-1].at is not None
            ]
        return found

    # --- Which runs ---

    def _plain(self) -> list[Run]:
        """Run in the order of the file; again, without the test that ended the process."""
        runs: list[Run] = []
        while len(runs) <= AGAIN:
            task = self._task(CORRECT, CORRECT, unended(runs))
            runs += self._run([task])[CORRECT][CORRECT]
            if runs[-1].at is None:
                break
        return runs

    def _on_correct(self, left_out: Iterable[str]) -> Iterator[_Task]:
        for orders, hashes in STEADY:
            yield self._task("steady", CORRECT, left_out, orders=orders, hashes=hashes)
        for number in range(_CONTROLS):
            yield self._task("control", CORRECT, left_out, hashes=HASHES[number % len(HASHES)])

    def _on_refactorings(self, left_out: Iterable[str]) -> Iterator[_Task]:
        for number, refactoring in enumerate(self._exercise.refactorings):
            yield self._task("refactoring", refactoring.id, left_out, number=number)

    def _on_bugs(self, left_out: Iterable[str], *, stops: bool) -> Iterator[_Task]:
        for number, bug in enumerate(self._exercise.bugs):
            yield self._task("bug", bug.id, left_out, number=number, stops=stops)

    def _task(
        self,
        kind: str,
        variant: str,
        left_out: Iterable[str],
        *,
        number: int = 0,
        stops: bool = False,
        orders: tuple[int, ...] = (0,),
        hashes: int | None = None,
    ) -> _Task:
        self._count += 1
        seed = HASHES[number % len(HASHES)] if hashes is None else hashes
        job = Job(
            number=self._count,
            tier=self._exercise.tier,
            submission=self._files,
            changed=self._changed.get(variant, {}),
            orders=orders,
            hashes=seed,
            without=tuple(sorted(left_out)),
            stops_at_failure=stops,
            imports=self._imports,
        )
        return _Task(kind, variant, job)

    def _run(self, tasks: Sequence[_Task]) -> dict[str, dict[str, tuple[Run, ...]]]:
        """Run all tasks; return the runs by kind and variant."""
        by_number = {task.job.number: task for task in tasks}
        of = {kind: sum(task.kind == kind for task in tasks) for kind in {t.kind for t in tasks}}
        done = dict.fromkeys(of, 0)
        found: dict[int, tuple[Run, ...]] = {}
        for outcome in self._pool.run(
            [task.job for task in tasks], _at_a_time(self._exercise.tier)
        ):
            task = by_number[outcome.number]
            self._imports = transcript.modules(outcome) or self._imports
            found[outcome.number] = transcript.runs(task.variant, task.job, outcome)
            done[task.kind] += 1
            self._tell(Progress(task.kind, done[task.kind], of[task.kind]))
        result: dict[str, dict[str, tuple[Run, ...]]] = {}
        for task in sorted(tasks, key=lambda task: task.job.number):
            of_kind = result.setdefault(task.kind, {})
            of_kind[task.variant] = (*of_kind.get(task.variant, ()), *found[task.job.number])
        return result

    # --- Until nothing changes any more ---

    def _settled(
        self, evidence: Evidence, passed: Sequence[str], left_out: Sequence[str]
    ) -> Evidence:
        """Run variants again on which a test hung, crashed, or failed that does not count."""
        for _ in range(AGAIN):
            aside = {one.test for one in set_aside(self._exercise, evidence)}
            counted = [test for test in passed if test not in aside]
            again = [
                self._task(
                    "bug",
                    bug.id,
                    {*left_out, *aside, *unended(evidence.planted[bug.id])},
                    number=self._exercise.bugs.index(bug),
                    stops=True,
                )
                for bug in self._exercise.bugs
                if counted and _is_open(bug, evidence.planted[bug.id], counted)
            ]
            if not again:
                break
            for variant, runs in self._run(again)["bug"].items():
                more = (*evidence.planted[variant], *runs)
                evidence = replace(evidence, planted={**evidence.planted, variant: more})
        return evidence

    def _controlled(self, evidence: Evidence, controls: Sequence[Run]) -> Evidence:
        """Void all that was seen where a test that counts fails on a correct program."""
        aside = {one.test for one in set_aside(self._exercise, evidence)}
        for run in controls:
            failed = {test.test for test in run.tests if test.failure} | unended([run])
            if bad := sorted(failed - aside):
                return Evidence(problem=_void(bad[0], run))
            if run.end is not End.FINISHED and run.at is None:
                return Evidence(problem=_void("The run", run))
        return evidence


def _planted(exercise: Exercise, part: Bug | Refactoring, program: plant.Files) -> plant.Files:
    try:
        return plant.changed(program, part.edits)
    except plant.PlantError as error:
        where = f"exercises/{exercise.name}/{DATA}: {part.id}"
        raise plant.PlantError(f"{where}: {error}") from error


def _void(who: str, run: Run) -> str:
    failures = [test.failure.message for test in run.tests if test.failure]
    what = (failures or [run.detail])[0]
    return (
        f"{who} passed on the correct program, and failed when the correct program came once more "
        f"among the others. Nothing was judged; try again. It failed with: {what}"
    )


def _is_open(bug: Bug, runs: Sequence[Run], counted: Sequence[str]) -> bool:
    """Tell whether another run could still catch a bug."""
    if kill_of(bug, runs, counted) or runs[-1].end is End.NOT_COLLECTED:
        return False
    return runs[-1].at is not None or any(test.failure for test in runs[-1].tests)


def _others(plain: Sequence[Run], passed: Sequence[str]) -> tuple[str, ...]:
    """Return the tests that are not worth running any more."""
    all_of_them = {test.test for run in plain for test in run.tests} | unended(plain)
    return tuple(sorted(all_of_them - set(passed)))


def _at_a_time(tier: str) -> int:
    """Return how many workers a host has: each core one, and more where tests wait for I/O."""
    cores = max(1, (os.cpu_count() or 1) // len(HASHES))
    return cores * (3 if tier == "integration" else 1)
