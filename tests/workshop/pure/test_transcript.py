"""What a worker reported becomes runs, and what it did not live to report is told too."""

import pytest

from exercises.checker.jobs import Job, Outcome
from exercises.checker.model import End, Kind
from exercises.checker.transcript import runs

COLLECTED = {"is": "collected", "modules": []}
FINISHED = {"is": "end"}


def begun(test, number=0):
    """The report that a test has begun."""
    return {"is": "start", "test": test, "pass": number}


def ended(test, number=0, **more):
    """The report that a test has ended, and how."""
    return {"is": "test", "test": test, "pass": number, "seconds": 0.1} | more


def seen(*reports, end="exited", status=0, orders=(0,), output=""):
    """Return the runs of one worker."""
    job = Job(1, "unit", {}, orders=orders)
    return runs("correct", job, Outcome(1, reports, end, status, output, 0.5))


def test_a_test_is_told_with_all_that_happened_in_it():
    """The failure with its phase and its reason, offences, sockets."""
    failure = {"phase": "call", "kind": "failed assertion", "message": "assert 0", "line": 3}
    report = ended("test_a", failure=failure, offences=["It sleeps"], used_socket=True)

    [run] = seen(COLLECTED, begun("test_a"), report, FINISHED)

    [test] = run.tests
    assert (test.failure.kind, test.failure.line) == (Kind.ASSERTION, 3)
    assert (test.offences, test.used_socket) == (("It sleeps",), True)


def test_what_was_said_is_kept_when_all_is_well():
    """A file that skips itself, beside others."""
    reports = {"is": "error", "text": "it skips itself"}, begun("test_a"), ended("test_a")

    (run,) = seen(*reports, FINISHED)

    assert (run.end, run.detail) == (End.FINISHED, "it skips itself")


def test_each_pass_is_a_run_of_its_own():
    """With the seed of its order; reports without a pass come between them."""
    limit = {"is": "limit", "seconds": 5}
    passes = begun("test_a"), limit, ended("test_a"), begun("test_a", 1), ended("test_a", 1)

    first, second = seen(COLLECTED, *passes, FINISHED, orders=(7, 8))

    assert [first.order, second.order] == [7, 8]
    assert len(first.tests) == len(second.tests) == 1


@pytest.mark.parametrize(
    ("end", "told"), [("exited", End.CRASHED), ("hung", End.HUNG), ("flooded", End.FLOODED)]
)
def test_the_test_under_way_is_told_when_a_worker_does_not_finish(end, told):
    """So that the others can run again without it."""
    [run] = seen(COLLECTED, begun("test_a"), ended("test_a"), begun("test_b"), end=end)

    assert (run.end, run.at) == (told, "test_b")


def test_an_exit_without_the_end_mark_is_a_crash():
    """`os._exit(0)` earns nothing."""
    [run] = seen(COLLECTED, begun("test_a"), status=0)

    assert run.end is End.CRASHED
    assert "status 0" in run.detail


def test_a_signal_is_told_by_its_name():
    """With what was printed last."""
    [run] = seen(COLLECTED, begun("test_a"), status=-9, output="help")

    assert "SIGKILL" in run.detail
    assert "help" in run.detail


def test_a_worker_that_is_stuck_hung():
    """It waited for what could not come."""
    [run] = seen(COLLECTED, begun("test_a"), {"is": "stuck"}, status=1)

    assert (run.end, run.at) == (End.HUNG, "test_a")


def test_an_error_before_the_tests_is_one_of_the_collection():
    """The error is told as it was reported."""
    [run] = seen({"is": "error", "text": "line 1: invalid syntax"})

    assert (run.end, run.detail) == (End.NOT_COLLECTED, "line 1: invalid syntax")


@pytest.mark.parametrize(
    "nonsense",
    [{"is": "test"}, begun("test_a", "x"), ended("test_a", failure={"kind": "?"})],
    ids=["empty", "pass", "kind"],
)
def test_a_report_that_makes_no_sense_is_a_crash(nonsense):
    """No report of ours does: somebody has meddled."""
    [run] = seen(COLLECTED, nonsense, FINISHED)

    assert (run.end, run.tests) == (End.CRASHED, ())
