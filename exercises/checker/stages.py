"""The stages that a test passes before the bugs: who fails one is set aside. Pure.

They come in the order of `model.Stage`, and a test is told the first one that it fails.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from exercises.checker.failing import AT_ONCE
from exercises.checker.model import (
    End,
    Evidence,
    Exercise,
    Failure,
    Kind,
    Refactoring,
    Run,
    SetAside,
    Stage,
    TestRun,
)

LEFT = "It leaves"  # how an offence begins that tells what a test leaves behind
TASK = f"{LEFT} an asyncio task"
END_IT = "Stop what started it, or cancel it and await it"

UNCLEAN = "When it fails, "  # how it begins where a test cleans up only if it passes
BY_THE_FIXTURE = (
    f"{UNCLEAN}its fixture leaves running what it has started. A fixture must stop its server also "
    "after a failing test, behind its `yield`: the last line of a test that fails is not reached"
)
BY_THE_TEST = (
    f"{UNCLEAN}it leaves running what it has started. A server must be stopped also after a "
    "failing test: by a fixture, after its `yield`, or by `async with`"
)
NO_SOCKET = "It uses no real socket: what needs none belongs in another tier"

UNENDED = {
    End.HUNG: "hung: it did not end in the time that a test may take",
    End.CRASHED: "ended the whole process",
    End.FLOODED: "printed more than may be printed",
}


def set_aside(exercise: Exercise, evidence: Evidence) -> list[SetAside]:
    """Return the tests that fail a stage before the bugs, each once, in the order of the stages.

    The name of a test is empty where all of them are meant.
    """
    found = [
        *_not_collected(evidence.correct),
        *_wrong(evidence.correct),
        *_unsteady(evidence.correct),
        *_out_of_tier(exercise.tier, evidence),
        *_bound_to_details(exercise.refactorings, evidence),
    ]
    first: dict[str, SetAside] = {}
    for one in found:
        first.setdefault(one.test, one)
    return list(first.values())


def unended(runs: Iterable[Run]) -> set[str]:
    """Return the tests that were under way when a process hung, crashed or printed too much."""
    return {run.at for run in runs if run.at is not None and run.end is not End.FINISHED}


def tests_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return all tests of the plain runs, but none that is skipped."""
    names: dict[str, None] = {}
    for run in plain_runs(runs):
        names.update((test.test, None) for test in run.tests if test.skipped is None)
        if run.at is not None:
            names[run.at] = None
    return tuple(names)


def plain_runs(runs: Sequence[Run]) -> list[Run]:
    """Return the runs in the order of the file: more than one where a test ended the first."""
    return [run for run in runs if run.order == 0]


def _not_collected(runs: Sequence[Run]) -> Iterator[SetAside]:
    plain = plain_runs(runs)
    for run in plain:
        if run.end is End.NOT_COLLECTED:
            why = "The files cannot be imported, so there is no test yet"
            yield SetAside("", Stage.COLLECTED, why, run.detail)
        elif run.end is not End.FINISHED and run.at is None:
            how = UNENDED[run.end]
            yield SetAside(
                "", Stage.COLLECTED, f"The run {how}, and no test was under way", run.detail
            )
    if plain and not tests_of(runs) and plain[-1].end is End.FINISHED:
        yield SetAside("", Stage.COLLECTED, "There is no test yet")


def _wrong(runs: Sequence[Run]) -> Iterator[SetAside]:
    for run in plain_runs(runs):
        for test in run.tests:
            if test.failure is not None:
                why = f"It fails on the correct program{_in_phase(test.failure)}"
                if test.failure.kind is not Kind.ASSERTION and test.offences:
                    why = f"{why}. This may well be why: {'. '.join(test.offences)}"
                yield SetAside(test.test, Stage.CORRECT, why, _told(test.failure))
        if run.at is not None and run.end is not End.FINISHED:
            why = f"On the correct program it {UNENDED[run.end]}"
            yield SetAside(run.at, Stage.CORRECT, why, run.detail)


def _unsteady(runs: Sequence[Run]) -> Iterator[SetAside]:
    """Yield tests that do not always pass, with the first run that shows it."""
    offences = _offences(runs)
    names = frozenset(tests_of(runs))
    for run in runs:
        if run.order == 0:
            continue
        seeds = (run.order, run.hashes)
        for test in run.tests:
            if test.test in names and not _passed(test):
                message = test.failure.message if test.failure else f"skipped: {test.skipped}"
                if test.test in offences:  # that may well be why
                    yield _out(test.test, offences[test.test], message)
                    continue
                why = "It passes once and fails another time, on the same program"
                yield SetAside(test.test, Stage.STEADY, why, message, seeds=seeds)
        if run.end is End.FINISHED:
            for name in _missing(runs, run):
                why = "It is there once and not another time, on the same program"
                yield SetAside(name, Stage.STEADY, why, seeds=seeds)
        else:
            how = UNENDED.get(run.end, "could not be collected")
            why = f"Run in another order or once more, it {how}"
            yield SetAside(run.at or "", Stage.STEADY, why, run.detail, seeds=seeds)


def _missing(runs: Sequence[Run], run: Run) -> list[str]:
    there = {test.test for test in run.tests}
    return [
        test.test
        for one in plain_runs(runs)
        for test in one.tests
        if _passed(test) and test.test not in there
    ]


def _passed(test: TestRun) -> bool:
    return test.failure is None and test.skipped is None


def _out_of_tier(tier: str, evidence: Evidence) -> Iterator[SetAside]:
    for name, found in _offences(evidence.correct).items():
        yield _out(name, found)
    yield from _unclean(evidence)
    if tier == "integration":
        used = {test.test for run in evidence.correct for test in run.tests if test.used_socket}
        for name in tests_of(evidence.correct):
            if name not in used:
                yield _out(name, (NO_SOCKET,))


def _out(test: str, offences: Iterable[str], message: str = "") -> SetAside:
    why = ". ".join(offences)
    if TASK in why:
        why = f"{why}. {END_IT}"
    return SetAside(test, Stage.IN_ITS_TIER, why, message)


def _unclean(evidence: Evidence) -> Iterator[SetAside]:
    """Yield tests that clean up when they pass and do not when they fail.

    One bug alone does not tell: there it may be the program that leaves something behind.
    """
    for when, runs in evidence.failing.items():
        whose = BY_THE_FIXTURE if when == AT_ONCE else BY_THE_TEST
        seen = f"Seen on the correct program, where it was made to fail {when}"
        for name, left in _left_behind(runs).items():
            yield SetAside(name, Stage.IN_ITS_TIER, f"{whose}. {seen}", "\n".join(left))
    count: Counter[str] = Counter()
    for runs in evidence.planted.values():
        for name, left in _left_behind(runs).items():
            count[name] += 1
            if count[name] == 2:
                why = f"{BY_THE_TEST}. Seen where it failed on a second bug"
                yield SetAside(name, Stage.IN_ITS_TIER, why, "\n".join(left))


def _left_behind(runs: Iterable[Run]) -> dict[str, list[str]]:
    """Return what tests that failed have left behind, by test."""
    found = {}
    for test in (test for run in runs for test in run.tests if test.failure):
        if left := [offence for offence in test.offences if offence.startswith(LEFT)]:
            found[test.test] = left
    return found


def _bound_to_details(
    refactorings: Iterable[Refactoring], evidence: Evidence
) -> Iterator[SetAside]:
    names = {"", *tests_of(evidence.correct)}
    for refactoring in refactorings:
        for run in evidence.refactored.get(refactoring.id, ()):
            for name, message in broken(run):
                if name not in names:
                    continue
                yield SetAside(
                    name,
                    Stage.REFACTOR_PROOF,
                    refactoring.lesson,
                    message,
                    refactoring=refactoring.id,
                )


def broken(run: Run) -> Iterator[tuple[str, str]]:
    """Yield the tests that did not pass in a run, and with what; no name means all of them."""
    for test in run.tests:
        if test.failure is not None:
            yield test.test, test.failure.message
        elif test.skipped is not None:
            yield test.test, f"skipped: {test.skipped}"
    if run.end is End.NOT_COLLECTED:
        yield "", run.detail
    elif run.end is not End.FINISHED:
        yield run.at or "", f"It {UNENDED[run.end]}."


def _offences(runs: Iterable[Run]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        for test in run.tests:
            if test.offences and test.skipped is None:
                found.setdefault(test.test, {}).update(dict.fromkeys(test.offences))
    return {name: tuple(offences) for name, offences in found.items()}


def _told(failure: Failure) -> str:
    """Return what a test failed with, and where in the learner's file.

    An assertion tells by itself what was asserted; other errors need the line.
    """
    if failure.line is None:
        return failure.message
    is_told = failure.source is None or "assert " in failure.message
    source = "" if is_told else f", `{failure.source}`"
    return f"line {failure.line}{source}: {failure.message}"


def _in_phase(failure: Failure) -> str:
    return {"setup": ", in its setup", "teardown": ", in its teardown"}.get(failure.phase, "")
