"""Edits are planted in the files of a program, or it is said why they cannot be."""

import pytest

from exercises.checker.model import Edit
from exercises.checker.plant import PlantError, changed

PROGRAM = {"a.py": b"one\ntwo\ntwo\n", "b.py": b"three\n"}


def test_an_edit_changes_its_file_and_no_other():
    """What is not edited is not there."""
    assert changed(PROGRAM, [Edit("a.py", "one", "1")]) == {"a.py": b"1\ntwo\ntwo\n"}


def test_edits_of_one_file_are_made_one_after_the_other():
    """The second one finds what the first one left."""
    edits = [Edit("b.py", "three", "four"), Edit("b.py", "four", "five")]

    assert changed(PROGRAM, edits) == {"b.py": b"five\n"}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit("a.py", "two", "2"), "2 times"),
        (Edit("a.py", "six", "6"), "0 times"),
        (Edit("c.py", "one", "1"), "no such file"),
    ],
    ids=["twice", "never", "no-file"],
)
def test_an_edit_that_does_not_fit_is_told(edit, said):
    """An edit stands in its file exactly once, or something else has changed."""
    with pytest.raises(PlantError, match=said):
        changed(PROGRAM, [edit])
