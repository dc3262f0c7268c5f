"""Tests that are made to fail: they do so at the point that is asked for, and nothing else does."""

import pytest

from exercises.checker.failing import AT_ONCE, LATER, failing

MODULE = '''
def helper(seen):
    seen.append("helper")
    assert seen

def test_asserts(seen):
    """Words."""
    helper(seen)
    for _ in range(2):
        assert not seen.append("asserted"), "no"
    seen.append("end")

def test_ends(seen):
    seen.append("begin")
    seen.append("end")
'''


@pytest.mark.parametrize(
    ("test", "when", "done"),
    [
        ("test_asserts", AT_ONCE, []),
        ("test_asserts", LATER, ["helper", "asserted"]),
        ("test_ends", AT_ONCE, []),
        ("test_ends", LATER, ["begin"]),
    ],
)
def test_a_test_fails_at_the_point_that_is_asked_for(test, when, done):
    """All before that point is done, and nothing behind it."""
    scope, seen = {}, []
    exec(failing(MODULE.encode(), when), scope)

    with pytest.raises(AssertionError):
        scope[test](seen)

    assert seen == done


@pytest.mark.parametrize("text", [b"def (:", b"\x00"], ids=["syntax", "binary"])
def test_a_file_stays_as_it_is_when_it_cannot_be_read(text):
    """Whatever is wrong with it is told elsewhere."""
    assert failing(text, AT_ONCE) == text
