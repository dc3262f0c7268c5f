"""The stages that a test passes before the bugs: who fails one is set aside. Pure.

They come in the order of `model.Stage`, and a test is told the first one that it fails.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from exercises.checker.model import (
    End,
    Evidence,
    Exercise,
    Failure,
    Refactoring,
    Run,
    SetAside,
    Stage,
    TestRun,
)

LEFT = "It leaves"  # how an offence begins that tells what a test leaves behind
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
                why = "; ".join([why, *test.offences])
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
    offences = _offences(evidence.correct)
    for test in _left_behind_when_failing(evidence.planted):
        offences.setdefault(test.test, test.offences)
    for name, found in offences.items():
        yield _out(name, found)
    if tier == "integration":
        used = {test.test for run in evidence.correct for test in run.tests if test.used_socket}
        for name in tests_of(evidence.correct):
            if name not in used:
                yield _out(name, (NO_SOCKET,))


def _out(test: str, offences: Iterable[str], message: str = "") -> SetAside:
    return SetAside(test, Stage.IN_ITS_TIER, "; ".join(offences), message)


def _left_behind_when_failing(planted: Mapping[str, Sequence[Run]]) -> Iterator[TestRun]:
    """Yield tests that clean up when they pass and do not when they fail.

    One bug alone does not tell: there it may be the program that leaves something behind.
    """
    count: Counter[str] = Counter()
    for runs in planted.values():
        seen = set()
        for test in (test for run in runs for test in run.tests if test.failure):
            if any(offence.startswith(LEFT) for offence in test.offences):
                seen.add(test.test)
                if count[test.test]:
                    yield test
        count.update(seen)


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
    """Return what a test failed with, and where in the learner's file."""
    where = "" if failure.line is None else f"line {failure.line}: "
    return where + failure.message


def _in_phase(failure: Failure) -> str:
    return {"setup": ", in its setup", "teardown": ", in its teardown"}.get(failure.phase, "")
