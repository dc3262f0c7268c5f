"""Small words of the checker, and the exercises that a word on its command line names."""

import pytest

from exercises.checker.call import Refusal, named
from exercises.checker.phrases import Shell, listing
from tests.workshop.pure.verdicts import called

EXERCISES = [called(name) for name in ("unit", "unit/timeline", "mocked")]


@pytest.mark.parametrize(
    ("word", "names"),
    [
        pytest.param("mocked", ["mocked"], id="exercise"),
        pytest.param("unit", ["unit", "unit/timeline"], id="tier"),
        pytest.param("unit/timeline", ["unit/timeline"], id="second-in-a-tier"),
        pytest.param("./exercises/mocked/", ["mocked"], id="folder"),
        pytest.param("exercises/unit/test_a.py", ["unit"], id="file"),
        pytest.param(r"exercises\unit\timeline\test_a.py", ["unit/timeline"], id="windows"),
    ],
)
def test_a_word_names_exercises(word, names):
    """Whatever the shell completes is understood."""
    assert [exercise.name for exercise in named(word, EXERCISES)] == names


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("moked", "did you mean mocked?", id="a-slip"),
        pytest.param("x", "there is unit, unit/timeline and mocked.", id="anything"),
        pytest.param("test_a.py", "there is unit, unit/timeline and mocked.", id="file"),
    ],
)
def test_what_there_is_is_told_when_a_word_names_nothing(word, hint):
    """A slip costs one sentence."""
    with pytest.raises(Refusal, match="There is no exercise") as refusal:
        named(word, EXERCISES)

    assert hint in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        pytest.param(["a"], "a", id="one"),
        pytest.param(["a", "b"], "a and b", id="two"),
        pytest.param(["a", "b", "c"], "a, b and c", id="three"),
        pytest.param(["a", "b", "c", "d"], "a, b and 2 more", id="too-many"),
    ],
)
def test_names_are_listed_as_one_says_them(names, told):
    """A list is a part of a sentence."""
    assert listing(names, 2 if len(names) > 3 else 0) == told


def test_the_command_to_type_is_the_one_that_was_typed():
    """Whoever uses tox goes on with tox, but for what tox cannot do."""
    assert Shell("python3").command("check", "unit") == "python3 -m exercises check unit"
    assert Shell(in_tox=True).command("check", "unit") == "tox -- unit"
    assert Shell("python3", in_tox=True).command("hint") == "python3 -m exercises hint"
