"""Which test catches which bug, made of runs."""

from dataclasses import replace

import pytest

from exercises.checker.commands.matrix import lines, matrix_of
from exercises.checker.lines import Look, render
from exercises.checker.model import Failure, Kind, Run
from exercises.checker.model import TestRun as Result  # pytest collects what is called Test
from tests.workshop.pure.verdicts import EXERCISE


def run(variant, **passed):
    """A run in which the named tests passed or failed."""
    wrong = Failure("call", Kind.ASSERTION, "assert 0")
    tests = [
        Result(f"test_a.py::{name}", failure=None if fine else wrong)
        for name, fine in passed.items()
    ]
    return Run(variant, tuple(tests))


@pytest.fixture
def matrix():
    """One test catches two bugs, one of them alone; one nothing alone; one nothing."""
    runs = [
        run("correct", wide=True, narrow=True, idle=True, wrong=False),
        run("trimmed", wide=False, narrow=False, idle=True, wrong=False),
        run("tabs", wide=False, narrow=True, idle=True, wrong=False),
    ]
    return matrix_of(EXERCISE, {one.variant: (one,) for one in runs})


def test_a_test_catches_the_bugs_that_it_fails_on(matrix):
    """A test that fails on the correct chat catches nothing."""
    caught = {test.partition("::")[2]: sorted(bugs) for test, bugs in matrix.caught.items()}

    assert caught == {"wide": ["tabs", "trimmed"], "narrow": ["trimmed"], "idle": []}


def test_tests_are_named_that_catch_nothing_another_does_not(matrix):
    """They are the first to look at when a suite grows too long."""
    assert matrix.idle == ["test_a.py::narrow"]
    assert matrix.toothless == ["test_a.py::idle"]


def shown(matrix):
    """The whole table, in one line."""
    return " ".join(" ".join(render(lines(matrix, 80), Look())).split())


def test_tests_that_do_not_count_are_left_out_and_named(matrix):
    """Nobody has to guess where a row has gone."""
    assert "not shown (`check` says more): - wrong: it fails on the chat as it is" in shown(matrix)


UNSOUND = {
    "not-steady": ({"order": 1}, "is not steady"),
    "over-specified": ({"variant": "other-order"}, "fails when a colleague rewrites the chat"),
}


@pytest.mark.parametrize(("where", "why"), UNSOUND.values(), ids=UNSOUND)
def test_a_test_that_a_check_sets_aside_catches_nothing(where, why):
    """An x is an x for both."""
    fails = replace(run("correct", odd=False), **where)
    runs = {
        "correct": [run("correct", odd=True)],
        "trimmed": [run("trimmed", odd=False)],
    }
    runs[fails.variant] = [*runs.get(fails.variant, []), fails]

    matrix = matrix_of(EXERCISE, runs)

    assert matrix.caught == {}
    assert matrix.left_out == {"test_a.py::odd": why}


def test_a_case_that_does_not_count_is_told_of_its_test():
    """The row stays, for the other cases."""
    runs = {"correct": [run("correct", **{"wide[a]": True, "wide[b]": False})]}

    assert "wide, a case: it fails on" in shown(matrix_of(EXERCISE, runs))


def test_a_test_that_is_skipped_is_left_out():
    """It caught nothing, and was never to."""
    skipped = Run(
        "correct", (Result("test_a.py::later", skipped="later"), Result("test_a.py::now"))
    )

    matrix = matrix_of(EXERCISE, {"correct": [skipped]})

    assert set(matrix.caught) == {"test_a.py::now"}
    assert matrix.left_out == {"test_a.py::later": "is skipped"}


def test_it_is_told_which_other_test_catches_the_same(matrix):
    """Of two that catch the same one may go, and not both."""
    assert "narrow: so does wide" in shown(matrix)


def test_it_is_told_when_only_several_others_catch_the_same():
    """No one of them makes it idle."""
    runs = [
        run("correct", both=True, one=True, two=True),
        run("trimmed", both=False, one=False, two=True),
        run("tabs", both=False, one=True, two=False),
    ]
    matrix = matrix_of(EXERCISE, {one.variant: (one,) for one in runs})

    assert "both: so do others together" in shown(matrix)


def test_required_bugs_are_told_from_the_bonus_and_steps_by_their_names(matrix):
    """A learner looks at what is required first."""
    text = list(render(lines(matrix, 80), Look()))

    assert text[2].split() == ["step", "1", "2", "3"]
    assert text[3].split() == ["kind", "R", "Rb", "RRb"]
    assert "1 A line is said" in shown(matrix)


def test_cases_are_one_test_unless_they_are_asked_for():
    """A table of cases would push the tests off the screen."""
    runs = {
        "correct": [run("correct", **{"wide[a]": True, "wide[b]": True})],
        "trimmed": [run("trimmed", **{"wide[a]": True, "wide[b]": False})],
    }

    assert matrix_of(EXERCISE, runs).caught == {"test_a.py::wide": {"trimmed"}}
    assert len(matrix_of(EXERCISE, runs, by_case=True).caught) == 2


@pytest.mark.parametrize("width", [40, 80])
def test_a_row_is_no_wider_than_the_terminal(width):
    """A table that wraps cannot be read."""
    matrix = matrix_of(EXERCISE, {"correct": [run("correct", **{"long" * 30: True})]})
    _, _, head, _, row, *_ = render(lines(matrix, width), Look(width))

    assert len(head) <= len(row) <= width
    assert row.startswith("  long")


def test_bugs_that_live_on_are_marked_and_not_named(matrix):
    """The table shows where to look, and gives nothing away."""
    text = "\n".join(render(lines(matrix, 80), Look()))

    assert "lives on" in text
    assert text.count("!") == 4
    assert not [bug.id for bug in EXERCISE.bugs if bug.id in text]
