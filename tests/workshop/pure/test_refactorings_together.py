"""Which refactorings share a run."""

from exercises.checker.model import Edit, Quotation, Refactoring
from exercises.checker.plant import together

PROGRAM = {"words.py": b"one = two"}


def renaming(before, after):
    """A refactoring of PROGRAM."""
    edit = Edit("words.py", before, after)
    return Refactoring(f"{before} to {after}", "", "", Quotation("", ""), (edit,))


def test_refactorings_of_different_places_share_a_run():
    """A run takes long, and what passes with both passes with each."""
    one, two = renaming("one", "1"), renaming("two", "2")

    assert together(PROGRAM, [one, two]) == [[one, two]]


def test_refactorings_of_the_same_place_have_runs_of_their_own():
    """The second would not find what it replaces."""
    one, other, two = renaming("one", "1"), renaming("one", "uno"), renaming("two", "2")

    assert together(PROGRAM, [one, other, two]) == [[one, two], [other]]
