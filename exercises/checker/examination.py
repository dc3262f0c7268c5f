"""One submission under examination: which runs make the evidence, and in what order.

The plain run comes first: it tells which tests there are. Then everything else at once, in an order
that is shuffled and always the same, with runs of the correct program among the variants. Where
time is real, what may wait tends to come sooner: others use the cores meanwhile.

Refactorings that change different places are made at once, in one run: what passes on all of them
passes on each. Where it does not, each gets a run of its own.
"""

import os
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from exercises.checker import stages, transcript
from exercises.checker.controls import controlled
from exercises.checker.judge import kill_of
from exercises.checker.model import Bug, End, Evidence, Exercise, Progress, Run
from exercises.checker.pool import Pool
from exercises.checker.stages import set_aside, unended
from exercises.checker.tasks import CORRECT, STEADY, Steady, Task, Tasks, name_of

AGAIN = 3  # how often a variant runs again without what hung, crashed or no longer counts

_BESIDE = Steady((10,), 2)  # one more, while the other host has the plain run

Tell = Callable[[Progress], None]


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
        self._tasks = Tasks(exercise, files, program)
        self._pool = pool
        self._tell = tell or (lambda _: None)

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
        make = self._tasks
        tasks = [
            *(make.steady(one, left_out) for one in steady),
            *make.on_purpose(left_out),
            *make.on_refactorings(make.groups, left_out, slow_in=_slow_in(self._exercise.tier)),
            *make.on_bugs(left_out, stops=True),
        ]
        chance = random.Random(self._exercise.name)
        tasks.sort(key=lambda task: chance.random() / task.length)  # the longer the sooner
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
        make = self._tasks
        on_correct = [make.steady(one, left_out) for one in STEADY]
        on_correct += make.on_purpose(left_out)
        tasks = [*make.on_refactorings(each, ()), *make.on_bugs((), stops=False)]
        by_kind = self._run(on_correct)
        again = (run for run in (*beside, *by_kind["steady"][CORRECT]) if run.order != 0)
        found = {CORRECT: (*plain, *again), **by_kind.get("failing", {})}
        for _ in range(AGAIN):
            for of_kind in self._run(tasks).values():
                for variant, runs in of_kind.items():
                    found[variant] = (*found.get(variant, ()), *runs)
            tasks = [
                make.task(task.kind, task.variant, unended(found[task.variant]))
                for task in tasks
                if found[task.variant][-1].at is not None
            ]
        return found

    def _plain(self) -> tuple[list[Run], tuple[Run, ...]]:
        """Run in the order of the file; again, without the test that ended the process.

        Return another run besides: that of the host that has nothing to do meanwhile.
        """
        make = self._tasks
        found = self._run([make.task(CORRECT, CORRECT, ()), make.steady(_BESIDE, ())])
        runs = [*found[CORRECT][CORRECT]]
        while runs[-1].at is not None and len(runs) <= AGAIN:
            runs += self._run([make.task(CORRECT, CORRECT, unended(runs))])[CORRECT][CORRECT]
        return runs, found["steady"][CORRECT]

    def _each(
        self, found: Mapping[str, tuple[Run, ...]], left_out: Iterable[str]
    ) -> dict[str, tuple[Run, ...]]:
        """Return the runs of each refactoring, from those of the groups."""
        groups = self._tasks.groups
        runs = {one.id: found[name_of(group)] for group in groups for one in group}
        broken = [
            [one]
            for group in groups
            if len(group) > 1 and any(any(stages.broken(run)) for run in found[name_of(group)])
            for one in group
        ]
        if broken:  # whose fault is it?
            runs |= self._run([*self._tasks.on_refactorings(broken, left_out)])["refactoring"]
        latest = runs
        for _ in range(AGAIN):
            ended = [name for name, of_it in latest.items() if unended(of_it)]
            if not ended:
                break
            again = list[Task]()
            for one in (one for one in self._exercise.refactorings if one.id in ended):
                without = {*left_out, *unended(runs[one.id])}
                again += self._tasks.on_refactorings([[one]], without)
            latest = self._run(again)["refactoring"]
            runs = {name: (*of_it, *latest.get(name, ())) for name, of_it in runs.items()}
        return runs

    def _run(self, tasks: Sequence[Task]) -> dict[str, dict[str, tuple[Run, ...]]]:
        """Run all tasks; return the runs by kind and variant."""
        by_number = {task.job.number: task for task in tasks}
        of = {kind: sum(task.kind == kind for task in tasks) for kind in {t.kind for t in tasks}}
        done = dict.fromkeys(of, 0)
        found: dict[int, tuple[Run, ...]] = {}
        for outcome in self._pool.run(
            [task.job for task in tasks], _at_a_time(self._exercise.tier)
        ):
            task = by_number[outcome.number]
            self._tasks.imports = transcript.modules(outcome) or self._tasks.imports
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
                self._tasks.on_bug(
                    bug, {*left_out, *aside, *unended(evidence.planted[bug.id])}, stops=True
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
    """Return how many workers there are: one more than cores, and more where tests wait for I/O."""
    cores = os.cpu_count() or 1
    return 3 * cores if tier == "integration" else 1 + cores


def _slow_in(tier: str) -> int:
    """Return in how many runs all tests meet a slow program: where time is real, it is a wait."""
    return 2 if tier == "integration" else 1
