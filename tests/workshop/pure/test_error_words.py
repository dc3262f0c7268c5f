"""What a learner is told of an error beyond what Python says."""

import pytest

from exercises.checker.words import difference, of_missing_await


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("assert <coroutine object FakeConnection.hears at 0x7f> == 'hello'", "`hears`"),
        ("Exception ignored in: <coroutine object tell.<locals>.say at 0x7f>", "`say`"),
        ("RuntimeWarning: coroutine 'Member.says' was never awaited", "`says`"),
        ("TypeError: cannot unpack non-iterable coroutine object", "A coroutine"),
    ],
    ids=["compared", "ignored", "warned", "unpacked"],
)
def test_a_missing_await_is_named_when_an_error_speaks_of_a_coroutine(error, name):
    """Everybody forgets it once, and Python says so in a roundabout way."""
    advice = of_missing_await(error)

    assert "`await`" in advice
    assert name in advice


def test_the_double_is_named_when_nobody_awaits_what_it_returns():
    """An `await` is not what is missing there: the real one returns no coroutine."""
    error = "coroutine 'AsyncMockMixin._execute_mock_call' was never awaited"

    assert "An AsyncMock stands where a plain function is called." in of_missing_await(error)
    assert "is called (`append`)." in of_missing_await(error, ["append"])


def test_no_await_is_missed_when_an_error_speaks_of_something_else():
    """Advice that is wrong is worse than none."""
    assert of_missing_await("AssertionError: assert 'a' == 'b'") is None


ATTRIBUTES = """assert A(x=1, y='a') == A(x=1, y='b')

  Omitting 1 identical items, use -vv to show
  Differing attributes:
  ['y']

  Drill down into differing attribute y:
    y: 'a' != 'b'"""
ITEMS = """assert {'a': 1, 'b':..., 'd': 1, ...} == {'a': 1, 'b':..., 'd': 1, ...}

  Omitting 6 identical items, use -vv to show
  Left contains 1 more item:
  {'z': 3}
  Use -v to get more diff"""
TEXTS = """assert 'abc' == 'abd'

  Skipping 77 identical trailing characters in diff, use -v to show
  - abd
  ?   ^
  + abc
  ?   ^"""


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        (ATTRIBUTES, ["    y: 'a' != 'b'"]),
        (ITEMS, ["  Left contains 1 more item: {'z': 3}"]),
        (TEXTS, ["  - abd", "  + abc"]),
        ("assert 'a:' == 'b'\n  + where 'a:' = f()", ["  + where 'a:' = f()"]),
    ],
    ids=["attributes", "items", "texts", "colon"],
)
def test_the_difference_is_told_at_once_when_an_assertion_is_explained(message, rest):
    """A report has room for three lines, and the first one cuts what is long."""
    assert difference(message).splitlines() == [message.splitlines()[0], *rest]
