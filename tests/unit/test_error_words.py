"""What a learner is told of an error beyond what Python says."""

import pytest

from exercises.checker.words import of_missing_await


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
