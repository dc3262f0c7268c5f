"""What `check` says and returns, what it remembers, and what `matrix` says; no tests run."""

from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest

from exercises.checker import desk
from exercises.checker.call import Call
from exercises.checker.check import Checker
from exercises.checker.commands import check
from exercises.checker.commands import matrix as matrix_command
from exercises.checker.model import Progress, Stage
from exercises.checker.phrases import Shell
from exercises.checker.plant import PlantError
from exercises.checker.terminal import Terminal
from tests.workshop.pure.verdicts import called, verdict
from tests.workshop.replaced.screen import Screen


@pytest.fixture
def checks(monkeypatch):
    """A checker whose verdicts a test sets."""
    checks = create_autospec(Checker, instance=True)
    checks.__enter__.return_value = checks
    monkeypatch.setattr(check, "checker", lambda _: checks)
    monkeypatch.setattr(matrix_command, "checker", lambda _: checks)
    return checks


@pytest.fixture
def call(tmp_path):
    """A call of `check` on two exercises that somebody has begun."""
    exercises = [replace(called(name), folder=tmp_path / name) for name in ("unit", "mocked")]
    for exercise in exercises:
        exercise.folder.mkdir()
        (exercise.folder / exercise.stub).write_text("begun")
    given = SimpleNamespace(exercises=[], json=False, verbose=False)
    return Call(tmp_path, exercises, Terminal(Screen(), {}), Shell(), given)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        pytest.param([verdict(), verdict("tabs")], 0, id="done"),
        pytest.param([verdict(), verdict("trimmed")], 1, id="not-yet"),
        pytest.param([verdict(problem="too slow"), verdict("trimmed")], 2, id="not-judged"),
    ],
)
def test_the_status_stands_for_all_exercises(call, checks, verdicts, status):
    """A script learns whether all is done, and whether that is known."""
    checks.check.side_effect = [
        replace(one, exercise=exercise)
        for one, exercise in zip(verdicts, call.exercises, strict=True)
    ]

    assert check.run(call) == status


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(PermissionError("no"), "cannot be read", id="file"),
        pytest.param(PlantError("rules.py: odd."), "as it was handed out?", id="chat-was-changed"),
    ],
)
def test_the_next_exercise_is_judged_when_one_cannot_be(call, checks, error, words):
    """One exercise does not hold up the others."""
    checks.check.side_effect = [error, replace(verdict("trimmed"), exercise=call.exercises[1])]

    assert check.run(call) == 2
    assert words in " ".join(call.terminal.stream.text().split())
    assert desk.recall(call.exercises[0]) == desk.Record()
    assert desk.recall(call.exercises[1]).alive == ("trimmed",)


def test_what_was_written_meanwhile_is_not_taken_for_checked(call, checks):
    """A file saved during a check has not been checked."""
    exercise = call.exercises[0]

    def saved(*_, **__):
        (exercise.folder / exercise.stub).write_text("more")
        return replace(verdict(), exercise=exercise)

    checks.check.side_effect = saved
    check.judged(call, checks, exercise)

    assert desk.recall(exercise).seen not in ("", desk.digest(exercise))


def test_a_stub_that_is_out_of_order_is_reported_and_not_said_to_wait(call, checks):
    """An exercise that is wrong from the start says so."""
    pristine = call.exercises[0].folder / desk.PRISTINE
    pristine.write_text("begun")
    wrong = verdict(stopped_at=Stage.COLLECTED, tests=())
    told = list(check.told(call, replace(wrong, exercise=call.exercises[0]), is_alone=False))

    assert "not yet" in told[0].aside


def test_a_matrix_says_first_how_long_it_takes_and_then_how_far_it_is(call, checks, capsys):
    """Who waits for half a minute wants to know what for."""

    def matrix(*_, progress):
        progress(Progress("bug", 3, 12))
        return {"correct": ()}

    checks.matrix.side_effect = matrix
    call.given.cases = False
    matrix_command.run(replace(call, exercises=call.exercises[:1]))

    assert "longer than a check" in capsys.readouterr().err
    assert "unit: planted bugs 3/12" in call.terminal.stream.text()
