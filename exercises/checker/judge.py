"""Evidence becomes a verdict. Pure: the same evidence gives the same verdict."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from exercises.checker.model import (
    Bug,
    End,
    Evidence,
    Exercise,
    Kill,
    Run,
    SetAside,
    Stage,
    Verdict,
)
from exercises.checker.phrases import listing
from exercises.checker.stages import UNENDED, plain_runs, set_aside, tests_of

WAITS = "To wait for time to pass is slow, and proves little on a slower machine"
IDLE = "A test that calls nothing of `chat` proves nothing about it"
NAMED = 3  # tests or bugs in a note; of more it gives the number


def judge(exercise: Exercise, evidence: Evidence) -> Verdict:
    """Return what follows from the evidence."""
    if evidence.problem is not None:
        return Verdict(exercise, problem=evidence.problem)
    tests = tests_of(evidence.correct)
    aside = set_aside(exercise, evidence)
    counted = [test for test in tests if test not in {one.test for one in aside}]
    kills = [
        kill
        for bug in exercise.bugs
        if (kill := kill_of(bug, evidence.planted.get(bug.id, ()), counted))
    ]
    alive = [bug for bug in exercise.bugs if bug.id not in {kill.bug for kill in kills}]
    return Verdict(
        exercise,
        tests=tests,
        set_aside=tuple(aside),
        kills=tuple(kills),
        alive=tuple(bug.id for bug in alive),
        notes=tuple(_notes(exercise, evidence, counted)),
        stopped_at=_stopped_at(aside, alive),
    )


def kill_of(bug: Bug, runs: Iterable[Run], counted: Iterable[str]) -> Kill | None:
    """Return how a bug was caught by one of the tests that count, or None."""
    counting = frozenset(counted)
    for run in runs:
        for test in run.tests:
            if test.failure is not None and test.test in counting:
                failure = test.failure
                return Kill(bug.id, test.test, failure.phase, failure.kind, failure.message)
    return None


def _stopped_at(aside: Sequence[SetAside], alive: Iterable[Bug]) -> Stage | None:
    failed = {one.stage for one in aside}
    if any(bug.is_required for bug in alive):
        failed.add(Stage.BUGS_CAUGHT)
    return next((stage for stage in Stage if stage in failed), None)


def _notes(exercise: Exercise, evidence: Evidence, counted: Collection[str]) -> Iterator[str]:
    skipped = {
        test.test: test.skipped
        for run in plain_runs(evidence.correct)
        for test in run.tests
        if test.skipped is not None
    }
    for name, why in skipped.items():
        yield f"{name} is skipped and counts as no test ({why})."
    yield from _waits(plain_runs(evidence.correct), counted)
    tests = [test for run in plain_runs(evidence.correct) for test in run.tests]
    if idle := [test.test for test in tests if test.is_idle and test.test in counted]:
        yield f"{IDLE}: {listing(idle, NAMED)}."
    for run in plain_runs(evidence.correct)[-1:]:
        if run.end is End.FINISHED:  # and yet there is something to say
            yield from (f"{told}. No test in it counts." for told in run.detail.splitlines())
    ended: dict[tuple[str | None, End], list[str]] = {}
    for bug in exercise.bugs:
        for run in evidence.planted.get(bug.id, ()):
            yield from _not_run(bug, run, skipped)
            if run.end is not End.FINISHED:
                ended.setdefault((run.at, run.end), []).append(bug.id)
    for (at, end), bugs in ended.items():
        yield _ended(at, end, bugs)


def _ended(at: str | None, end: End, bugs: Sequence[str]) -> str:
    """Return what came of runs that did not end as a run should."""
    on = f"With the bug{'s' if bugs[1:] else ''} {listing(bugs, NAMED)}"
    if end is End.NOT_COLLECTED:
        return f"{on} no file could be imported: that catches nothing."
    more = " With a limit in time it would fail." if end is End.HUNG else ""
    return f"{on} {at or 'the run'} {UNENDED[end]}: that catches nothing.{more}"


def _waits(runs: Iterable[Run], counted: Collection[str]) -> Iterator[str]:
    """Yield which tests that count wait for time to pass."""
    found = {
        test.test: test.waits[0]
        for run in runs
        for test in run.tests
        if test.waits and test.test in counted
    }
    if found:
        yield f"{WAITS}: {listing([f'{test} {how}' for test, how in found.items()], NAMED)}."


def _not_run(bug: Bug, run: Run, skipped: Collection[str]) -> Iterator[str]:
    """Yield why tests that might have caught a bug did not run on it."""
    if run.end is not End.FINISHED or any(test.failure for test in run.tests):
        return
    if not run.tests:
        yield f"With the bug {bug.id} no test is left to run: that catches nothing."
    for test in run.tests:
        if test.skipped is not None and test.test not in skipped:
            told = f"{test.test} is skipped ({test.skipped})"
            yield f"With the bug {bug.id} {told}: that catches nothing."
