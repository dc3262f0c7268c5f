"""Which tests of a learner a worker runs, and in which order."""

from types import SimpleNamespace

import pytest

from exercises.checker.turns import part_of, shuffled

TESTS = ["test_a.py::1", "test_a.py::2", "test_a.py::3", "test_b.py::4", "test_b.py::5"]


def ordered(seed, begin=0.0):
    """Return the tests as they would run."""
    items = [SimpleNamespace(nodeid=id) for id in TESTS]
    return [item.nodeid for item in shuffled(items, seed, begin)]


def test_tests_run_as_they_are_written_at_first():
    """As a learner reads them."""
    assert ordered(0) == TESTS


@pytest.mark.parametrize(("begin", "first"), [(0.2, 1), (1 / 3, 1), (2 / 3, 3)])
def test_tests_run_as_they_are_written_from_the_middle_of_the_file(begin, first):
    """Those before it come last, and none is left out."""
    assert ordered(0, begin) == TESTS[first:] + TESTS[:first]


def test_tests_run_backwards_once():
    """Whatever needs what a test before it has left behind is found out for sure."""
    assert ordered(1) == TESTS[::-1]


@pytest.mark.parametrize("seed", range(2, 11))
def test_files_stay_together_when_their_tests_are_shuffled(seed):
    """So that what a file sets up is set up once."""
    files = [test.partition("::")[0] for test in ordered(seed)]

    assert sorted(ordered(seed)) == TESTS
    assert sorted(files) in (files, files[::-1])


def test_files_are_shuffled_too():
    """No file is always the first."""
    assert {ordered(seed)[0].partition("::")[0] for seed in range(2, 11)} == {
        "test_a.py",
        "test_b.py",
    }


def test_the_same_seed_gives_the_same_order():
    """And another one another."""
    assert ordered(2) == ordered(2)
    assert len({tuple(ordered(seed)) for seed in range(11)}) > 5


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_each_test_is_in_one_part(parts):
    """However many tests and parts there are: some parts may have none."""
    found = [part_of(TESTS, number, parts) for number in range(parts)]

    assert [test for part in found for test in part] == TESTS
    assert max(map(len, found)) - min(map(len, found)) <= 1
