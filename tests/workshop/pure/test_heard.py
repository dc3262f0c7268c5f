"""What a worker says and prints, and how long its host bears with it."""

import json

import pytest

from exercises.checker.heard import Heard
from exercises.checker.jobs import Job, Limits

LIMITS = Limits(patience=6, slack=3, longest=30, whole=90, output=100, reports=1000)


@pytest.fixture
def heard():
    """A worker that began at second 1000."""
    return Heard(Job(1, "unit", {}), LIMITS, "word", 1000.0)


def report(**fields):
    """A report, as it comes through the pipe."""
    return f"word {json.dumps(fields)}\n".encode()


def test_reports_are_heard_in_whatever_pieces_they_come(heard):
    """A pipe knows no lines."""
    data = report(**{"is": "start"}) + report(**{"is": "end"})

    for place in range(len(data)):
        heard.reported(data[place : place + 1], 1000)

    assert [one["is"] for one in heard.outcome(0, 1001).reports] == ["start", "end"]


@pytest.mark.parametrize(
    "line",
    [
        b'{"is": "end"}\n',
        b'guess {"is": "end"}\n',
        b"word []\n",
        b"word {\n",
        b"word " + b"[" * 999,
    ],
    ids=["no-word", "wrong-word", "list", "not-json", "nested"],
)
def test_what_is_no_report_is_not_heard(heard, line):
    """Anything may be written to a pipe by somebody who has found it."""
    heard.reported(line + b"\n", 1000)

    assert heard.outcome(0, 1001).reports == ()


def test_a_worker_hangs_when_it_says_nothing_for_too_long(heard):
    """At the beginning it gets a little longer."""
    assert not heard.must_end(1009)
    assert heard.must_end(1009.1)
    assert heard.end == "hung"


def test_a_worker_gets_its_time_anew_with_each_report(heard):
    """Each test has its own."""
    heard.reported(report(**{"is": "start"}), 1008)

    assert not heard.must_end(1014)
    assert heard.must_end(1014.1)


@pytest.mark.parametrize(("asked", "until"), [(20, 1023), (1e9, 1033), (0.1, 1009), ("x", 1009)])
def test_a_limit_of_the_test_itself_runs_out_first(heard, asked, until):
    """It is borne with for so long, within reason, and never for a shorter time than others."""
    heard.reported(report(**{"is": "limit", "seconds": asked}), 1000)

    assert heard.deadline == until


def test_a_worker_may_go_on_after_each_failure(heard):
    """It waits for that, and for nothing else."""
    failed = report(**{"is": "test", "failure": {"phase": "call"}})

    assert heard.reported(failed + report(**{"is": "test", "failure": None}) + failed, 1000) == 2
    assert heard.reported(report(**{"is": "end"}), 1000) == 0


def test_a_worker_is_ended_when_one_failure_is_enough():
    """What it says after that is not heard, and its end is a good one."""
    heard = Heard(Job(1, "unit", {}, stops_at_failure=True), LIMITS, "word", 1000.0)
    assert not heard.must_end(1000)

    failed = report(**{"is": "test", "failure": {"phase": "call"}})
    assert heard.reported(failed + report(**{"is": "start"}), 1000) == 0

    assert heard.must_end(1000)
    outcome = heard.outcome(-9, 1001)
    assert (outcome.end, [one["is"] for one in outcome.reports]) == ("exited", ["test", "end"])


def test_a_worker_that_reports_for_ever_is_ended(heard):
    """However often it says that it lives."""
    for now in range(1000, 1090, 5):
        heard.reported(report(**{"is": "end"}), now)

    assert heard.must_end(1090.1)


def test_a_worker_is_ended_when_it_prints_too_much(heard):
    """What it printed last is kept."""
    heard.printed(b"x" * 100)
    assert not heard.must_end(1000)

    heard.printed(b"last")

    assert heard.must_end(1000)
    assert heard.end == "flooded"
    assert heard.outcome(-9, 1001).output.endswith("last")


def test_a_worker_is_ended_when_it_rings_for_ever(heard):
    """Its host has others to look after."""
    heard.rang(100_000)
    assert not heard.must_end(1000)

    heard.rang(1)

    assert heard.must_end(1000)
    assert heard.end == "flooded"
