"""What an audit says of stubs and solutions; the checks that it asks for are replaced."""

from unittest.mock import create_autospec

import pytest

from exercises.checker.check import Checker
from exercises.checker.commands import audit
from exercises.checker.model import Stage
from tests.workshop.pure.verdicts import EXERCISE, aside, verdict

REQUIRED = [bug.id for bug in EXERCISE.bugs if bug.is_required]
WRONG = aside(Stage.CORRECT, "It fails.")


@pytest.fixture
def checks():
    """A checker whose verdict a test sets."""
    return create_autospec(Checker, instance=True)


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        pytest.param(verdict(*REQUIRED[1:]), "", id="sound"),
        pytest.param(verdict(), "solved already", id="solved"),
        pytest.param(verdict(*REQUIRED, tests=()), "catches no bug", id="catches-nothing"),
        pytest.param(verdict(problem="too slow"), "cannot be judged: too slow", id="problem"),
        pytest.param(
            verdict(stopped_at=Stage.CORRECT, set_aside=(WRONG,)), "is not right", id="wrong"
        ),
    ],
)
def test_a_stub_is_in_order_and_has_work_left(checks, judged, words):
    """Whoever begins sees one bug caught, and others that are not."""
    checks.check.return_value = judged

    told = " ".join(audit.stub(checks, EXERCISE, lambda _: None))

    assert words in told
    assert bool(told) == bool(words)


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        pytest.param(verdict(), "", id="sound"),
        pytest.param(verdict("tabs"), "tabs lives on", id="bonus-left"),
        pytest.param(verdict(stopped_at=Stage.CORRECT, set_aside=(WRONG,)), "fails", id="wrong"),
        pytest.param(verdict(problem="too slow"), "cannot be judged: too slow", id="problem"),
    ],
)
def test_a_solution_catches_every_bug_each_time(checks, judged, words):
    """One bad time of twenty is told, with its number."""
    checks.check.side_effect = [*[verdict()] * 7, judged, *[verdict()] * 12]

    told = " ".join(audit.solution(checks, EXERCISE, 20, lambda _: None))

    assert words in told
    assert ("check 8 of 20" in told) == bool(words)
    assert checks.check.call_count == (8 if words else 20)
