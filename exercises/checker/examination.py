"""One submission under examination: which runs make the evidence, and in what order.

The plain run comes first: it tells which tests there are. Then everything else at once, in an order
that is shuffled and always the same, with runs of the correct program among the variants.

Refactorings that change different places are made at once, in one run: what passes on all of them
passes on each. Where it does not, each gets a run of its own.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exercises.checker import plant, stages, transcript
from exercises.checker.controls import controlled
from exercises.checker.failing import AT_ONCE, LATER, failing
from exercises.checker.jobs import Job
from exercises.checker.judge import kill_of
from exercises.checker.load import DATA
from exercises.checker.model import Bug, End, Evidence, Exercise, Progress, Refactoring, Run
from exercises.checker.pool import Pool
from exercises.checker.stages import set_aside, unended

CORRECT = "correct"
HASHES = (1, 2)  # hash seeds, one for each host
AGAIN = 3  # how often a variant runs again without what hung, crashed or no longer counts

# The orders of the steady runs. Those that share a process share its state too. The order of the
# file, in a process that is fresh, is a control.
STEADY = (((1, 2, 3), 1), ((0, 4, 5), 1), ((6, 7), 2), ((0, 8, 9), 2))
_BESIDE = ((10,), 2)  # one more, while the other host has the plain run
_PLACES = 2  # besides the beginning of the file, from which tests are run

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
        quick = [one for one in exercise.refactorings if not one.is_slow]
        slow = [[one] for one in exercise.refactorings if one.is_slow]
        self._groups = [*plant.together(program, quick), *slow]
        # Runs begin at so many places of the file; no place is one for bugs alone.
        self._parts = 1 + min(len(self._groups), _PLACES)
        for group in self._groups:
            edits = [edit for one in group for edit in one.edits]
            self._changed[_name(group)] = plant.changed(program, edits)
        self._pool = pool
        self._tell = tell or (lambda _: None)
        self._count = 0
        self._imports: tuple[str, ...] = ()

    def evidence(self) -> Evidence:
        """Run what it takes, and return what was seen."""
        plain, beside = self._plain()
        passed = [
            test.test
            for run in plain
            for test in run.tests
            if test.failure is None and test.skipped is None
        ]
        if not passed or any(run.end is End.NOT_COLLECTED for run in plain):
            return Evidence(correct=tuple(plain))
        left_out = _others(plain, passed)
        steady = (*STEADY, _BESIDE) if left_out else STEADY
        tasks = [
            *(self._steady(one, left_out) for one in steady),
            *self._on_purpose(left_out),
            *self._on_refactorings(self._groups, left_out),
            *self._on_bugs(left_out, stops=True),
        ]
        chance = random.Random(self._exercise.name)
        tasks.sort(key=lambda task: chance.random() / len(task.job.orders))  # the longer the sooner
        runs = self._run(tasks)
        again = (*(() if left_out else beside), *runs["steady"][CORRECT])
        evidence = Evidence(
            correct=(*plain, *(run for run in again if run.order != 0)),
            refactored=self._each(runs.get("refactoring", {}), left_out),
            planted=runs.get("bug", {}),
            failing=runs.get("failing", {}),
        )
        controls = [run for run in again if run.order == 0]
        return controlled(self._exercise, self._settled(evidence, passed, left_out), controls)

    def matrix(self) -> Mapping[str, tuple[Run, ...]]:
        plain, beside = self._plain()
        each = [[one] for one in self._exercise.refactorings]
        left_out = unended(plain)
        on_correct = [self._steady(one, left_out) for one in STEADY]
        on_correct += self._on_purpose(left_out)
        tasks = [*self._on_refactorings(each, ()), *self._on_bugs((), stops=False)]
        by_kind = self._run(on_correct)
        again = (run for run in (*beside, *by_kind["steady"][CORRECT]) if run.order != 0)
        found = {CORRECT: (*plain, *again), **by_kind.get("failing", {})}
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

    def _plain(self) -> tuple[list[Run], tuple[Run, ...]]:
        """Run in the order of the file; again, without the test that ended the process.

        Return another run besides: that of the host that has nothing to do meanwhile.
        """
        found = self._run([self._task(CORRECT, CORRECT, ()), self._steady(_BESIDE, ())])
        runs = [*found[CORRECT][CORRECT]]
        while runs[-1].at is not None and len(runs) <= AGAIN:
            runs += self._run([self._task(CORRECT, CORRECT, unended(runs))])[CORRECT][CORRECT]
        return runs, found["steady"][CORRECT]

    def _steady(self, run: tuple[tuple[int, ...], int], left_out: Iterable[str]) -> _Task:
        return self._task("steady", CORRECT, left_out, orders=run[0], hashes=run[1])

    def _on_purpose(self, left_out: Iterable[str]) -> Iterator[_Task]:
        """Let all tests fail; only where a listener is real it matters what they leave."""
        if self._exercise.tier != "integration":
            return
        for number, when in enumerate((AT_ONCE, LATER)):
            files = {
                name: failing(text, when) if name.startswith("test_") else text
                for name, text in self._files.items()
            }
            task = self._task("failing", when, left_out, number=number)
            yield replace(task, job=replace(task.job, submission=files))

    def _on_refactorings(
        self, groups: Iterable[Sequence[Refactoring]], left_out: Iterable[str]
    ) -> Iterator[_Task]:
        for number, group in enumerate(groups):
            begin = (number + 1) % self._parts / self._parts
            task = self._task("refactoring", _name(group), left_out, number=number, begin=begin)
            is_slow = any(one.is_slow for one in group)
            yield replace(task, job=replace(task.job, is_slow=is_slow))

    def _each(
        self, found: Mapping[str, tuple[Run, ...]], left_out: Iterable[str]
    ) -> dict[str, tuple[Run, ...]]:
        """Return the runs of each refactoring, from those of the groups."""
        runs = {one.id: found[_name(group)] for group in self._groups for one in group}
        broken = [
            [one]
            for group in self._groups
            if len(group) > 1 and any(any(stages.broken(run)) for run in found[_name(group)])
            for one in group
        ]
        if broken:  # whose fault is it?
            runs |= self._run([*self._on_refactorings(broken, left_out)])["refactoring"]
        return runs

    def _on_bugs(self, left_out: Iterable[str], *, stops: bool) -> Iterator[_Task]:
        for number, bug in enumerate(self._exercise.bugs):
            begin = self._begin(bug.step) if stops else 0.0
            yield self._task("bug", bug.id, left_out, number=number, stops=stops, begin=begin)

    def _begin(self, step: int) -> float:
        """Return where the tests of a step are likely to be, so that one of them fails soon."""
        return (step - 1) * self._parts // len(self._exercise.steps) / self._parts

    def _task(
        self,
        kind: str,
        variant: str,
        left_out: Iterable[str],
        *,
        number: int = 0,
        stops: bool = False,
        orders: tuple[int, ...] = (0,),
        begin: float = 0.0,
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
            begin=begin,
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
                    begin=self._begin(bug.step),
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


def _planted(exercise: Exercise, part: Bug | Refactoring, program: plant.Files) -> plant.Files:
    try:
        return plant.changed(program, part.edits)
    except plant.PlantError as error:
        where = f"exercises/{exercise.name}/{DATA}: {part.id}"
        raise plant.PlantError(f"{where}: {error}") from error


def _name(group: Iterable[Refactoring]) -> str:
    return ", ".join(one.id for one in group)


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
