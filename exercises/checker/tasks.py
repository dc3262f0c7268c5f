"""The jobs of which an examination is made, each with what it is for. Runs nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exercises.checker import plant
from exercises.checker.failing import AT_ONCE, LATER, failing
from exercises.checker.jobs import Job
from exercises.checker.load import DATA
from exercises.checker.model import Bug, Exercise, Refactoring

CORRECT = "correct"
HASHES = (1, 2)  # hash seeds, one for each host


class Steady(NamedTuple):
    """A process with runs of the correct program; they share its state too."""

    orders: tuple[int, ...]
    hashes: int
    begin: float = 0.0


# The order of the file, in a process that is fresh, is a control. One begins in the second sixth of
# the tests, one in the fourth, and refactorings begin in the third and the fifth.
STEADY = (
    Steady((1, 2, 3), 1),
    Steady((0, 4, 5), 1, begin=1 / 6),
    Steady((6, 7), 2),
    Steady((0, 8, 9), 2, begin=3 / 6),
)
_PLACES = 2  # from which refactorings are run, besides the beginning of the file


@dataclass(frozen=True, slots=True)
class Task:
    """One job, and what it is for."""

    kind: str  # as in Progress
    variant: str
    job: Job

    @property
    def length(self) -> int:
        """How long it may take, beside the others: where time is real, tests wait for a limit."""
        if self.job.tier == "integration" and self.job.is_slow:
            return 60
        if self.job.tier == "integration" and self.job.stops_at_failure:
            return 6
        return len(self.job.orders) * (1 if self.job.stops_at_failure else 2)


class Tasks:
    """Makes the tasks of one submission. Raises PlantError where an edit does not fit."""

    def __init__(
        self, exercise: Exercise, files: Mapping[str, bytes], program: Mapping[str, bytes]
    ) -> None:
        self._exercise = exercise
        self._files = files
        parts: list[Bug | Refactoring] = [*exercise.bugs, *exercise.refactorings]
        self._changed = {part.id: _planted(exercise, part, program) for part in parts}
        quick = [one for one in exercise.refactorings if not one.is_slow]
        slow = [[one] for one in exercise.refactorings if one.is_slow]
        self.groups = [*plant.together(program, quick), *slow]
        self._parts = 1 + min(len(self.groups), _PLACES)
        # Runs begin at these places of the file; no place is one for bugs alone.
        own = {number / self._parts for number in range(self._parts)}
        self._places = own | {run.begin for run in STEADY}
        for group in self.groups:
            edits = [edit for one in group for edit in one.edits]
            self._changed[name_of(group)] = plant.changed(program, edits)
        self._count = 0
        self.imports: tuple[str, ...] = ()  # modules that the tests are known to import

    def steady(self, run: Steady, left_out: Iterable[str]) -> Task:
        return self.task("steady", CORRECT, left_out, **run._asdict())

    def on_purpose(self, left_out: Iterable[str]) -> Iterator[Task]:
        """Let all tests fail; only where a listener is real it matters what they leave."""
        if self._exercise.tier != "integration":
            return
        for number, when in enumerate((AT_ONCE, LATER)):
            files = {
                name: failing(text, when) if name.startswith("test_") else text
                for name, text in self._files.items()
            }
            task = self.task("failing", when, left_out, number=number)
            yield replace(task, job=replace(task.job, submission=files, is_failing=True))

    def on_refactorings(
        self, groups: Iterable[Sequence[Refactoring]], left_out: Iterable[str], *, slow_in: int = 1
    ) -> Iterator[Task]:
        """Yield one task for each group; what is slow takes so many, which wait side by side."""
        for number, group in enumerate(groups):
            begin = (number + 1) % self._parts / self._parts
            is_slow = any(one.is_slow for one in group)
            parts = slow_in if is_slow else 1
            for part in range(parts):
                task = self.task(
                    "refactoring", name_of(group), left_out, number=number + part, begin=begin
                )
                yield replace(task, job=replace(task.job, is_slow=is_slow, part=(part, parts)))

    def on_bugs(self, left_out: Iterable[str], *, stops: bool) -> Iterator[Task]:
        return (self.on_bug(bug, left_out, stops=stops) for bug in self._exercise.bugs)

    def on_bug(self, bug: Bug, left_out: Iterable[str], *, stops: bool) -> Task:
        number = self._exercise.bugs.index(bug)
        begin = self._begin(bug.step) if stops else 0.0
        return self.task("bug", bug.id, left_out, number=number, stops=stops, begin=begin)

    def _begin(self, step: int) -> float:
        """Return where the tests of a step are likely to be, so that one of them fails soon."""
        before = (step - 1) / len(self._exercise.steps)
        return max(place for place in self._places if place <= before)

    def task(
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
    ) -> Task:
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
            imports=self.imports,
        )
        return Task(kind, variant, job)


def name_of(group: Iterable[Refactoring]) -> str:
    """Return the name of a run on refactorings that are made at once."""
    return ", ".join(one.id for one in group)


def _planted(exercise: Exercise, part: Bug | Refactoring, program: plant.Files) -> plant.Files:
    try:
        return plant.changed(program, part.edits)
    except plant.PlantError as error:
        where = f"exercises/{exercise.name}/{DATA}: {part.id}"
        raise plant.PlantError(f"{where}: {error}") from error
