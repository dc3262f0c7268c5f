"""What the tiers add up to, and how it is shown."""

from collections import Counter

import pytest

from tests.tiers import Total, table


def report(when="call", outcome="passed", keywords=(), duration=1.0):
    """One phase of a test, as pytest reports it."""
    location = ("tests/a.py", 1, "test_a")
    words = dict.fromkeys(keywords, 1)
    return pytest.TestReport("", location, words, outcome, None, when, duration=duration)


def total_of(*reports):
    """What these reports add up to."""
    total = Total()
    for each in reports:
        total.add(each)
    return total


def test_all_phases_count_in_the_time_and_only_one_in_the_tests():
    """A slow fixture is a slow test."""
    phases = [report("setup", duration=2.0), report("call"), report("teardown", duration=0.5)]

    assert total_of(*phases) == Total(tests=1, seconds=3.5)


def test_a_test_whose_fixture_fails_has_run():
    """It is red, so it is a test."""
    phases = [report("setup", "failed"), report("teardown")]

    assert total_of(*phases).tests == 1


@pytest.mark.parametrize("when", ["setup", "call"])
def test_a_skipped_test_is_counted_apart(when):
    """Wherever the skip was decided."""
    total = total_of(report(when, "skipped"))

    assert (total.tests, total.skipped) == (0, 1)


def test_an_expected_failure_has_run():
    """It is pytest alone that calls it skipped."""
    expected = report("call", "skipped")
    expected.wasxfail = "reason"

    assert total_of(expected).tests == 1


def test_the_time_of_property_based_tests_stands_aside():
    """Thousands of examples say nothing about how quick a tier is."""
    total = total_of(report(), report(keywords=["hypothesis"], duration=7.0))

    assert total == Total(2, seconds=1.0, property_seconds=7.0)


def test_the_time_of_a_browser_stands_aside():
    """How quick it is, nobody here decides."""
    total = total_of(report(), report(keywords=["browser"], duration=7.0))

    assert total == Total(2, seconds=1.0, browser_seconds=7.0)


def test_the_table_lists_the_tiers_that_ran_in_the_order_in_which_they_are_taught():
    """One line each, times to the hundredth."""
    quick, slow = Total(200, 0, 0.251, 2.0), Total(30, seconds=1.5)
    totals = {None: Total(1), "workshop": Total(5), "mocked": slow, "unit": quick}

    assert [line.split() for line in table(totals)] == [
        ["tier", "tests", "seconds", "property-based", "in", "a", "browser"],
        ["unit", "200", "0.25", "2.00", "0.00"],
        ["mocked", "30", "1.50", "0.00", "0.00"],
        ["workshop", "5", "0.00", "0.00", "0.00"],
        ["no", "tier", "1", "0.00", "0.00", "0.00"],
    ]


def test_the_table_of_a_whole_run_says_what_only_one_tier_covers():
    """A tier that covers nothing of its own says so."""
    totals = {"unit": Total(1), "mocked": Total(1)}

    heads, first, second = table(totals, only=Counter(unit=12))

    assert heads.endswith("only here")
    assert first.endswith(" 12 lines")
    assert second.endswith(" 0 lines")
